"""Deleting one person: nothing about them is left anywhere, and the books still add up."""

from pathlib import Path

import pytest
from sqlalchemy import LargeBinary, select, text
from sqlalchemy.exc import IntegrityError

from intake.audit import log
from intake.clinic.service import current_clinic
from intake.core.db import db, drop_traces, unit_of_work
from intake.development.example import example_user
from intake.exports import counting
from intake.notifications import bounces
from intake.retention import holds
from intake.retention.erasing import NotToErase, erase, rows_of, tables_about
from intake.scheduling import changes, merging, waitlist
from intake.submissions import contacting, service
from intake.submissions.models import Submission
from intake.submissions.queries import with_merged
from tests import factories
from tests.appointments import appointment_of, booked
from tests.factories import MONDAY_MORNING as NOW
from tests.rules.test_routes import everything
from tests.subjects.submissions.danger import NOT_NOW, record, save

DESK = "desk@example.com"


def full_record() -> Submission:
    """Somebody of whom there is something in as many tables as can be, and a merged request."""
    submission, other = booked(), factories.sent(email="dana@example.org")
    desk, clinic = example_user(DESK), current_clinic()
    save(submission, NOT_NOW)
    record(submission)
    with unit_of_work():
        service.add_note(submission, "Prefers mornings", author=desk, now=NOW)
        about = {"entry_id": submission.id, "call_at": None, "author": desk, "now": NOW}
        contacting.write_down(submission, "no_answer", **about)
        waitlist.join(submission.id, now=NOW)
        bounces.mark("dana@example.org", now=NOW)
        merging.merge(submission, other, author=desk, now=NOW)
        call = appointment_of(submission)
        why = {"actor": desk.actor, "reason": "patient_asked", "now": NOW}
        changes.cancel(submission, call, clinic, **why)
    return submission


def erased(submission: Submission) -> None:
    with unit_of_work():
        family = with_merged(db.session.get_one(Submission, submission.id))
        erase(family, current_clinic(), actor="user:1", reason="asked", now=NOW)


def sealed_values() -> list[bytes]:
    """Everything that is sealed about requests, as it stands in the tables."""
    found = []
    for table in [*tables_about(), Submission.__table__]:
        for column in table.columns:
            if isinstance(column.type, LargeBinary):
                found += db.session.scalars(select(column).where(column.is_not(None)))
    return found


def test_nothing_is_left_in_any_table_but_the_audit_log(app):
    before = set(everything()["search_terms"])
    submission = full_record()
    ids = [each.id for each in with_merged(submission)]
    tables = set(rows_of(with_merged(submission)))
    assert len(ids) == 2
    assert tables >= {"appointments", "messages", "notes", "tries", "merges", "waitlist"}
    assert tables >= {"acknowledgements", "consents", "search_terms", "own_links"}
    erased(submission)
    left = everything()
    traces = (*(str(each) for each in ids), *(each.hex for each in ids), submission.reference)
    where = {name for name, rows in left.items() if any(t in str(rows) for t in traces)}
    assert where == {"audit_log"}
    assert set(left["search_terms"]) == before
    assert bounces.marked(["dana@example.org"]) == set()


def test_every_table_about_a_request_goes_with_it_but_a_hold(app):
    rules = {
        table.name: {
            key.ondelete for key in table.foreign_keys if key.column.table.name == "submissions"
        }
        for table in tables_about()
    }
    assert rules.pop("legal_holds") == {None}
    assert set(map(tuple, rules.values())) == {("CASCADE",)}


def test_the_audit_log_and_the_figures_stay(app):
    submission = full_record()
    counting.refresh(current_clinic(), now=NOW)
    day = counting.day_of(NOW, current_clinic())
    figures = counting.documents("day", day, day + counting.DAY)
    entries = len(everything()["audit_log"])
    erased(submission)
    counting.refresh(current_clinic(), now=NOW)
    assert counting.documents("day", day, day + counting.DAY) == figures
    assert figures[day]["all"]["asked"] == 1
    assert len(everything()["audit_log"]) == entries + 2
    assert log.verify().fault is None


@pytest.mark.sqlite
def test_not_even_free_pages_of_the_file_hold_anything(app):
    submission = full_record()
    sealed = sealed_values()
    assert len(sealed) > 10
    erased(submission)
    drop_traces()
    file = Path(db.engine.url.database)
    bytes_of = b"".join(Path(f"{file}{end}").read_bytes() for end in ("", "-wal"))
    assert submission.cookie_hash.encode() not in bytes_of
    assert [each for each in sealed if each[-40:] in bytes_of] == []


def test_a_hold_keeps_a_request_whatever_is_tried(app):
    submission, desk = factories.sent(), example_user(DESK)
    with unit_of_work():
        holds.place(submission, "A letter from a lawyer", author=desk, now=NOW)
        holds.place(submission, "Once more", author=desk, now=NOW)
    with pytest.raises(NotToErase, match="held"):
        erased(submission)
    with pytest.raises(IntegrityError), unit_of_work():
        db.session.execute(text("DELETE FROM submissions"))
    assert holds.hold_on([submission.id]).reason == "A letter from a lawyer"
    with unit_of_work():
        holds.end(submission, author=desk, now=NOW)
    erased(submission)
    assert db.session.get(Submission, submission.id) is None


@pytest.mark.sqlite
@pytest.mark.parametrize(("why", "make"), [("call", booked), ("flag", factories.begin)])
def test_a_call_ahead_or_an_open_flag_keeps_it(app, why, make):
    submission = make()
    if why == "flag":
        save(submission, NOT_NOW)
    with pytest.raises(NotToErase, match=why):
        erased(submission)
