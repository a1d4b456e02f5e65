"""When to call again: within the hours, near what suits, and not for ever."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from intake.clinic.hours import OfficeHours
from intake.submissions.cadence import next_call

CHICAGO = ZoneInfo("America/Chicago")
WEEKDAYS = OfficeHours({day: ((time(9), time(17)),) for day in range(5)}, frozenset(), CHICAGO)
MONDAY = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
"""10:00 in Chicago."""
WAITS = (4, 24, 72, 168)


def after(tries: int, *best: str, now: datetime = MONDAY, tz: ZoneInfo = CHICAGO) -> str:
    """The next call in Chicago, such as "Mon 14:00"."""
    found = next_call(tries, WAITS, WEEKDAYS, best=best, tz=tz, now=now)
    return f"{found.astimezone(CHICAGO):%a %H:%M}" if found else ""


@pytest.mark.parametrize(
    ("tries", "expected"), [(1, "Mon 14:00"), (2, "Tue 10:00"), (3, "Thu 10:00"), (4, "Mon 10:00")]
)
def test_each_call_waits_longer(tries: int, expected: str) -> None:
    assert after(tries) == expected


@pytest.mark.parametrize("tries", [0, 5, 99])
def test_after_the_last_one_there_is_none(tries: int) -> None:
    assert after(tries) == ""


def test_nobody_is_called_while_we_are_closed() -> None:
    assert after(1, now=MONDAY + timedelta(hours=5)) == "Tue 09:00"


def test_no_call_begins_right_before_we_close() -> None:
    assert after(1, now=MONDAY + timedelta(hours=2, minutes=40)) == "Tue 09:00"


def test_a_time_is_a_full_quarter_of_an_hour() -> None:
    assert after(1, now=MONDAY + timedelta(minutes=3, seconds=9)) == "Mon 14:15"


def test_it_waits_for_the_best_time_of_the_day() -> None:
    assert after(1, "morning") == "Tue 09:00"
    assert after(1, "evening") == "Mon 15:00"
    assert after(1, "any") == "Mon 14:00"


def test_the_best_time_is_by_the_clock_on_their_wall() -> None:
    assert after(1, "evening", tz=ZoneInfo("America/New_York")) == "Mon 14:00"


def test_a_best_time_at_which_we_are_closed_is_given_up() -> None:
    assert after(1, "morning", tz=ZoneInfo("Asia/Tokyo")) == "Mon 14:00"


def test_a_clinic_that_is_closed_for_weeks_has_no_next_call() -> None:
    days = frozenset(MONDAY.date() + timedelta(days=number) for number in range(60))
    shut = OfficeHours(WEEKDAYS.weekly, days, CHICAGO)
    assert next_call(1, WAITS, shut, best=(), tz=CHICAGO, now=MONDAY) is None
