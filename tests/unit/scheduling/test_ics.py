"""The calendar file, read back with a parser that did not write it, and by the rules of the RFC."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import vobject
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from intake.scheduling.ics import CalendarEvent, calendar_file, media_type

REQUEST = CalendarEvent(
    uid="0b1f4c62-appointment@clinic.example",
    sequence=0,
    method="REQUEST",
    starts_at=datetime(2026, 12, 3, 15, 30, tzinfo=UTC),
    ends_at=datetime(2026, 12, 3, 16, 0, tzinfo=UTC),
    stamped_at=datetime(2026, 11, 23, 8, 0, 7, 123456, tzinfo=UTC),
    summary="Appointment with Iconic Infusions",
    description="We will call you.\nTo change the time: https://clinic.example/a/x",
    organizer_name="Iconic Infusions",
    organizer_email="hello@clinic.example",
    attendee_email="pat@mail.example",
    url="https://clinic.example/appointment/abc",
    location="1 Main St., Suite 4; Springfield",
    remind_before=timedelta(hours=2),
)
CANCEL = replace(REQUEST, method="CANCEL", sequence=1)
HOSTILE = 'a, b; c\\d "e" ^f\r\nATTENDEE:mailto:x@evil.example\rX-A:1\u2028X-B:1\x85X-C:1\x00\x1b'


def parsed(event: CalendarEvent):
    """The VCALENDAR as vobject reads and validates it."""
    calendar = vobject.readOne(calendar_file(event).decode())
    assert calendar.validate(raiseException=True)
    return calendar


def unfolded(event: CalendarEvent) -> list[str]:
    return calendar_file(event).decode().replace("\r\n ", "").split("\r\n")


def names(event: CalendarEvent) -> set[str]:
    """The names of all properties of the event itself."""
    return {child.name for child in parsed(event).vevent.getChildren()}


class TestReadByAnotherParser:
    def test_it_is_the_same_moment(self) -> None:
        entry = parsed(REQUEST).vevent
        assert entry.dtstart.value == REQUEST.starts_at
        assert entry.dtend.value == REQUEST.ends_at
        assert entry.dtstamp.value == REQUEST.stamped_at.replace(microsecond=0)

    @pytest.mark.parametrize(
        "words", [REQUEST.description, HOSTILE, "ñ" * 200, "back\\slash; x\ny"]
    )
    def test_two_parsers_read_the_same_words(self, words: str) -> None:
        event = replace(REQUEST, description=words, summary=words, organizer_name=words)
        (entry,) = Calendar.from_ical(calendar_file(event)).walk("VEVENT")
        other = parsed(event).vevent
        for name in ("description", "summary", "location", "url"):
            assert str(entry[name]) == str(getattr(other, name).value)
        assert entry["organizer"].params["CN"] == other.organizer.params["CN"][0]
        assert entry["dtstart"].dt == other.dtstart.value == REQUEST.starts_at

    def test_it_is_the_same_appointment_and_version(self) -> None:
        entry = parsed(CANCEL).vevent
        assert (entry.uid.value, entry.sequence.value) == (REQUEST.uid, "1")

    def test_it_has_the_same_words(self) -> None:
        entry = parsed(REQUEST).vevent
        assert entry.summary.value == REQUEST.summary
        assert entry.description.value == REQUEST.description
        assert entry.location.value == REQUEST.location
        assert entry.url.value == REQUEST.url

    def test_it_names_who_invites_whom(self) -> None:
        entry = parsed(REQUEST).vevent
        assert entry.organizer.value == "mailto:hello@clinic.example"
        assert entry.organizer.params["CN"] == ["Iconic Infusions"]
        assert entry.attendee.value == "mailto:pat@mail.example"
        assert entry.attendee.params["PARTSTAT"] == ["ACCEPTED"]

    def test_hostile_words_stay_words(self) -> None:
        event = replace(REQUEST, summary=HOSTILE, location=HOSTILE, description=HOSTILE)
        assert names(event) == names(REQUEST)
        entry = parsed(event).vevent
        one_line = 'a, b; c\\d "e" ^f ATTENDEE:mailto:x@evil.example X-A:1 X-B:1 X-C:1'
        assert (entry.summary.value, entry.location.value) == (one_line, one_line)
        assert entry.description.value == one_line.replace(" ATT", "\nATT").replace(" X", "\nX")

    def test_a_hostile_organizer_name_stays_a_name(self) -> None:
        event = replace(REQUEST, organizer_name='The "Best": A; B, ^C\r\nX-A:1')
        organizer = parsed(event).vevent.organizer
        assert organizer.params == {"CN": ["The 'Best': A; B, C X-A:1"]}
        assert organizer.value == "mailto:hello@clinic.example"

    @given(st.text(max_size=200), st.text(max_size=200))
    @settings(max_examples=100, deadline=None)
    def test_no_text_adds_or_hides_a_property(self, words: str, name: str) -> None:
        event = replace(REQUEST, summary=words, description=f"x{words}", organizer_name=name)
        assert names(event) == names(REQUEST)
        assert calendar_file(event).count(b"BEGIN:VEVENT\r\n") == 1


class TestRequest:
    def test_it_says_what_it_is(self) -> None:
        lines = unfolded(REQUEST)
        assert lines[0] == "BEGIN:VCALENDAR"
        assert {"VERSION:2.0", "PRODID:-//intake//Appointments//EN", "METHOD:REQUEST"} <= {*lines}

    def test_it_is_confirmed_private_and_takes_the_time(self) -> None:
        assert {"STATUS:CONFIRMED", "CLASS:PRIVATE", "TRANSP:OPAQUE"} <= {*unfolded(REQUEST)}

    def test_times_are_written_in_utc(self) -> None:
        expected = {
            "DTSTART:20261203T153000Z",
            "DTEND:20261203T160000Z",
            "DTSTAMP:20261123T080007Z",
        }
        assert expected <= {*unfolded(REQUEST)}

    def test_times_in_another_zone_become_utc(self) -> None:
        times = {"starts_at", "ends_at", "stamped_at"}
        local = {
            each: getattr(REQUEST, each).astimezone(ZoneInfo("America/Boise")) for each in times
        }
        event = replace(REQUEST, **local)
        assert calendar_file(event) == calendar_file(REQUEST)

    def test_it_asks_nobody_to_answer(self) -> None:
        attendee = next(line for line in unfolded(REQUEST) if line.startswith("ATTENDEE"))
        assert "RSVP=FALSE" in attendee

    def test_a_reminder_only_shows_words(self) -> None:
        lines = unfolded(REQUEST)
        alarm = lines[lines.index("BEGIN:VALARM") : lines.index("END:VALARM")]
        assert {*alarm[1:]} == {"ACTION:DISPLAY", "TRIGGER:-PT2H", f"DESCRIPTION:{REQUEST.summary}"}

    def test_what_is_not_given_is_left_out(self) -> None:
        bare = replace(REQUEST, url=None, location=None, description="", remind_before=None)
        assert names(REQUEST) - names(bare) == {"URL", "LOCATION", "DESCRIPTION", "VALARM"}

    def test_without_an_attendee_it_is_published(self) -> None:
        event = replace(REQUEST, attendee_email=None)
        assert "METHOD:PUBLISH" in unfolded(event)
        assert names(REQUEST) - names(event) == {"ATTENDEE"}


class TestCancellation:
    def test_it_cancels(self) -> None:
        assert {"METHOD:CANCEL", "STATUS:CANCELLED"} <= {*unfolded(CANCEL)}

    def test_it_reminds_nobody(self) -> None:
        assert names(REQUEST) - names(CANCEL) == {"VALARM"}

    def test_without_an_attendee_it_still_cancels(self) -> None:
        assert "METHOD:CANCEL" in unfolded(replace(CANCEL, attendee_email=None))


class TestBytes:
    @given(st.text(max_size=300))
    @settings(max_examples=100, deadline=None)
    def test_lines_end_in_crlf_and_have_at_most_75_octets(self, words: str) -> None:
        raw = calendar_file(replace(REQUEST, description=words + "Ñandú 李 😀" * 20))
        lines = raw.split(b"\r\n")
        assert lines[-1] == b""
        assert all(len(line) <= 75 and not {10, 13} & {*line} for line in lines)

    def test_folding_never_splits_a_letter(self) -> None:
        raw = calendar_file(replace(REQUEST, description="😀" * 100))
        assert all(line.decode() is not None for line in raw.split(b"\r\n"))

    def test_the_same_event_is_the_same_file(self) -> None:
        assert calendar_file(REQUEST) == calendar_file(replace(REQUEST))

    @pytest.mark.parametrize(
        ("event", "method"),
        [
            (REQUEST, "REQUEST"),
            (CANCEL, "CANCEL"),
            (replace(REQUEST, attendee_email=None), "PUBLISH"),
        ],
    )
    def test_the_media_type_repeats_the_method(self, event, method) -> None:
        assert media_type(event) == f"text/calendar; method={method}; charset=utf-8"


class TestWhatCalendarsWouldRefuse:
    @pytest.mark.parametrize("instant", ["starts_at", "ends_at", "stamped_at"])
    def test_a_time_without_a_zone(self, instant) -> None:
        with pytest.raises(ValueError, match="time zone"):
            replace(REQUEST, **{instant: datetime(2026, 12, 3, 15, 0)})  # noqa: DTZ001

    def test_an_end_that_is_not_after_the_start(self) -> None:
        with pytest.raises(ValueError, match="ends after"):
            replace(REQUEST, ends_at=REQUEST.starts_at)

    @pytest.mark.parametrize(("event", "sequence"), [(REQUEST, -1), (CANCEL, 0)])
    def test_a_sequence_that_cannot_follow(self, event, sequence) -> None:
        with pytest.raises(ValueError, match="sequence"):
            replace(event, sequence=sequence)

    @pytest.mark.parametrize("field", ["uid", "organizer_email", "attendee_email", "url"])
    @pytest.mark.parametrize("value", ["", "a b", "a\r\nX-A:1", "a\x00", "<a>", '"a"', "a\u2028b"])
    def test_an_odd_address(self, field, value) -> None:
        with pytest.raises(ValueError, match="address"):
            replace(REQUEST, **{field: value})
