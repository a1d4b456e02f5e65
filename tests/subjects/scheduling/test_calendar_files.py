"""One call from booking to cancelling, and the clinic's feed, as calendar programs read them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

import ics
import pytest
import recurring_ical_events
import vobject
from flask import Flask
from icalendar import Calendar

from intake.clinic.service import current_clinic
from intake.core.db import unit_of_work
from intake.scheduling import changes, feeds
from intake.scheduling.models import PATIENT, CalendarFeed
from intake.submissions.models import Submission
from tests.appointments import appointment_of, booked, mails, take_back
from tests.factories import MONDAY_MORNING as NOW

TUESDAY_930, WEDNESDAY_10 = "1-202611241530", "1-202611251600"
TUESDAY = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)
WEDNESDAY = datetime(2026, 11, 25, 16, 0, tzinfo=UTC)
LENGTH, DAY = timedelta(minutes=15), timedelta(days=1)


class Read(NamedTuple):
    """What a parser found."""

    uid: str
    starts_at: datetime
    ends_at: datetime


def by_icalendar(text: str) -> Read:
    [event] = Calendar.from_ical(text).walk("VEVENT")
    assert not event.errors
    return Read(str(event["uid"]), event.decoded("dtstart"), event.decoded("dtend"))


def by_vobject(text: str) -> Read:
    event = vobject.readOne(text, validate=True).vevent
    return Read(event.uid.value, event.dtstart.value, event.dtend.value)


def by_ics(text: str) -> Read:
    [event] = ics.Calendar(text).events
    return Read(event.uid, event.begin.datetime, event.end.datetime)


def by_the_day(text: str) -> Read:
    """As a program shows it that lays events out over days."""
    [event] = recurring_ical_events.of(Calendar.from_ical(text)).between(NOW, NOW + 9 * DAY)
    return Read(str(event["uid"]), event["dtstart"].dt, event["dtend"].dt)


PARSERS = [by_icalendar, by_vobject, by_ics, by_the_day]


@pytest.fixture
def submission(app: Flask) -> Submission:
    """A call that was booked, moved, cancelled, and taken back."""
    submission, clinic = booked(TUESDAY_930), current_clinic()
    for change, more in (
        (changes.move, {"key": WEDNESDAY_10, "time_zone": "UTC"}),
        (changes.cancel, {"actor": PATIENT, "reason": ""}),
    ):
        with unit_of_work():
            change(submission, appointment_of(submission), clinic=clinic, now=NOW, **more)
    take_back(submission)
    return submission


@pytest.fixture
def files(submission: Submission) -> list[str]:
    """The calendar files of its four mails, in order."""
    names = ("booked", "moved", "cancelled", "restored")
    return [mails(submission, name)[0].context["calendar"] for name in names]


@pytest.mark.parametrize("parser", PARSERS)
def test_every_parser_reads_the_same_call_at_the_same_times(
    submission: Submission, files: list[str], parser: Callable[[str], Read]
) -> None:
    uid = appointment_of(submission).calendar_uid
    starts = (TUESDAY, WEDNESDAY, WEDNESDAY, WEDNESDAY)
    assert [parser(text) for text in files] == [Read(uid, each, each + LENGTH) for each in starts]


def test_each_file_replaces_the_one_before(files: list[str]) -> None:
    calendars = [Calendar.from_ical(text) for text in files]
    events = [calendar.walk("VEVENT")[0] for calendar in calendars]
    methods = [str(calendar["method"]) for calendar in calendars]
    assert methods == ["REQUEST", "REQUEST", "CANCEL", "REQUEST"]
    assert [event["sequence"] for event in events] == [0, 1, 2, 3]
    states = [str(event.get("status")) for event in events]
    assert states == ["CONFIRMED", "CONFIRMED", "CANCELLED", "CONFIRMED"]
    assert {str(event["class"]) for event in events} == {"PRIVATE"}
    zones = ["Central Time" in event["description"] for event in events]
    assert zones == [True, False, False, False]  # moved in UTC


@pytest.mark.parametrize("shows", ["busy", "reference"])
def test_the_feed_shows_the_call_on_its_day_and_nowhere_else(
    submission: Submission, shows: str
) -> None:
    feed = CalendarFeed(user_id=1, token_hash=b"", shows=shows, provider_id=None, created_at=NOW)
    text = feeds.contents(feed, current_clinic(), address=lambda _: "https://x.test/", now=NOW)
    days = recurring_ical_events.of(Calendar.from_ical(text))
    [event] = days.at(date(2026, 11, 25))
    assert event["dtstart"].dt == WEDNESDAY
    assert days.at(date(2026, 11, 24)) == []
    assert [each.begin.datetime for each in ics.Calendar(text.decode()).events] == [WEDNESDAY]
    assert vobject.readOne(text.decode()).validate(raiseException=True)
