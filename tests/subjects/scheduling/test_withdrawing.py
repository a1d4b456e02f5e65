"""Requests that their patients take back."""

import pytest
from sqlalchemy import func, select

from intake.clinic.service import current_clinic
from intake.core.db import db, unit_of_work
from intake.development.example import example_user
from intake.scheduling import changes, service, takeback, waitlist, withdrawing
from intake.scheduling.models import Opening
from intake.scheduling.withdrawing import TooLateToWithdraw
from intake.submissions import queries
from tests import factories
from tests.appointments import appointment_of, booked
from tests.factories import MONDAY_MORNING as NOW
from tests.subjects.submissions.danger import NOT_NOW, save


def withdraw(submission):
    with unit_of_work():
        db.session.refresh(submission, with_for_update=True)
        withdrawing.withdraw(submission, current_clinic(), now=NOW)


def test_a_time_that_was_asked_for_goes_to_the_waitlist(app):
    waiting = booked()
    draft = factories.fill(factories.begin())
    with unit_of_work():
        waitlist.join(waiting.id, now=NOW)
        key, about = factories.free_keys()[0], {"time_zone": "UTC", "channel": "phone"}
        service.hold(draft, key, current_clinic(), now=NOW, **about)
        service.keep_for_sending(draft, now=NOW)
    withdraw(factories.submit(draft))
    assert appointment_of(draft).status == "released"
    assert db.session.scalar(select(func.count()).select_from(Opening)) == 1


def test_an_open_flag_keeps_somebody_in_the_queue(app):
    draft = factories.fill(factories.begin())
    withdraw(factories.submit(save(draft, NOT_NOW)))
    assert draft.status == "withdrawn"
    assert [each.id for each in queries.to_do(factories.this_morning()).rows] == [draft.id]


def test_what_staff_did_before_cannot_be_undone_any_more(app):
    submission = booked()
    with pytest.raises(TooLateToWithdraw):
        withdraw(submission)
    call, desk = appointment_of(submission), example_user("desk@example.com")
    with unit_of_work():
        about = {"actor": desk.actor, "reason": "patient_asked", "now": NOW}
        changes.cancel(submission, call, current_clinic(), **about)
    assert takeback.undoable(submission.id, now=NOW) is not None
    withdraw(submission)
    assert takeback.undoable(submission.id, now=NOW) is None
