"""When reminders leave: so long before the call, never by night, never too late."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from intake.scheduling.reminders import moments

CHICAGO = ZoneInfo("America/Chicago")
EARLY = datetime(2026, 1, 1, tzinfo=UTC)


def local(*numbers: int, zone: ZoneInfo = CHICAGO) -> datetime:
    return datetime(*numbers, tzinfo=zone)  # type: ignore[arg-type,misc]


def leaving(
    starts_at: datetime, *hours: int, now: datetime = EARLY, zone=CHICAGO
) -> list[datetime]:
    found = moments(starts_at.astimezone(UTC), hours, zone, now=now)
    return [due_at.astimezone(zone) for due_at, _ in found]


def test_they_leave_so_many_hours_before():
    call = local(2026, 11, 24, 15, 0)
    assert leaving(call, 24, 2) == [local(2026, 11, 23, 15, 0), local(2026, 11, 24, 13, 0)]


@pytest.mark.parametrize(
    ("call", "hours", "leaves"),
    [
        ((2026, 11, 24, 9, 0), 2, (2026, 11, 23, 20, 30)),  # 7 in the morning is too early
        ((2026, 11, 24, 10, 0), 2, (2026, 11, 24, 8, 0)),
        ((2026, 11, 24, 21, 0), 24, (2026, 11, 23, 20, 30)),
        ((2026, 11, 25, 1, 0), 2, (2026, 11, 24, 20, 30)),
        ((2026, 3, 9, 9, 0), 2, (2026, 3, 8, 20, 30)),  # the clocks went forward on the 8th
    ],
)
def test_none_falls_into_the_night(call, hours, leaves):
    assert leaving(local(*call), hours) == [local(*leaves)]


def test_the_night_is_that_of_the_recipient():
    call = local(2026, 11, 24, 9, 0)
    tokyo = ZoneInfo("Asia/Tokyo")  # 7 in the morning in Chicago is 10 in the evening there
    assert leaving(call, 2, zone=tokyo) == [local(2026, 11, 24, 20, 30, zone=tokyo)]


def test_two_that_would_leave_together_are_one():
    call = local(2026, 11, 24, 8, 30)
    assert leaving(call, 2, 3, 4) == [local(2026, 11, 23, 20, 30)]


def test_whoever_has_just_booked_is_not_reminded_at_once():
    call = local(2026, 11, 24, 15, 0)
    assert leaving(call, 24, 2, now=call - timedelta(hours=24, minutes=30)) == [
        local(2026, 11, 24, 13, 0)
    ]
    assert leaving(call, 24, 2, now=call - timedelta(minutes=30)) == []


def test_each_is_stale_when_the_next_one_leaves_and_the_last_when_the_call_begins():
    call = local(2026, 11, 24, 15, 0).astimezone(UTC)
    ends = [end for _, end in moments(call, (24, 2), CHICAGO, now=EARLY)]
    assert ends == [call - timedelta(hours=2), call]
