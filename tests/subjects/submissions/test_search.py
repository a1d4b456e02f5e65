"""Finding submissions: whom, in which order, at what cost, and what the database gives away."""

import hashlib
import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import insert, select, text, update

from intake.clinic.service import current_clinic
from intake.core.db import db, is_postgresql, unit_of_work
from intake.core.tokens import new_id
from intake.retention import purge
from intake.submissions import drafts, search
from intake.submissions.models import SearchTerm, Submission
from intake.submissions.terms import terms_of
from tests import factories
from tests.factories import CONTACT, MONDAY_MORNING

MANY = 3000


def found(words: str) -> list[object]:
    return [each.id for each in search.found(words).rows]


def test_a_sent_submission_is_found_by_all_that_names_it(app: Flask) -> None:
    dana, other = factories.sent(), factories.sent(given_name="Ana", phone_e164="+13125550111")
    for words in (
        "dana",
        "whit dana",
        "0198",
        dana.reference.lower(),
        dana.reference[:3] + dana.reference[4:],
    ):
        assert found(words) == [dana.id], words
    assert found("dana@example.org") == [other.id, dana.id] or found("dana@") == [dana.id, other.id]


def test_what_was_changed_is_found_by_the_new_words_only(app: Flask) -> None:
    draft = factories.fill(factories.begin())
    with unit_of_work():
        drafts.save_contact(
            draft, {**CONTACT, "family_name": "Moss"}, current_clinic(), now=MONDAY_MORNING
        )
        draft.status = "new"
    assert found("moss") == [draft.id]
    assert found("whitfield") == []
    assert found("dana") == [draft.id]


def test_a_form_that_was_not_sent_is_found_only_if_it_raised_a_flag(app: Flask) -> None:
    draft = factories.fill(factories.begin())
    assert found("dana") == []
    with unit_of_work():
        draft.level_rank, draft.queue_rank = 2, 2
    assert found("dana") == [draft.id]


def test_its_terms_vanish_with_a_submission(app: Flask) -> None:
    factories.fill(factories.begin())
    assert db.session.scalar(select(SearchTerm.term).limit(1)) is not None
    purge.run(current_clinic(), now=MONDAY_MORNING + timedelta(days=30))
    assert db.session.scalar(select(SearchTerm.term).limit(1)) is None


def test_a_save_that_fails_leaves_no_terms(app: Flask) -> None:
    draft = factories.begin()
    with pytest.raises(ZeroDivisionError), unit_of_work():
        drafts.save_contact(draft, CONTACT, current_clinic(), now=MONDAY_MORNING)
        raise ZeroDivisionError
    assert db.session.scalar(select(SearchTerm.term).limit(1)) is None


def test_the_table_holds_numbers_that_nobody_can_make_without_the_key(app: Flask) -> None:
    factories.sent()
    stored = set(db.session.scalars(select(SearchTerm.term)))
    terms = terms_of(CONTACT)
    assert stored == {search.blind(term) for term in terms}
    digests = (hashlib.sha256(term.encode()).digest() for term in terms)
    assert not stored & {int.from_bytes(each[:8], "big", signed=True) for each in digests}


def test_terms_depend_on_the_root_of_the_ring_and_on_nothing_else(app: Flask) -> None:
    ring, before = app.extensions["key_ring"], search.blind("name:dana")
    rotated = type(ring)(fields={**ring.fields, "new": bytes(32)}, root=ring.root)
    others = type(ring)(fields=ring.fields, root=bytes(32))
    try:
        for changed, is_same in ((rotated, True), (others, False)):
            app.extensions["key_ring"] = changed
            assert (search.blind("name:dana") == before) is is_same
    finally:
        app.extensions["key_ring"] = ring


@pytest.fixture
def crowd(app: Flask) -> list[int]:
    """Terms that many people share, the first of them rarer."""
    rare, common = search.blind("name:whitfiel"), search.blind("name:dana")
    people = [(new_id(), MONDAY_MORNING - timedelta(minutes=n // 3)) for n in range(MANY)]
    with unit_of_work():
        db.session.execute(
            insert(Submission), [_submission(*each, n) for n, each in enumerate(people)]
        )
        db.session.execute(
            insert(SearchTerm),
            [
                {"term": term, "at": at, "submission_id": person}
                for n, (person, at) in enumerate(people)
                for term in ([rare, common] if n % 50 == 0 else [common])
            ],
        )
        if is_postgresql():
            for table in ("submissions", "search_terms"):
                db.session.execute(text(f"ANALYZE {table}"))
    return [rare, common]


def _submission(person: object, at: object, number: int) -> dict[str, object]:
    return {
        "id": person,
        "reference": f"{number:07}",
        "cookie_hash": None,
        "language": "en",
        "created_at": at,
        "updated_at": at,
        "waiting_since": at,
        "status": "closed",
        "level_rank": 0,
        "queue_rank": 0,
        "alarms": 0,
        "version": 1,
    }


def plan_of(terms: list[int]) -> str:
    binds = {"literal_binds": True}
    compiled = search.places_query(terms, None, None).compile(db.engine, compile_kwargs=binds)
    explain = "EXPLAIN" if is_postgresql() else "EXPLAIN QUERY PLAN"
    rows = db.session.connection().exec_driver_sql(f"{explain} {compiled}").all()
    return "\n".join(str(row) for row in rows)


def test_a_search_walks_indexes_and_sorts_nothing(crowd: list[int]) -> None:
    plan = plan_of(crowd)
    assert "pk_search_terms" in plan or "PRIMARY KEY" in plan
    assert "Seq Scan" not in plan
    assert not re.search(r"SCAN (submissions|search_terms)", plan)
    assert "TEMP B-TREE" not in plan


def page_by_page(words: str) -> list[list[object]]:
    """The people of each page."""
    pages, after = [], ""
    while True:
        page = search.found(words, after)
        pages.append([(each.created_at, each.id) for each in page.rows])
        after = page.later
        if not after:
            return pages


def test_page_by_page_it_gives_everybody_once_the_latest_first(crowd: list[int]) -> None:
    shown = [each for page in page_by_page("dana whitfield") for each in page]
    assert len(shown) == len(set(shown)) == MANY // 50
    assert [at for at, _ in shown] == sorted((at for at, _ in shown), reverse=True)


def test_a_page_looks_so_far_back_and_the_next_one_goes_on(
    crowd: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = [each for page in page_by_page("dana whitfield") for each in page]
    monkeypatch.setattr(search, "WINDOW", 50)
    pages = page_by_page("dana whitfield")
    assert [each for page in pages for each in page] == whole
    assert len(pages) > 1
    assert page_by_page("dana whitfield nobody") == [[]]
    assert page_by_page("nobody") == [[]]


def test_drafts_in_between_cut_a_page_short_and_hide_nobody(
    crowd: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "WINDOW", 20)
    with unit_of_work():
        known = select(SearchTerm.submission_id).where(SearchTerm.term == crowd[0])
        ordered = known.order_by(SearchTerm.at.desc(), SearchTerm.submission_id.desc())
        ids = list(db.session.scalars(ordered))
        db.session.execute(
            update(Submission).where(Submission.id.in_(ids[:30])).values(status="draft")
        )
    pages = page_by_page("whitfield")
    assert pages[0] == []
    assert [each[1] for page in pages for each in page] == ids[30:]
