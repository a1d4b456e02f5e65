"""Slots on the days on which the clocks change, in every time zone of the United States."""

import itertools
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from intake.scheduling.slots import Interval, Slot, free_slots, lies_within_hours, open_times
from tests.unit.scheduling.calendars import at, calendar, clock, rules, wall_times
from tests.unit.zones import AUTUMN, CHANGING, SPRING, STEADY

ALL_DAY = ("00:00", "00:00")
HALF_HOUR = timedelta(minutes=30)

Check = Callable[[str, date], None]


def in_each(zones: tuple[str, ...]) -> Callable[[Check], Callable[[date], None]]:
    """One test of a day for all these zones: a test for each would take much longer."""

    def decorate(check: Check) -> Callable[[date], None]:
        def test(day: date) -> None:
            for zone in zones:
                check(zone, day)

        return test

    return decorate


changing, steady, every_zone = in_each(CHANGING), in_each(STEADY), in_each(CHANGING + STEADY)
on_each_day = pytest.mark.parametrize("day", SPRING + AUTUMN, ids=str)
in_spring = pytest.mark.parametrize("day", SPRING, ids=str)
in_autumn = pytest.mark.parametrize("day", AUTUMN, ids=str)


def slots_on(day: date, *windows: tuple[str, str], zone: str, **changes: object) -> list[Slot]:
    """The slots of one local day, asked for the week before."""
    before = datetime.combine(day - timedelta(days=7), datetime.min.time(), UTC)
    asked = {"busy": (), "now": before, "first_day": day, "last_day": day}
    return free_slots(calendar(*windows, tz=ZoneInfo(zone)), rules(**changes), **asked)


def walls_on(day: date, *windows: tuple[str, str], zone: str, **changes: object) -> list[str]:
    return wall_times(slots_on(day, *windows, zone=zone, **changes), tz=ZoneInfo(zone))


@in_spring
@changing
def test_the_hour_that_is_skipped_has_no_slot(zone, day) -> None:
    walls = walls_on(day, ALL_DAY, zone=zone)
    assert len(walls) == 46
    assert walls[3:6] == ["01:30", "03:00", "03:30"]


@in_autumn
@changing
def test_the_hour_that_is_repeated_has_slots_twice(zone, day) -> None:
    walls = walls_on(day, ALL_DAY, zone=zone)
    assert len(walls) == 50
    assert walls[2:7] == ["01:00", "01:30", "01:00", "01:30", "02:00"]


@on_each_day
@steady
def test_a_zone_that_keeps_its_time_has_the_usual_day(zone, day) -> None:
    assert len(walls_on(day, ALL_DAY, zone=zone)) == 48


@on_each_day
@every_zone
def test_slots_of_a_whole_day_follow_each_other_without_gap_or_overlap(zone, day) -> None:
    starts = [slot.starts_at for slot in slots_on(day, ALL_DAY, zone=zone)]
    assert starts == [starts[0] + number * HALF_HOUR for number in range(len(starts))]


@on_each_day
@every_zone
def test_the_days_around_a_change_join_exactly(zone, day) -> None:
    last = slots_on(day - timedelta(days=1), ALL_DAY, zone=zone)[-1]
    slots = slots_on(day, ALL_DAY, zone=zone)
    following = slots_on(day + timedelta(days=1), ALL_DAY, zone=zone)[0]
    assert (last.ends_at, slots[-1].ends_at) == (slots[0].starts_at, following.starts_at)


@on_each_day
@every_zone
def test_office_hours_keep_their_wall_times_across_a_change(zone, day) -> None:
    for near in (-1, 0, 1):
        walls = walls_on(day + timedelta(days=near), ("09:00", "10:30"), zone=zone)
        assert walls == ["09:00", "09:30", "10:00"]


@in_spring
@changing
def test_hours_that_open_in_the_skipped_hour_start_after_it(zone, day) -> None:
    assert walls_on(day, ("02:30", "04:00"), zone=zone) == ["03:00", "03:30"]


@in_spring
@changing
def test_hours_that_close_in_the_skipped_hour_end_before_it(zone, day) -> None:
    assert walls_on(day, ("01:00", "02:30"), zone=zone) == ["01:00", "01:30"]


@in_spring
@changing
def test_hours_within_the_skipped_hour_do_not_exist(zone, day) -> None:
    assert walls_on(day, ("02:00", "03:00"), zone=zone) == []


@in_autumn
@changing
def test_hours_within_the_repeated_hour_happen_twice(zone, day) -> None:
    slots = slots_on(day, ("01:00", "01:30"), zone=zone)
    tz = ZoneInfo(zone)
    assert [slot.starts_at for slot in slots] == [
        at(day, "01:00", tz=tz, fold=0),
        at(day, "01:00", tz=tz, fold=1),
    ]


