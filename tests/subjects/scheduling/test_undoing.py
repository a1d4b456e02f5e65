"""Taking a cancellation back when the clinic has changed its hours meanwhile."""

from collections.abc import Callable
from datetime import date, time

import pytest
from flask import Flask

from intake.clinic.service import current_clinic
from intake.core.db import db, unit_of_work
from intake.scheduling import changes, hours, service
from intake.scheduling.agenda import misplaced
from intake.scheduling.models import PATIENT, Provider
from intake.scheduling.placing import SlotTaken
from intake.submissions.models import Submission
from tests import factories
from tests.appointments import appointment_of, booked, mails, rule, take_back
from tests.factories import MONDAY_MORNING as NOW

TUESDAY = date(2026, 11, 24)
TUESDAY_930 = "1-202611241530"
SATURDAY_NOON = "1-202611281800"
ACTOR = {"actor": "user:1", "now": NOW}


def provider() -> Provider:
    return db.session.get_one(Provider, 1)


def close() -> None:
    hours.close([TUESDAY], "Flood", **ACTOR)


def be_away() -> None:
    hours.set_dated(provider(), [TUESDAY], [], label="Course", version=1, **ACTOR)


def work_in_the_afternoon() -> None:
    weekly = {day: ((time(13), time(17)),) for day in range(5)}
    hours.set_weekly(provider(), weekly, version=1, **ACTOR)


def leave() -> None:
    hours.set_active(provider(), active=False, version=1, **ACTOR)


def cancel(submission: Submission) -> None:
    with unit_of_work():
        call = appointment_of(submission)
        changes.cancel(submission, call, current_clinic(), actor=PATIENT, reason="", now=NOW)


def undo(submission: Submission) -> str:
    take_back(submission)
    return appointment_of(submission).status


@pytest.mark.parametrize("change", [close, be_away, work_in_the_afternoon, leave])
def test_a_time_that_was_closed_meanwhile_does_not_come_back(
    app: Flask, change: Callable[[], None]
) -> None:
    submission = booked(TUESDAY_930)
    cancel(submission)
    with unit_of_work():
        change()
    with pytest.raises(SlotTaken):
        undo(submission)
    assert appointment_of(submission).status == "cancelled"
    assert mails(submission, "restored") == []
    assert misplaced(now=NOW) == []


def test_a_time_that_was_opened_again_does(app: Flask) -> None:
    submission = booked(TUESDAY_930)
    cancel(submission)
    with unit_of_work():
        close()
    with unit_of_work():
        hours.reopen([TUESDAY], **ACTOR)
    assert undo(submission) == "booked"


def test_neither_do_new_hours_elsewhere_stand_in_the_way(app: Flask) -> None:
    submission = booked(TUESDAY_930)
    cancel(submission)
    with unit_of_work():
        hours.close([date(2026, 11, 25)], "Flood", **ACTOR)
    assert undo(submission) == "booked"


def fill_the_day(cap: int) -> Submission:
    """Somebody cancels, and somebody else gets another time of that day."""
    submission = booked(TUESDAY_930)
    cancel(submission)
    rule(daily_cap=cap)
    booked("1-202611242000")
    return submission


def test_a_day_that_is_full_meanwhile_takes_no_call_back(app: Flask) -> None:
    submission = fill_the_day(cap=1)
    with pytest.raises(SlotTaken):
        undo(submission)
    assert appointment_of(submission).status == "cancelled"


def test_a_day_with_one_place_left_takes_it(app: Flask) -> None:
    assert undo(fill_the_day(cap=2)) == "booked"


def test_what_staff_put_outside_the_hours_comes_back_as_such(app: Flask) -> None:
    submission, user = factories.sent(), factories.user()
    with unit_of_work():
        service.book_outside_hours(submission, SATURDAY_NOON, current_clinic(), actor=user, now=NOW)
    cancel(submission)
    assert undo(submission) == "booked"
    assert appointment_of(submission).outside_hours
    assert [each.why for each in misplaced(now=NOW)] == ["Put outside the hours by staff"]
