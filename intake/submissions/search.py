"""Finding submissions by name, phone, e-mail or reference, of which nothing readable is stored.

What a person is found by is stored as keyed hashes (`docs/adr/0017`). Their key is derived from the
ring's root, so it stays when the keys of fields are rotated, and a copy of the database without the
ring tells nobody's name.
"""

import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, func, insert, select, tuple_
from sqlalchemy.orm import aliased

from intake.core.db import db
from intake.core.encryption import key_ring
from intake.core.paging import Cursor, Page, read_cursor
from intake.core.tokens import REFERENCE_ALPHABET
from intake.submissions.models import SearchTerm, Submission
from intake.submissions.queries import IS_FOR_STAFF, by_ids
from intake.submissions.terms import terms_in, terms_of

PAGE_SIZE = 25
WINDOW = 1000
"""So many people with the rarest term are looked at for one page, which bounds what it costs."""
Row = dict[str, object]
TABLE = SearchTerm.metadata.tables[SearchTerm.__tablename__]


def index_contact(
    submission: Submission, before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    """Store what the person can be found by, in the transaction that saves the contact page."""
    if terms_of(before) == terms_of(after):
        return
    db.session.flush()  # the submission itself may be new
    if before:
        db.session.execute(delete(TABLE).where(TABLE.c.submission_id == submission.id))
    rows = rows_of(submission.id, after, at=submission.created_at)
    if rows:
        db.session.execute(insert(TABLE), rows)


def rows_of(submission_id: UUID, contact: Mapping[str, Any], *, at: datetime) -> list[Row]:
    """What is stored of one contact page; `at` is when the submission was begun."""
    key = _key()
    return [
        {"term": _digest(term, key), "at": at, "submission_id": submission_id}
        for term in terms_of(contact)
    ]


def blind(term: str) -> int:
    """What is stored of a term: the first 64 bits of its HMAC-SHA256."""
    return _digest(term, _key())


def _digest(term: str, key: bytes) -> int:
    return int.from_bytes(hmac.digest(key, term.encode(), "sha256")[:8], "big", signed=True)


def found(words: str, after: str = "") -> Page[Submission]:
    """Whoever has all of the words, the latest first; a reference finds its submission first.

    A page may hold few people, or nobody, and still have a next one: it looks `WINDOW` people back.
    """
    cursor = read_cursor(after)
    places, later = _places([blind(term) for term in terms_in(words)], cursor)
    there = by_ids([each.id for each in places]) if places else {}
    people = [there[each.id] for each in places if each.id in there]
    first = None if cursor else _by_reference(words)
    if first is not None:
        people = [first, *(each for each in people if each.id != first.id)]
    return Page(people, later)


def _places(terms: list[int], cursor: Cursor | None) -> tuple[list[Cursor], str]:
    """Where one page of people stands in the list, and where the next page begins."""
    if not terms:
        return [], ""
    terms, people = _rarest_first(terms)
    end = _end_of_window(terms[0], cursor) if people >= WINDOW else None
    rows = db.session.execute(places_query(terms, cursor, end)).all()
    places = [Cursor(0, row.at, row.submission_id) for row in rows]
    if len(places) > PAGE_SIZE:
        return places[:PAGE_SIZE], places[PAGE_SIZE - 1].text
    return places, end.text if end else ""


def places_query(
    terms: list[int], cursor: Cursor | None, end: Cursor | None
) -> Select[datetime, UUID]:
    """Along the index of the first term, looking up the other terms for each of its people.

    Both databases would rather join whole terms, which takes long for common names. They cannot
    with a question about single values.
    """
    first = aliased(SearchTerm)
    query = _along(first, terms[0], cursor)
    if end is not None:
        query = query.where(tuple_(first.at, first.submission_id) >= (end.instant, end.id))
    for term in terms[1:]:
        other = aliased(SearchTerm)
        same = (other.at == first.at, other.submission_id == first.submission_id)
        query = query.where(select(1).where(other.term == term, *same).scalar_subquery() == 1)
    is_for_staff = select(1).where(Submission.id == first.submission_id, IS_FOR_STAFF)
    return query.where(is_for_staff.scalar_subquery() == 1).limit(PAGE_SIZE + 1)


def _end_of_window(term: int, cursor: Cursor | None) -> Cursor | None:
    """The last place that a page looks at; None if that is the end of the list."""
    last = _along(aliased(SearchTerm), term, cursor).offset(WINDOW - 1).limit(1)
    row = db.session.execute(last).first()
    return None if row is None else Cursor(0, row.at, row.submission_id)


def _along(row: type[SearchTerm], term: int, cursor: Cursor | None) -> Select[datetime, UUID]:
    query = select(row.at, row.submission_id).where(row.term == term)
    if cursor is not None:
        query = query.where(tuple_(row.at, row.submission_id) < (cursor.instant, cursor.id))
    return query.order_by(row.at.desc(), row.submission_id.desc())


def _rarest_first(terms: list[int]) -> tuple[list[int], int]:
    """The terms by how many people have them, and how many have the first, as far as the window.

    A single term is not counted: it may have more.
    """
    if len(terms) < 2:
        return terms, WINDOW
    counts = [
        select(func.count())
        .select_from(select(1).where(SearchTerm.term == term).limit(WINDOW).subquery())
        .scalar_subquery()
        for term in terms
    ]
    people = db.session.execute(select(*counts)).one()
    ordered = sorted(zip(people, terms, strict=True))
    return [term for _, term in ordered], ordered[0][0]


def with_address(address: str, *, most: int) -> list[Submission]:
    """The requests of whoever gave this e-mail address, the latest first."""
    term = blind(f"mail:{address.casefold()}")
    theirs = select(SearchTerm.submission_id).where(SearchTerm.term == term)
    latest = theirs.order_by(SearchTerm.at.desc()).limit(most)
    return list(db.session.scalars(select(Submission).where(Submission.id.in_(latest))))


def is_enough(words: str) -> bool:
    """Whether there is anything in the words to search for."""
    return bool(terms_in(words)) or _reference_in(words) != ""


def kinds_in(words: str) -> list[str]:
    """Which kinds of things were searched for, such as "name": all that the audit log is told."""
    kinds = {term.split(":")[0] for term in terms_in(words)}
    return sorted(kinds | ({"reference"} if _reference_in(words) else set()))


def _reference_in(words: str) -> str:
    """The reference that the words may be, "" if none: without look-alikes, hyphen or not."""
    letters = "".join(each for each in words.upper() if each.isalnum())
    if len(letters) != 7 or set(letters) - set(REFERENCE_ALPHABET):
        return ""
    return f"{letters[:3]}-{letters[3:]}"


def _by_reference(words: str) -> Submission | None:
    reference = _reference_in(words)
    if not reference:
        return None
    return db.session.scalar(
        select(Submission).where(Submission.reference == reference, IS_FOR_STAFF)
    )


def _key() -> bytes:
    return key_ring().derive("search terms")
