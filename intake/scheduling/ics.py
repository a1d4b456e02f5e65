"""Calendar files for appointments (RFC 5545, RFC 5546). Pure: `icalendar`, standard library.

Times are UTC with a Z, which every calendar reads alike: a TZID would need a VTIMEZONE. A calendar
matches a change or a cancellation to its event by UID and the higher SEQUENCE.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from icalendar import Alarm, Calendar, Event, vCalAddress, vText, vUri

PRODUCT = "-//intake//Appointments//EN"
Method = Literal["REQUEST", "CANCEL", "PUBLISH"]

_LINE_BREAKS = re.compile(r"\r\n|[\r\n\v\f\x85\u2028\u2029]")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_NOT_IN_ADDRESSES = re.compile(r"[\s\x00-\x1f\x7f-\x9f\ud800-\udfff<>\"]")


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """One state of one appointment, as it goes into a calendar.

    `uid` stays the same for the life of the appointment and `sequence` is one higher at every
    change, the cancellation included. Instants are UTC. `summary` and `description` are read by
    whoever sees the calendar: they say nothing about health. Raises ValueError for what calendars
    would refuse or misread.
    """

    uid: str
    sequence: int
    method: Literal["REQUEST", "CANCEL"]
    starts_at: datetime
    ends_at: datetime
    stamped_at: datetime
    summary: str
    description: str
    organizer_name: str
    organizer_email: str
    attendee_email: str | None = None
    url: str | None = None
    location: str | None = None
    remind_before: timedelta | None = None

    def __post_init__(self) -> None:
        if None in {self.starts_at.tzinfo, self.ends_at.tzinfo, self.stamped_at.tzinfo}:
            raise ValueError("an instant needs a time zone")
        if self.ends_at <= self.starts_at:
            raise ValueError("an appointment ends after it starts")
        if self.sequence < (1 if self.method == "CANCEL" else 0):
            raise ValueError("a cancellation has a higher sequence than what it cancels")
        for address in (self.uid, self.organizer_email, self.attendee_email, self.url):
            if address is not None and (not address or _NOT_IN_ADDRESSES.search(address)):
                raise ValueError("an id, an e-mail or a web address is empty or has odd characters")


def calendar_file(event: CalendarEvent) -> bytes:
    """The event as an .ics file: UTF-8, CRLF, lines folded at 75 octets."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", scheduling_method(event))
    calendar.add_component(_event(event))
    return bytes(calendar.to_ical())


def media_type(event: CalendarEvent) -> str:
    """The Content-Type of the file, which repeats the method for mail programs (RFC 6047, 2.4)."""
    return f"text/calendar; method={scheduling_method(event)}; charset=utf-8"


def scheduling_method(event: CalendarEvent) -> Method:
    """The METHOD of the file. A request must name whom it asks (RFC 5546, 3.2.2), so an event for
    somebody without an address is published instead; the UID and what follows are the same."""
    if event.method == "REQUEST" and event.attendee_email is None:
        return "PUBLISH"
    return event.method


def _event(event: CalendarEvent) -> Event:
    cancelled = event.method == "CANCEL"
    entry = Event()
    entry.add("uid", event.uid)
    entry.add("sequence", event.sequence)
    entry.add("dtstamp", event.stamped_at.astimezone(UTC))
    entry.add("dtstart", event.starts_at.astimezone(UTC))
    entry.add("dtend", event.ends_at.astimezone(UTC))
    entry.add("summary", _line(event.summary))
    entry.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    entry.add("class", "PRIVATE")
    entry.add("transp", "OPAQUE")
    _add_details(entry, event)
    _add_people(entry, event)
    if event.remind_before is not None and not cancelled:
        entry.add_component(_alarm(event.remind_before, event.summary))
    return entry


def _add_details(entry: Event, event: CalendarEvent) -> None:
    if event.description:
        entry.add("description", _text(event.description))
    if event.location:
        entry.add("location", _line(event.location))
    if event.url:
        entry.add("url", vUri(event.url))


def _add_people(entry: Event, event: CalendarEvent) -> None:
    """The clinic asks, the patient has accepted: no calendar should offer "yes, no, maybe"."""
    organizer = vCalAddress(f"mailto:{event.organizer_email}")
    organizer.params["CN"] = vText(_parameter(event.organizer_name))
    entry.add("organizer", organizer)
    if event.attendee_email is not None:
        attendee = vCalAddress(f"mailto:{event.attendee_email}")
        attendee.params["ROLE"] = vText("REQ-PARTICIPANT")
        attendee.params["PARTSTAT"] = vText("ACCEPTED")
        attendee.params["RSVP"] = vText("FALSE")
        entry.add("attendee", attendee)


def _alarm(before: timedelta, summary: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", _line(summary))
    alarm.add("trigger", -before)
    return alarm


def _text(text: str) -> str:
    """Text of several lines that no calendar can mistake for the end of a property."""
    return _UNPRINTABLE.sub("", _LINE_BREAKS.sub("\n", text))


def _line(text: str) -> str:
    """Text as one line."""
    return " ".join(_text(text).split())


def _parameter(text: str) -> str:
    """Text for a parameter, which can't hold a quotation mark; few programs know the ^ escapes."""
    return _line(text).replace('"', "'").replace("^", "")
