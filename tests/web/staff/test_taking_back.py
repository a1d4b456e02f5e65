"""Cancelling a call at the desk, and taking back what a click did."""

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from intake.clinic.service import current_clinic
from intake.core.db import db, unit_of_work
from intake.notifications.models import Message
from intake.scheduling import changes, hours
from intake.submissions.models import Submission
from tests import factories
from tests.appointments import appointment_of, booked, let_leave, mails, rule
from tests.browse import Browser, Page
from tests.factories import MONDAY_MORNING
from tests.web.staff.people import actions, let_in
from tests.web.staff.test_booking import asked_for, book, offered, path_of


@pytest.fixture
def desk(app: Flask, morning) -> Browser:
    return let_in(Browser(app))


def cancel(desk: Browser, submission: Submission, tell: str = "yes") -> Page:
    path = path_of(submission) + "/cancel"
    page = desk.get(path)
    sequence = next(i.get("value", "") for i in page.all("input") if i.get("name") == "sequence")
    data = {"reason": "patient_asked", "tell": tell, "sequence": sequence}
    return desk.post(path, data)


def undo(desk: Browser, submission: Submission, sequence: int | None = None) -> Page:
    desk.get(path_of(submission))
    number = appointment_of(submission).sequence if sequence is None else sequence
    return desk.post(path_of(submission) + "/undo", {"sequence": str(number)})


def states(submission: Submission) -> dict[str, str]:
    """The mails about the call, with what became of each."""
    db.session.expire_all()
    return {mail.name: mail.state for mail in mails(submission, "booked", "cancelled", "restored")}


def test_a_cancelled_call_frees_its_time_and_waits_in_the_queue(desk: Browser) -> None:
    submission = booked()
    page = cancel(desk, submission)
    call = appointment_of(submission)
    assert (call.status, call.reason, submission.status) == (
        *("cancelled", "patient_asked"),
        "contacting",
    )
    assert "Reason: they asked for it" in page.text
    assert "Cancelled by the clinic today 10:00 am" in desk.get("/staff/").text
    assert "Offer a new time" in desk.get("/staff/").text
    assert factories.free_keys()[0] in offered(desk.get(path_of(submission)))
    assert "appointment cancelled" in actions()


def test_the_mail_about_a_cancelled_call_waits_for_three_minutes(desk: Browser) -> None:
    submission = booked()
    assert "leaves today 10:03 am" in cancel(desk, submission).text
    (mail,) = mails(submission, "cancelled")
    assert mail.due_at == MONDAY_MORNING + timedelta(minutes=3)


def test_a_patient_who_knows_gets_no_mail(desk: Browser) -> None:
    submission = booked()
    assert "gets no email" in cancel(desk, submission, tell="no").text
    assert mails(submission, "cancelled") == []


def test_nobody_is_mailed_who_allowed_none(desk: Browser) -> None:
    submission = booked(contact_by=["call"])
    assert "Tell them by phone" in desk.get(path_of(submission) + "/cancel").text
    cancel(desk, submission, tell="yes")
    assert mails(submission, "cancelled") == []


def test_looking_at_the_question_cancels_nothing(desk: Browser) -> None:
    submission = booked()
    desk.get(path_of(submission) + "/cancel")
    assert appointment_of(submission).status == "booked"


def test_a_reason_is_asked_for(desk: Browser) -> None:
    submission = booked()
    path = path_of(submission) + "/cancel"
    desk.get(path)
    page = desk.post(path, {"sequence": "0", "tell": "no"})
    assert page.status == 400
    assert "Select why the call is cancelled" in page.text


@pytest.mark.both
def test_two_clicks_cancel_once(desk: Browser) -> None:
    submission = booked()
    path, data = path_of(submission) + "/cancel", {"reason": "patient_asked", "tell": "yes"}
    desk.get(path)
    for _ in range(2):
        assert "cancelled by the clinic" in desk.post(path, {**data, "sequence": "0"}).text
    assert len(mails(submission, "cancelled")) == 1


def test_whoever_looks_at_an_old_page_cancels_nothing(desk: Browser) -> None:
    submission = booked()
    path = path_of(submission) + "/cancel"
    desk.get(path)
    book(desk, submission, factories.free_keys()[5])
    page = desk.post(path, {"reason": "patient_asked", "tell": "yes", "sequence": "0"})
    assert page.status == 409
    assert "changed since you opened the page" in page.text
    assert appointment_of(submission).status == "booked"


def test_there_is_nothing_to_cancel_without_a_call(desk: Browser) -> None:
    page = desk.get(path_of(factories.sent()) + "/cancel")
    assert "There was nothing to cancel" in page.text


