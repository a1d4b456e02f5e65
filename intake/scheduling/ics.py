"""Calendar files for appointments (RFC 5545, RFC 5546). Pure: standard library only.

Times are UTC with a Z, which every calendar reads alike: a TZID would need a VTIMEZONE. A calendar
matches a change or a cancellation to its event by UID and the higher SEQUENCE.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

PRODUCT = "-//intake//Appointments//EN"
MOST_OCTETS = 75
REFRESH = "PT15M"
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


@dataclass(frozen=True, slots=True)
class TakenTime:
    """One appointment in a feed that a calendar program reads again and again.

    `sequence` grows with every change. `summary` and `url` are shown by the program, wherever it
    keeps them. Raises ValueError as `CalendarEvent` does.
    """

    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    stamped_at: datetime
    summary: str
    url: str | None = None
    is_certain: bool = True

    def __post_init__(self) -> None:
        if None in {self.starts_at.tzinfo, self.ends_at.tzinfo, self.stamped_at.tzinfo}:
            raise ValueError("an instant needs a time zone")
        if self.ends_at <= self.starts_at:
            raise ValueError("an appointment ends after it starts")
        for address in (self.uid, self.url):
            if address is not None and (not address or _NOT_IN_ADDRESSES.search(address)):
                raise ValueError("an id or a web address is empty or has odd characters")


def calendar_file(event: CalendarEvent) -> bytes:
    """The event as an .ics file: UTF-8, CRLF, lines folded at 75 octets."""
    return _file([f"METHOD:{scheduling_method(event)}", *_event(event)])


def feed_file(name: str, times: Iterable[TakenTime]) -> bytes:
    """Many appointments as one .ics file, under a name that the program shows.

    It is asked for again every quarter of an hour (RFC 7986, 5.7), where a program heeds that.
    """
    shown = _escaped(_line(name))
    head = [
        "METHOD:PUBLISH",
        f"NAME:{shown}",
        f"X-WR-CALNAME:{shown}",
        f"REFRESH-INTERVAL;VALUE=DURATION:{REFRESH}",
        f"X-PUBLISHED-TTL:{REFRESH}",
    ]
    return _file([*head, *(line for each in times for line in _taken(each))])


def _file(lines: Iterable[str]) -> bytes:
    whole = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        *lines,
        "END:VCALENDAR",
    )
    return "".join(f"{_folded(line)}\r\n" for line in whole).encode()


def media_type(event: CalendarEvent) -> str:
    """The Content-Type of the file, which repeats the method for mail programs (RFC 6047, 2.4)."""
    return f"text/calendar; method={scheduling_method(event)}; charset=utf-8"


def scheduling_method(event: CalendarEvent) -> Method:
    """The METHOD of the file. A request must name whom it asks (RFC 5546, 3.2.2), so an event for
    somebody without an address is published instead; the UID and what follows are the same."""
    if event.method == "REQUEST" and event.attendee_email is None:
        return "PUBLISH"
    return event.method


def _event(event: CalendarEvent) -> Iterator[str]:
    cancelled = event.method == "CANCEL"
    yield "BEGIN:VEVENT"
    yield f"UID:{event.uid}"
    yield f"SEQUENCE:{event.sequence}"
    yield f"DTSTAMP:{_instant(event.stamped_at)}"
    yield f"DTSTART:{_instant(event.starts_at)}"
    yield f"DTEND:{_instant(event.ends_at)}"
    yield f"SUMMARY:{_escaped(_line(event.summary))}"
    yield f"STATUS:{'CANCELLED' if cancelled else 'CONFIRMED'}"
    yield "CLASS:PRIVATE"
    yield "TRANSP:OPAQUE"
    yield from _details(event)
    yield from _people(event)
    if event.remind_before is not None and not cancelled:
        yield from _alarm(event.remind_before, event.summary)
    yield "END:VEVENT"


def _taken(time: TakenTime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{time.uid}"
    yield f"SEQUENCE:{time.sequence}"
    yield f"DTSTAMP:{_instant(time.stamped_at)}"
    yield f"DTSTART:{_instant(time.starts_at)}"
    yield f"DTEND:{_instant(time.ends_at)}"
    yield f"SUMMARY:{_escaped(_line(time.summary))}"
    yield f"STATUS:{'CONFIRMED' if time.is_certain else 'TENTATIVE'}"
    yield "CLASS:PRIVATE"
    yield "TRANSP:OPAQUE"
    if time.url:
        yield f"URL:{time.url}"
    yield "END:VEVENT"


def _details(event: CalendarEvent) -> Iterator[str]:
    if event.description:
        yield f"DESCRIPTION:{_escaped(_text(event.description))}"
    if event.location:
        yield f"LOCATION:{_escaped(_line(event.location))}"
    if event.url:
        yield f"URL:{event.url}"


def _people(event: CalendarEvent) -> Iterator[str]:
    """The clinic asks, the patient has accepted: no calendar should offer "yes, no, maybe"."""
    yield f'ORGANIZER;CN="{_parameter(event.organizer_name)}":mailto:{event.organizer_email}'
    if event.attendee_email is not None:
        accepted = "ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP=FALSE"
        yield f"ATTENDEE;{accepted}:mailto:{event.attendee_email}"


def _alarm(before: timedelta, summary: str) -> tuple[str, ...]:
    hours, minutes = divmod(before // timedelta(minutes=1), 60)
    return (
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{_escaped(_line(summary))}",
        f"TRIGGER:-PT{hours}H" + (f"{minutes}M" if minutes else ""),
        "END:VALARM",
    )


def _instant(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _folded(line: str) -> str:
    """A content line in pieces of at most 75 octets, never cut within a character (3.1)."""
    pieces, octets = [], 0
    for character in line:
        width = len(character.encode())
        if octets + width > MOST_OCTETS:
            pieces.append("\r\n ")
            octets = 1
        pieces.append(character)
        octets += width
    return "".join(pieces)


def _escaped(text: str) -> str:
    """A value of type TEXT (3.3.11)."""
    for plain, escaped in (("\\", "\\\\"), (";", r"\;"), (",", r"\,"), ("\n", r"\n")):
        text = text.replace(plain, escaped)
    return text


def _text(text: str) -> str:
    """Text of several lines that no calendar can mistake for the end of a property."""
    return _UNPRINTABLE.sub("", _LINE_BREAKS.sub("\n", text))


def _line(text: str) -> str:
    """Text as one line."""
    return " ".join(_text(text).split())


def _parameter(text: str) -> str:
    """Text for a parameter, which can't hold a quotation mark; few programs know the ^ escapes."""
    return _line(text).replace('"', "'").replace("^", "")
