"""Mails about appointments, in the patient's language."""

import vobject
from icalendar import Calendar
from sqlalchemy import select

from intake.clinic.service import current_clinic
from intake.core.db import db, unit_of_work
from intake.development.example import example_user
from intake.notifications.models import Message
from intake.notifications.render import render
from intake.scheduling import changes, service
from intake.scheduling.service import PATIENT
from intake.submissions import drafts
from tests import factories
from tests.appointments import appointment_of, booked, mails
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


def test_calendars_follow_a_call_from_booking_to_cancelling_and_back(app):
    submission, clinic = booked(), current_clinic()
    for key in (factories.free_keys()[9], "cancel", "undo"):
        with unit_of_work():
            appointment = appointment_of(submission)
            if key == "cancel":
                changes.cancel(submission, appointment, clinic, actor=PATIENT, reason="", now=NOW)
            elif key == "undo":
                changes.undo(submission, appointment, clinic, now=NOW)
            else:
                changes.move(submission, appointment, key, clinic, time_zone="UTC", now=NOW)
    files = [
        mails(submission, name)[0].context["calendar"]
        for name in ("booked", "moved", "cancelled", "restored")
    ]
    read = [Calendar.from_ical(text) for text in files]
    events = [calendar.walk("VEVENT")[0] for calendar in read]
    assert [calendar["method"] for calendar in read] == ["REQUEST", "REQUEST", "CANCEL", "REQUEST"]
    assert [event["sequence"] for event in events] == [0, 1, 2, 3]
    assert [event["status"] for event in events][2:] == ["CANCELLED", "CONFIRMED"]
    assert len({event["uid"] for event in events}) == 1
    starts = [event.decoded("dtstart") for event in events]
    assert starts[0] < starts[1] == starts[2] == starts[3]
    for text, event in zip(files, events, strict=True):
        assert vobject.readOne(text).vevent.dtstart.value == event.decoded("dtstart")
        assert "UTC" in event["description"] or "Central Time" in event["description"]


def test_links_in_spanish_mails_open_spanish_pages(app):
    submission = factories.sent()
    with unit_of_work():
        drafts.speak(submission, "es")
    with unit_of_work():
        key, user = factories.free_keys()[0], example_user("desk@example.com")
        service.book(submission, key, current_clinic(), actor=user, now=NOW)
    (mail,) = mails(submission, "booked")
    assert mail.context["link"].endswith("?lang=es")
