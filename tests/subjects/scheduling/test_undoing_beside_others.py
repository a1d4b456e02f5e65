"""Undo for somebody who has got another call meanwhile, or whose request was closed."""

from datetime import timedelta

import pytest
from flask import Flask

from intake.accounts.models import User
from intake.clinic.service import current_clinic
from intake.core.db import unit_of_work
from intake.scheduling import changes, service, takeback, waitlist
from intake.scheduling.models import PATIENT
from intake.scheduling.placing import Full, SlotTaken
from intake.submissions import contacting
from intake.submissions.models import Submission
from tests import factories
from tests.appointments import appointment_of, booked, mails, rule, take_back
from tests.factories import MONDAY_MORNING as NOW
from tests.subjects.scheduling.test_at_once import send
from tests.subjects.scheduling.test_undoing import TUESDAY_930, cancel

WITH_ANOTHER = "2-202611241530"
WEDNESDAY, NEXT_WEEK = "1-202611251530", "1-202612011530"
SOON = NOW + timedelta(minutes=1)


@pytest.fixture
def desk(app: Flask) -> User:
    return factories.user()


def move(submission: Submission, key: str, desk: User) -> None:
    with unit_of_work():
        service.book(submission, key, current_clinic(), actor=desk, now=NOW)


def undo_at_the_desk(submission: Submission, desk: User) -> None:
    with unit_of_work():
        number = appointment_of(submission).sequence
        takeback.take_back(submission, number, current_clinic(), actor=desk.actor, now=SOON)


def test_a_call_does_not_come_back_beside_another_of_that_time(app: Flask) -> None:
    submission = booked(TUESDAY_930)
    cancel(submission)
    booked(WITH_ANOTHER)
    with pytest.raises(SlotTaken):
        take_back(submission)
    call = appointment_of(submission)
    assert (call.status, call.sequence, submission.status) == ("cancelled", 1, "contacting")
    assert mails(submission, "restored") == []


def test_neither_does_one_that_the_desk_has_moved_away(desk: User) -> None:
    submission = booked(TUESDAY_930)
    move(submission, WEDNESDAY, desk)
    booked(WITH_ANOTHER)
    with pytest.raises(SlotTaken):
        undo_at_the_desk(submission, desk)
    assert appointment_of(submission).starts_at.day == 25
    assert [mail.state for mail in mails(submission, "moved")] == ["queued"]


def test_neither_does_one_in_whose_place_an_earlier_time_was_taken(app: Flask) -> None:
    submission, other = booked(WITH_ANOTHER), booked(NEXT_WEEK)
    cancel(submission)
    with unit_of_work():
        waitlist.join(other.id, now=NOW)
    cancel(booked(TUESDAY_930, email="another@example.org"))
    later = NOW + waitlist.PATIENCE
    with unit_of_work():
        waitlist.ask_next(current_clinic(), now=later)
    with unit_of_work():
        changes.accept(other, appointment_of(other), current_clinic(), now=later)
    with pytest.raises(SlotTaken):
        take_back(submission, later)


def test_cancelling_and_taking_back_gives_nobody_more_calls_at_once(app: Flask) -> None:
    rule(mode="instant", person_cap=1)
    submission = send(key=TUESDAY_930)
    cancel(submission)
    assert changes.may_move(appointment_of(submission), now=NOW)
    assert appointment_of(send(key=WEDNESDAY)).status == "booked"
    with pytest.raises(Full):
        take_back(submission)
    assert not changes.may_move(appointment_of(submission), now=NOW)


def test_what_the_clinic_has_booked_a_patient_may_have_back(app: Flask) -> None:
    rule(mode="instant", person_cap=1)
    submission = booked(TUESDAY_930)
    cancel(submission)
    send(key=WEDNESDAY)
    take_back(submission)
    assert appointment_of(submission).status == "booked"


@pytest.mark.parametrize("who", [PATIENT, "user:1"])
def test_a_request_that_was_closed_since_stays_closed(desk: User, who: str) -> None:
    submission = booked(TUESDAY_930)
    with unit_of_work():
        about = (submission, appointment_of(submission), current_clinic())
        changes.cancel(*about, actor=who, reason=changes.BY_CLINIC, now=NOW)
    with unit_of_work():
        close = {"tell": False, "author": desk, "now": NOW}
        contacting.close(submission, "not_interested", current_clinic(), **close)
    undo_at_the_desk(submission, desk)
    take_back(submission)
    call = appointment_of(submission)
    assert (call.status, submission.status) == ("cancelled", "closed")
    assert not changes.may_move(call, now=NOW)
