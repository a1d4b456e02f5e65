import re
from datetime import datetime, timedelta
from email.message import EmailMessage

import icalendar
import vobject
from playwright.sync_api import expect

from intake.development.example import EXAMPLE_CLINIC
from tests.journeys.conftest import DESKTOP
from tests.journeys.hands import Keyboard, Mouse
from tests.journeys.receptionist import Receptionist
from tests.journeys.requests import request_from
from tests.processes import Installation, wait_for


def test_what_a_patient_asked_for_is_booked_and_confirmed(patient, open_page, clinic):
    patient.comes_to("/request/times")
    patient.chooses_the_first_free_time()
    patient.sends_the_request()
    receptionist = Receptionist(open_page(**DESKTOP), clinic, Mouse())
    receptionist.signs_in_by_a_one_time_link()
    receptionist.sees_on_the_page(patient.reference)
    receptionist.opens_the_request_of(f"Dana {patient.family_name}")
    receptionist.confirms_the_time_that_was_asked_for()
    receipt, confirmation = mails_to(patient.email, clinic, number=2)
    assert patient.reference in receipt.get_body(("plain",)).get_content()
    event = invitation(confirmation)
    assert event["DTSTART"].dt == booked_time(receptionist.booked_line())
    assert event["DTEND"].dt - event["DTSTART"].dt == timedelta(minutes=15)
    assert "ketamine" not in confirmation.as_string().lower()


def test_moving_a_call_updates_the_same_invitation(open_page, clinic):
    """By keyboard alone."""
    sent = request_from(clinic)
    receptionist = Receptionist(open_page(**DESKTOP), clinic, Keyboard())
    receptionist.signs_in_by_a_one_time_link()
    receptionist.opens_the_request_of(sent.name)
    receptionist.confirms_the_time_that_was_asked_for()
    mails_to(sent.email, clinic, number=2)
    receptionist.books_the_last_time_on_offer()
    first, second = map(invitation, mails_to(sent.email, clinic, number=3)[1:])
    assert (first["UID"], first["SEQUENCE"]) == (second["UID"], second["SEQUENCE"] - 1)
    assert first["DTSTART"].dt < second["DTSTART"].dt


def test_a_one_time_link_works_once(open_page, clinic):
    receptionist = Receptionist(open_page(**DESKTOP), clinic, Mouse())
    receptionist.signs_in_by_a_one_time_link()
    stranger = open_page(**DESKTOP)
    answer = stranger.goto(receptionist.link)
    assert answer.status in (404, 410)
    expect(stranger.get_by_role("button", name="Sign in")).to_have_count(0)


def mails_to(email: str, clinic: Installation, *, number: int) -> list[EmailMessage]:
    """So many mails to an address, in order, as soon as they have come."""

    def found() -> list[EmailMessage]:
        return [mail for mail in clinic.mails() if mail["To"] == email]

    wait_for(lambda: len(found()) >= number, f"{number} mails to {email}")
    assert len(found()) == number
    return found()


def invitation(mail: EmailMessage) -> icalendar.Event:
    """The event of a mail's calendar, the same to act on and to keep, as two readers see it."""
    parts = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    assert [part.get_param("method") for part in parts] == ["REQUEST", "REQUEST"]
    (words,) = {part.get_content().replace("\r\n", "\n") for part in parts}
    calendar = icalendar.Calendar.from_ical(words)
    assert calendar["METHOD"] == "REQUEST"
    (event,) = calendar.walk("VEVENT")
    assert event["DTSTART"].to_ical().endswith(b"Z")
    assert vobject.readOne(words).vevent.dtstart.value == event["DTSTART"].dt
    return event


def booked_time(line: str) -> datetime:
    """The instant that "Booked: Monday, November 23, 1:00 pm Central Time" speaks of."""
    month, day, _year, clock = re.search(r"(\w+) (\d+)(, \d{4})?, (\d+:\d\d [ap]m)", line).groups()
    today = datetime.now(EXAMPLE_CLINIC.tz)
    words = f"{month} {day} {today.year} {clock}"
    moment = datetime.strptime(words, "%B %d %Y %I:%M %p").replace(tzinfo=EXAMPLE_CLINIC.tz)
    return moment if moment > today else moment.replace(year=today.year + 1)
