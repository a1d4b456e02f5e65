"""A feed of many appointments, read back with parsers that did not write it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import vobject
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from intake.scheduling.ics import MOST_OCTETS, TakenTime, feed_file

START = datetime(2026, 12, 3, 15, 30, tzinfo=UTC)
FIRST = TakenTime(
    uid="1-staff@intake",
    sequence=3,
    starts_at=START,
    ends_at=START + timedelta(minutes=15),
    stamped_at=datetime(2026, 11, 23, 8, tzinfo=UTC),
    summary="Busy",
)
SECOND = replace(
    FIRST,
    uid="2-staff@intake",
    starts_at=START + timedelta(days=1),
    ends_at=START + timedelta(days=1, minutes=15),
    summary="Call K7M-4QDX",
    url="https://staff.example/staff/submissions/2",
    is_certain=False,
)


def test_two_parsers_read_the_same_times() -> None:
    file = feed_file("Clinic calls", [FIRST, SECOND])
    ours = [(each.starts_at, each.ends_at, each.summary) for each in (FIRST, SECOND)]
    one = Calendar.from_ical(file).walk("VEVENT")
    assert [(e["dtstart"].dt, e["dtend"].dt, str(e["summary"])) for e in one] == ours
    other = vobject.readOne(file.decode())
    assert other.validate(raiseException=True)
    read = [(e.dtstart.value, e.dtend.value, e.summary.value) for e in other.vevent_list]
    assert read == ours


def test_it_tells_its_name_and_when_to_ask_again() -> None:
    calendar = Calendar.from_ical(feed_file("Clinic calls", []))
    assert calendar["name"] == calendar["x-wr-calname"] == "Clinic calls"
    assert calendar["refresh-interval"].dt == timedelta(minutes=15)


def test_what_is_only_asked_for_is_tentative_and_all_is_private() -> None:
    events = Calendar.from_ical(feed_file("Calls", [FIRST, SECOND])).walk("VEVENT")
    assert [str(each["status"]) for each in events] == ["CONFIRMED", "TENTATIVE"]
    assert {str(each["class"]) for each in events} == {"PRIVATE"}
    assert "url" not in events[0]
    assert str(events[1]["url"]) == SECOND.url


def test_nobody_is_named() -> None:
    text = feed_file("Calls", [FIRST, SECOND]).decode()
    assert "ORGANIZER" not in text
    assert "ATTENDEE" not in text


@given(st.text(max_size=120), st.text(max_size=120))
@settings(max_examples=100, deadline=None)
def test_no_words_break_out_of_their_line(name: str, summary: str) -> None:
    file = feed_file(name, [replace(FIRST, summary=summary)])
    assert len(Calendar.from_ical(file).walk("VEVENT")) == 1
    lines = file.split(b"\r\n")
    assert all(len(line) <= MOST_OCTETS for line in lines)
    assert sum(line.startswith(b"UID:") for line in lines) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"uid": ""},
        {"uid": "a\r\nATTENDEE:b"},
        {"url": "https://a b"},
        {"ends_at": START},
        {"starts_at": START.replace(tzinfo=None)},
    ],
)
def test_what_a_calendar_would_misread_is_refused(wrong: dict) -> None:
    with pytest.raises(ValueError):
        replace(FIRST, **wrong)
