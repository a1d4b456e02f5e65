"""Mails about appointments, in the patient's language."""

from sqlalchemy import select

from intake.clinic.service import current_clinic
from intake.core.db import db, unit_of_work
from intake.development.example import example_user
from intake.notifications.models import Message
from intake.notifications.render import render
from intake.scheduling import service
from intake.submissions import drafts
from tests import factories
from tests.appointments import mails
from tests.factories import MONDAY_MORNING as NOW


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