def test_a_time_that_was_asked_for_can_be_declined(desk: Browser) -> None:
    submission = asked_for(factories.free_keys()[3])
    page = desk.get(path_of(submission) + "/cancel")
    assert (page.h1, "Keep it" in page.text) == ("Decline the time they asked for?", False)
    cancel(desk, submission)
    assert appointment_of(submission).status == "cancelled"
    assert states(submission) == {"cancelled": "queued"}
    assert mails(submission, "cancelled")[0].context["is_asked"]
    undo(desk, submission)
    assert (appointment_of(submission).status, submission.status) == ("pending", "new")
    assert submission.waiting_since == MONDAY_MORNING


@pytest.mark.both
def test_a_cancellation_is_undone_before_anybody_hears_of_it(desk: Browser) -> None:
    submission = booked()
    cancel(desk, submission)
    assert "Undone. The call is booked for Tuesday" in undo(desk, submission).text
    assert (appointment_of(submission).status, submission.status) == ("booked", "booked")
    assert states(submission) == {"booked": "sent", "cancelled": "cancelled"}
    assert "cancellation undone" in actions()


@pytest.mark.both
def test_whoever_heard_of_a_cancellation_hears_that_it_is_undone(desk: Browser, morning) -> None:
    submission = booked()
    cancel(desk, submission)
    with unit_of_work():
        let_leave(submission, MONDAY_MORNING)
    morning.shift(timedelta(minutes=10))
    assert "will be told if you undo it" in desk.get(path_of(submission)).text
    undo(desk, submission)
    assert states(submission)["restored"] == "queued"


@pytest.mark.both
def test_a_booking_is_undone_without_a_trace_in_the_mail(desk: Browser) -> None:
    submission, key = factories.sent(), factories.free_keys()[0]
    assert "The email to the patient leaves today 10:03 am" in book(desk, submission, key).text
    page = undo(desk, submission)
    assert "Undone. No call is booked." in page.text
    assert (appointment_of(submission).status, submission.status) == ("released", "new")
    assert states(submission) == {"booked": "cancelled"}
    assert key in offered(desk.get(path_of(submission)))


def test_what_was_undone_can_be_booked_again_and_is_told(desk: Browser) -> None:
    submission = asked_for(factories.free_keys()[3])
    key = factories.free_keys()[3]
    for _ in range(2):
        book(desk, submission, key)
        undo(desk, submission)
        assert appointment_of(submission).status == "pending"
    book(desk, submission, key)
    waiting = [mail for mail in mails(submission, "booked") if mail.state == "queued"]
    assert len(waiting) == 1


@pytest.mark.both
def test_a_move_is_undone(desk: Browser) -> None:
    submission, keys = booked(), factories.free_keys()
    before = appointment_of(submission).starts_at
    book(desk, submission, keys[5])
    assert appointment_of(submission).starts_at != before
    undo(desk, submission)
    assert appointment_of(submission).starts_at == before
    assert [mail.state for mail in mails(submission, "moved")] == ["cancelled"]


def test_undoing_a_move_before_the_first_mail_left_tells_the_first_time(desk: Browser) -> None:
    submission, keys = factories.sent(), factories.free_keys()
    book(desk, submission, keys[0])
    book(desk, submission, keys[5])
    undo(desk, submission)
    (waiting,) = [mail for mail in mails(submission, "booked") if mail.state == "queued"]
    assert waiting.context["when"] == "Tuesday, November 24, 9:00 am Central Time"


@pytest.mark.both
def test_undo_ends_when_the_mail_leaves(desk: Browser, morning) -> None:
    submission = factories.sent()
    book(desk, submission, factories.free_keys()[0])
    morning.shift(timedelta(minutes=3))
    assert "Undo" not in desk.get(path_of(submission)).text
    assert "nothing left to undo" in undo(desk, submission).text
    assert appointment_of(submission).status == "booked"


def test_a_mail_that_left_early_cannot_be_undone(desk: Browser) -> None:
    submission = factories.sent()
    book(desk, submission, factories.free_keys()[0])
    with unit_of_work():
        let_leave(submission, MONDAY_MORNING)
    assert "cannot be undone any more" in undo(desk, submission).text
    assert appointment_of(submission).status == "booked"


def test_undo_does_not_touch_what_somebody_else_did_since(desk: Browser) -> None:
    submission, keys = booked(), factories.free_keys()
    book(desk, submission, keys[5])
    assert "cannot be undone any more" in undo(desk, submission, sequence=0).text
    assert appointment_of(submission).sequence == 1


