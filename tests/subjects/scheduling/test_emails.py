"""Mails about appointments, in the patient's language."""

import pytest
from sqlalchemy import select

from intake.clinic.service import current_clinic
from intake.core.db import db, unit_of_work
from intake.development.example import example_user
from intake.notifications.models import Message
from intake.notifications.render import render
from intake.scheduling import service, takeback
from intake.submissions import drafts
from intake.submissions.models import Submission
from intake.submissions.service import submit
from tests import factories
from tests.appointments import appointment_of, mails
from tests.factories import MONDAY_MORNING as NOW

WEDNESDAY_9 = "1-202611251500"


def test_a_booking_is_confirmed_in_spanish_with_a_spanish_calendar_entry(app):
    submission, user = factories.sent(), factories.user()
    with unit_of_work():
        drafts.speak(submission, "es")
        key = factories.free_keys()[0]
        service.book(submission, key, current_clinic(), actor=user, now=NOW)
    [message] = db.session.scalars(select(Message).where(Message.name == "booked"))
    words = render("booked", message.context, message.language)
    assert words.subject == "Su consulta está reservada"
    assert "\nMartes 24 de noviembre, " in words.text
    assert "hora central\n" in words.text
    assert "SUMMARY:Cita con Iconic Infusions" in message.context["calendar"]


def test_links_in_spanish_mails_open_spanish_pages(app):
    submission = factories.sent()
    with unit_of_work():
        drafts.speak(submission, "es")
    with unit_of_work():
        key, user = factories.free_keys()[0], example_user("desk@example.com")
        service.book(submission, key, current_clinic(), actor=user, now=NOW)
    (mail,) = mails(submission, "booked")
    assert mail.context["link"].endswith("?lang=es")


@pytest.fixture
def asked(app) -> Submission:
    """Somebody who asked for a call on Wednesday at 9, which nobody has confirmed."""
    draft = factories.fill(factories.begin())
    with unit_of_work():
        where = {"time_zone": "America/Chicago", "channel": "phone"}
        service.hold(draft, WEDNESDAY_9, current_clinic(), now=NOW, **where)
    with unit_of_work():
        service.keep_for_sending(draft, now=NOW)
        submit(draft, current_clinic(), now=NOW)
    return draft


def confirmed(submission: Submission, *keys: str) -> str:
    """Book these times one after the other; returns the mail about the last one."""
    desk = example_user("desk@example.com")
    for key in keys:
        with unit_of_work():
            service.book(submission, key, current_clinic(), actor=desk, now=NOW)
    return waiting_mail(submission)


def waiting_mail(submission: Submission) -> str:
    """The text of the one mail about the call that is to be sent."""
    db.session.expire_all()
    (mail,) = [each for each in mails(submission, "booked", "moved") if each.state == "queued"]
    return render(mail.name, mail.context, mail.language).text


ASKED_FOR = (
    "You asked for Wednesday, November 25, 9:00 am Central Time. That time is not kept for you."
)


def test_whoever_gets_another_time_than_they_asked_for_is_told_so(asked):
    text = confirmed(asked, "1-202611241600")
    assert "Tuesday, November 24, 10:00 am Central Time" in text
    assert ASKED_FOR in text


def test_that_is_told_however_often_staff_think_again(asked):
    assert ASKED_FOR in confirmed(asked, "1-202611241600", "1-202611241700", "1-202611241900")
    desk, call = example_user("desk@example.com"), appointment_of(asked)
    with unit_of_work():
        takeback.take_back(asked, call.sequence, current_clinic(), actor=desk.actor, now=NOW)
    assert ASKED_FOR in waiting_mail(asked)


def test_nothing_of_it_is_told_about_the_time_they_asked_for(asked):
    assert "You asked for" not in confirmed(asked, WEDNESDAY_9)
    assert "You asked for" not in confirmed(asked, "1-202611241600", WEDNESDAY_9)