@in_autumn
@changing
def test_hours_that_close_in_the_repeated_hour_come_back_for_its_second_half(zone, day) -> None:
    walls = walls_on(day, ("00:00", "01:30"), zone=zone)
    assert walls == ["00:00", "00:30", "01:00", "01:00"]


@in_autumn
@changing
def test_a_long_consultation_may_run_through_the_repeated_hour(zone, day) -> None:
    slots = slots_on(day, ("00:30", "03:00"), zone=zone, minutes=210)
    assert wall_times(slots, tz=ZoneInfo(zone)) == ["00:30"]
    assert slots[0].ends_at == at(day, "03:00", tz=ZoneInfo(zone))


@in_spring
@changing
def test_a_consultation_over_the_skipped_hour_needs_real_minutes(zone, day) -> None:
    assert walls_on(day, ("01:30", "03:30"), zone=zone, minutes=60) == ["01:30"]
    assert walls_on(day, ("01:30", "03:30"), zone=zone, minutes=90) == []


@in_autumn
@changing
def test_notice_counts_real_hours_over_a_change(zone, day) -> None:
    tz = ZoneInfo(zone)
    now = at(day - timedelta(days=1), "09:00", tz=tz)
    day_long = rules(min_notice=timedelta(hours=24))
    slots = free_slots(calendar(("07:00", "10:00"), tz=tz), day_long, busy=(), now=now)
    assert slots[0].starts_at == at(day, "08:00", tz=tz)


@pytest.mark.parametrize(
    ("zone", "day", "length"),
    [
        ("America/Havana", date(2026, 3, 8), 46),  # midnight is skipped
        ("America/Havana", date(2026, 11, 1), 50),  # midnight is repeated
        ("Australia/Lord_Howe", date(2026, 10, 4), 47),  # half an hour
        ("Pacific/Apia", date(2011, 12, 30), 0),  # a whole day
        ("Asia/Kathmandu", date(2026, 3, 8), 48),  # not a whole hour from UTC
    ],
)
def test_it_holds_where_clocks_change_in_odd_ways(zone, day, length) -> None:
    starts = [slot.starts_at for slot in slots_on(day, ALL_DAY, zone=zone)]
    assert len(starts) == length
    assert {start.astimezone(ZoneInfo(zone)).date() for start in starts} <= {day}


@on_each_day
@every_zone
def test_dated_hours_keep_their_wall_times_on_the_day_of_a_change(zone, day) -> None:
    tz = ZoneInfo(zone)
    other = calendar(tz=tz, exceptions={day: ((clock("07:00"), clock("08:30")),)})
    before = datetime.combine(day - timedelta(days=7), datetime.min.time(), UTC)
    slots = free_slots(other, rules(), busy=(), now=before, first_day=day, last_day=day)
    assert wall_times(slots, tz=tz) == ["07:00", "07:30", "08:00"]


@on_each_day
@every_zone
def test_a_day_away_ends_at_midnight_also_when_the_clocks_change(zone, day) -> None:
    tz = ZoneInfo(zone)
    away = calendar(ALL_DAY, tz=tz, exceptions={day: ()})
    before = datetime.combine(day - timedelta(days=7), datetime.min.time(), UTC)
    around = {"first_day": day - timedelta(days=1), "last_day": day + timedelta(days=1)}
    slots = free_slots(away, rules(), busy=(), now=before, **around)
    starts = [slot.starts_at for slot in slots]
    gap = max(later - earlier for earlier, later in itertools.pairwise(starts))
    midnights = at(day, "00:00", tz=tz), at(day + timedelta(days=1), "00:00", tz=tz)
    assert gap == midnights[1] - midnights[0] + HALF_HOUR


@on_each_day
@every_zone
def test_the_hours_of_a_day_are_as_long_as_the_day(zone, day) -> None:
    tz = ZoneInfo(zone)
    (whole,) = open_times(calendar(ALL_DAY, tz=tz), day)
    assert whole == Interval(at(day, "00:00", tz=tz), at(day + timedelta(days=1), "00:00", tz=tz))


@in_autumn
@changing
def test_what_lies_in_the_hour_that_is_repeated_lies_within_the_hours(zone, day) -> None:
    tz = ZoneInfo(zone)
    early = calendar(("01:00", "01:30"), tz=tz)
    for fold in (0, 1):
        start = at(day, "01:00", tz=tz, fold=fold)
        assert lies_within_hours(early, Interval(start, start + HALF_HOUR))
        assert not lies_within_hours(early, Interval(start + HALF_HOUR, start + 2 * HALF_HOUR))