@pytest.mark.both
def test_nobody_loses_a_time_to_an_undo(desk: Browser) -> None:
    submission, keys = booked(), factories.free_keys()
    key = keys[0]
    book(desk, submission, keys[5])
    first = f"1-{MONDAY_MORNING:%Y}11241500"
    book(desk, factories.sent(), first)
    assert key != first
    assert "somebody else has it now" in undo(desk, submission).text
    assert appointment_of(submission).sequence == 1


def test_a_patients_own_change_ends_the_undo(desk: Browser) -> None:
    submission, keys = booked(), factories.free_keys()
    with unit_of_work():
        call = appointment_of(submission)
        clinic = current_clinic()
        zone = "America/Chicago"
        changes.move(submission, call, keys[5], clinic, time_zone=zone, now=MONDAY_MORNING)
    assert "Undo" not in desk.get(path_of(submission)).text


def test_whom_the_clinic_cancelled_can_choose_another_time(desk: Browser) -> None:
    submission = booked()
    with unit_of_work():
        call, clinic = appointment_of(submission), current_clinic()
        reason = changes.BY_CLINIC
        changes.cancel(submission, call, clinic, actor="user:1", reason=reason, now=MONDAY_MORNING)
    assert changes.may_move(appointment_of(submission), now=MONDAY_MORNING)


def test_the_queue_says_when_a_patient_cancelled(desk: Browser) -> None:
    submission = booked()
    with unit_of_work():
        call, clinic = appointment_of(submission), current_clinic()
        changes.cancel(submission, call, clinic, actor="patient", reason="", now=MONDAY_MORNING)
    page = desk.get("/staff/")
    assert "Cancelled by the patient today 10:00 am" in page.text
    assert "Was Tue 9:00 am" in page.text
    assert "Offer a new time" in page.text


def test_a_forged_undo_is_refused(desk: Browser) -> None:
    submission = booked()
    desk.get(path_of(submission))
    for data in ({}, {"sequence": "x"}, {"sequence": "-1"}, {"sequence": "9" * 12}):
        assert desk.post(path_of(submission) + "/undo", data).status == 400


def test_the_grid_shows_with_whom_and_the_call_as_it_is(desk: Browser) -> None:
    submission, keys = factories.sent(), factories.free_keys()
    book(desk, submission, keys[5].replace("1-", "2-", 1))
    page = desk.get(path_of(submission))
    assert "11:30 am: the call as it is now" in page.text
    assert "With Dr. Samuel Okafor, Central Time" in page.text
    assert all(key.startswith("2-") for key in offered(page))
    assert "One click moves the call." in page.text


def test_the_grid_names_each_where_times_are_with_several(desk: Browser) -> None:
    book(desk, factories.sent(), factories.free_keys()[0])
    page = desk.get(path_of(factories.sent()))
    assert "9:30 am, with Dr. Samuel Okafor" in page.text


def test_mails_leave_at_once_where_the_clinic_wants_no_grace(desk: Browser) -> None:
    query = select(Message).where(Message.name == "booked")
    submission = factories.sent()
    factories.settle(grace_minutes=0)
    book(desk, submission, factories.free_keys()[0])
    assert db.session.scalars(query).one().due_at == MONDAY_MORNING
    assert "Undo" not in desk.get(path_of(submission)).text


@pytest.mark.both
def test_a_full_day_takes_no_cancelled_call_back(desk: Browser) -> None:
    submission = booked()
    cancel(desk, submission, tell="no")
    rule(daily_cap=1)
    booked("1-202611242000")
    assert "the day is full" in undo(desk, submission).text
    assert appointment_of(submission).status == "cancelled"


@pytest.mark.both
def test_nobody_gets_more_calls_by_an_undo_than_one_may_have(desk: Browser) -> None:
    submission = booked()
    cancel(desk, submission, tell="no")
    rule(person_cap=1)
    booked("1-202611252000")
    assert "has enough calls ahead" in undo(desk, submission).text
    assert appointment_of(submission).status == "cancelled"


def test_a_call_that_goes_back_to_a_closed_day_is_said_to_be_there(desk: Browser) -> None:
    submission = booked()
    with unit_of_work():
        hours.close([date(2026, 11, 24)], "Flood", actor="user:1", now=MONDAY_MORNING)
    book(desk, submission, "1-202611251500")
    page = undo(desk, submission)
    assert "The call is booked for Tuesday" in page.text
    assert "It cannot stay there. Closed: Flood." in page.text
