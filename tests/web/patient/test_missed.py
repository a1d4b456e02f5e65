"""A call that nobody came to: a mail asks for another time, and its link books one."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from intake.clinic.pause import Pause
from intake.clinic.service import current_clinic
from intake.core.db import db, unit_of_work
from intake.development.example import example_user
from intake.scheduling import outcomes, queries, service, takeback
from intake.scheduling.models import Appointment
from intake.submissions.models import Submission
from tests import factories
from tests.appointments import booked, link_in, mails
from tests.factories import MONDAY_MORNING

TUESDAY_930 = "1-202611241530"
AFTERWARDS = MONDAY_MORNING + timedelta(days=1)
TIME = "Tuesday, November 24, 9:30 am Central Time"


@pytest.fixture(autouse=True)
def tuesday(app):
    """Half an hour after the call has begun."""
    with time_machine.travel(AFTERWARDS, tick=False) as now:
        yield now


def settle(submission: Submission, outcome: str = "no_show", **options: bool) -> None:
    desk, now = example_user("desk@example.com"), AFTERWARDS
    with unit_of_work():
        found = db.session.get_one(Submission, submission.id)
        outcomes.settle(found, outcome, current_clinic(), actor=desk, now=now, **options)


@pytest.fixture
def missed(tuesday) -> Submission:
    submission = booked(TUESDAY_930)
    settle(submission)
    return submission


def calls(submission: Submission) -> list[Appointment]:
    db.session.expire_all()
    theirs = select(Appointment).where(Appointment.submission_id == submission.id)
    return list(db.session.scalars(theirs.order_by(Appointment.starts_at)))


def slots(page) -> list[str]:
    return [each.get("value") for each in page.all("input") if each.get("name") == "slot"]


def link_of(submission: Submission) -> str:
    (mail,) = mails(submission, "missed")
    return link_in(mail)


def test_the_mail_waits_while_staff_can_think_again(missed):
    (mail,) = mails(missed, "missed")
    assert mail.due_at == AFTERWARDS + timedelta(minutes=3)
    assert (mail.context["when"], mail.context["until"]) == (TIME, "Tuesday, December 8")


@pytest.mark.parametrize(("outcome", "tell"), [("held", True), ("no_show", False)])
def test_nobody_is_asked_who_came_or_knows(tuesday, outcome, tell):
    submission = booked(TUESDAY_930)
    settle(submission, outcome, tell=tell)
    assert mails(submission, "missed") == []


def test_its_link_books_another_call(client, missed):
    page = client.get(link_of(missed))
    assert f"We did not get to talk on {TIME}. Please choose another time." in page.text
    page = client.submit(slot=slots(page)[0])
    assert page.h1 == "Your consultation"
    first, second = calls(missed)
    assert (first.status, second.status, missed.status) == ("no_show", "booked", "booked")
    assert (second.channel, second.time_zone) == (first.channel, "America/Chicago")
    desk = mails(missed, "appointment_changed")[0].context
    assert desk["was"] == TIME
    assert len(mails(missed, "booked")) == 2
    assert [mail.state for mail in mails(missed, "missed")] == ["cancelled"]


def test_two_clicks_book_once(client, missed):
    path, page = link_of(missed), client.get(link_of(missed))
    for _ in range(2):
        assert client.post(path, {"slot": slots(page)[0]}).h1 == "Your consultation"
    assert len(calls(missed)) == 2


def test_looking_books_nothing(client, missed):
    client.get(link_of(missed))
    assert len(calls(missed)) == 1


def test_it_books_none_at_the_time_of_another_call_of_theirs(client, missed):
    other = booked(factories.free_keys(AFTERWARDS)[0], AFTERWARDS)
    path, key = link_of(missed), queries.key_at(2, calls(other)[0].starts_at)
    client.get(path)
    assert client.post(path, {"slot": key}).status == 409
    assert len(calls(missed)) == 1


def test_the_link_ends_after_two_weeks(client, missed, tuesday):
    tuesday.shift(timedelta(days=14, minutes=1))
    assert client.get(link_of(missed)).h1 == "Lost your link?"


def test_it_ends_when_the_request_is_closed(client, missed):
    with unit_of_work():
        db.session.get_one(Submission, missed.id).status = "closed"
    assert client.get(link_of(missed)).h1 == "Lost your link?"


@pytest.mark.parametrize(("state", "after"), [("queued", "cancelled"), ("sent", "sent")])
def test_an_outcome_is_for_our_books_and_can_be_taken_back(missed, state, after):
    (mail,) = mails(missed, "missed")
    with unit_of_work():
        mail.state = state
    with unit_of_work():
        number, clinic = calls(missed)[0].sequence, current_clinic()
        takeback.take_back(missed, number, clinic, actor="user:1", now=AFTERWARDS)
    assert [each.status for each in calls(missed)] == ["booked"]
    assert mails(missed, "missed")[0].state == after
    assert mails(missed, "restored") == []


def test_nothing_is_booked_while_booking_is_paused(client, missed):
    path, page = link_of(missed), client.get(link_of(missed))
    factories.settle(booking_pause=Pause({"en": "We are moving."}))
    client.post(path, {"slot": slots(page)[0]})
    assert len(calls(missed)) == 1


def test_whom_staff_give_another_time_is_not_asked_for_one(missed):
    with unit_of_work():
        found, desk = db.session.get_one(Submission, missed.id), example_user("desk@example.com")
        key = factories.free_keys(AFTERWARDS)[0]
        service.book(found, key, current_clinic(), actor=desk, now=AFTERWARDS)
    assert [mail.state for mail in mails(missed, "missed")] == ["cancelled"]
