"""Which times of a provider are free: hours, busy time, notice, horizon and caps."""

from datetime import UTC, date, datetime, time, timedelta
from time import process_time
from zoneinfo import ZoneInfo

import pytest

from intake.scheduling.slots import Interval, OpenHours, Rules, Slot, free_slots, slot_from
from tests.unit.scheduling.calendars import (
    HALF_HOURS,
    MONDAY,
    NEW_YORK,
    NOTHING,
    at,
    busy,
    calendar,
    minutes,
    rules,
    wall_times,
)

TUESDAY = MONDAY + timedelta(days=1)
MIDNIGHT = at(MONDAY, "00:00")


def monday(*args, **kwargs) -> list[str]:
    """The wall times free on Monday, asked at midnight unless said otherwise."""
    asked = {"busy": (), "now": MIDNIGHT, "first_day": MONDAY, "last_day": MONDAY} | kwargs
    return wall_times(free_slots(*args, **asked))


class TestHours:
    def test_slots_start_at_opening_and_the_last_ends_at_closing(self) -> None:
        assert monday(calendar(("09:00", "10:30")), HALF_HOURS) == ["09:00", "09:30", "10:00"]

    def test_a_consultation_that_would_end_after_closing_is_not_offered(self) -> None:
        assert monday(calendar(("09:00", "10:29")), HALF_HOURS) == ["09:00", "09:30"]

    def test_starts_may_be_closer_together_than_the_consultation_is_long(self) -> None:
        found = monday(calendar(("09:00", "10:00")), rules(step_minutes=15))
        assert found == ["09:00", "09:15", "09:30"]

    def test_starts_may_be_further_apart_than_the_consultation_is_long(self) -> None:
        found = monday(calendar(("09:10", "11:30")), rules(step_minutes=60))
        assert found == ["09:10", "10:10"]

    def test_each_window_of_a_day_counts_from_its_own_opening(self) -> None:
        split = calendar(("09:00", "10:00"), ("13:15", "14:15"))
        assert monday(split, HALF_HOURS) == ["09:00", "09:30", "13:15", "13:45"]

    def test_hours_that_overlap_offer_each_time_once(self) -> None:
        overlapping = calendar(("09:00", "10:30"), ("10:00", "11:00"))
        assert monday(overlapping, HALF_HOURS) == ["09:00", "09:30", "10:00", "10:30"]

    def test_a_consultation_may_run_over_the_seam_of_hours_that_touch(self) -> None:
        touching = calendar(("09:00", "10:00"), ("10:00", "11:00"))
        assert monday(touching, rules(minutes=90)) == ["09:00", "09:30"]

    def test_a_consultation_does_not_run_over_a_break(self) -> None:
        split = calendar(("09:00", "10:00"), ("10:05", "11:00"))
        assert monday(split, rules(minutes=60)) == ["09:00"]

    def test_a_closing_time_of_midnight_ends_the_day(self) -> None:
        assert monday(calendar(("23:00", "00:00")), HALF_HOURS) == ["23:00", "23:30"]

    def test_each_weekday_has_its_own_hours(self) -> None:
        weekly = (OpenHours(0, time(9), time(10)), OpenHours(2, time(15), time(15, 30)))
        slots = free_slots(calendar(weekly=weekly), rules(horizon_days=6), busy=(), now=MIDNIGHT)
        local = [slot.starts_at.astimezone(NEW_YORK) for slot in slots]
        assert [f"{each:%a %H:%M}" for each in local] == ["Mon 09:00", "Mon 09:30", "Wed 15:00"]

    def test_dated_hours_replace_the_weekly_ones(self) -> None:
        moved = calendar(exceptions={MONDAY: ((time(18), time(19)),)})
        assert monday(moved, HALF_HOURS) == ["18:00", "18:30"]

    def test_no_dated_hours_are_a_day_off(self) -> None:
        assert monday(calendar(exceptions={MONDAY: ()}), HALF_HOURS) == []

    def test_a_closed_date_has_no_slots_even_with_dated_hours(self) -> None:
        closed = calendar(exceptions={MONDAY: ((time(18), time(19)),)}, closed=frozenset({MONDAY}))
        assert monday(closed, HALF_HOURS) == []

    def test_a_provider_without_hours_has_no_slots(self) -> None:
        assert free_slots(calendar(weekly=()), HALF_HOURS, busy=(), now=MIDNIGHT) == []


class TestBusyTime:
    def test_a_taken_time_is_not_offered(self) -> None:
        taken = [busy(MONDAY, "10:00", "10:30")]
        assert monday(calendar(("09:30", "11:00")), HALF_HOURS, busy=taken) == ["09:30", "10:30"]

    def test_one_busy_minute_takes_every_slot_it_touches(self) -> None:
        taken = [busy(MONDAY, "09:59", "10:01")]
        assert monday(calendar(("09:30", "11:00")), HALF_HOURS, busy=taken) == ["10:30"]

    def test_buffers_of_the_new_slot_stay_clear_of_busy_time(self) -> None:
        buffered = rules(buffer_before=minutes(10), buffer_after=minutes(5), step_minutes=5)
        taken = [busy(MONDAY, "09:00", "10:00"), busy(MONDAY, "11:00", "12:00")]
        assert monday(calendar(), buffered, busy=taken) == ["10:10", "10:15", "10:20", "10:25"]

    def test_buffers_may_reach_outside_the_hours(self) -> None:
        buffered = rules(buffer_before=minutes(15), buffer_after=minutes(15))
        assert monday(calendar(("09:00", "10:00")), buffered) == ["09:00", "09:30"]

    def test_busy_time_just_outside_the_hours_still_blocks_a_buffer(self) -> None:
        taken = [busy(MONDAY, "08:00", "09:00")]
        buffered = rules(buffer_before=minutes(1))
        assert monday(calendar(("09:00", "10:00")), buffered, busy=taken) == ["09:30"]

    def test_a_long_busy_time_is_not_hidden_by_short_ones_inside_it(self) -> None:
        taken = [busy(MONDAY, "11:00", "11:10"), busy(MONDAY, "08:00", "11:30")]
        assert monday(calendar(), HALF_HOURS, busy=taken) == ["11:30"]

    def test_busy_time_around_the_whole_day_leaves_nothing(self) -> None:
        taken = [Interval(MIDNIGHT - timedelta(days=3), MIDNIGHT + timedelta(days=3))]
        assert monday(calendar(), HALF_HOURS, busy=taken) == []


class TestNoticeAndHorizon:
    def test_a_time_that_has_passed_is_not_offered(self) -> None:
        found = monday(calendar(), HALF_HOURS, now=at(MONDAY, "11:01"))
        assert found == ["11:30"]

    def test_a_slot_at_exactly_the_minimum_notice_is_offered(self) -> None:
        found = monday(calendar(), rules(min_notice=minutes(120)), now=at(MONDAY, "09:00"))
        assert found == ["11:00", "11:30"]

    def test_notice_may_reach_into_the_next_day(self) -> None:
        late = at(MONDAY, "22:00")
        slots = free_slots(calendar(), rules(min_notice=minutes(720)), busy=(), now=late)
        assert slots[0].starts_at == at(TUESDAY, "10:00")

    def test_the_horizon_counts_local_days_after_today(self) -> None:
        slots = free_slots(calendar(), rules(horizon_days=1), busy=(), now=MIDNIGHT)
        assert {slot.starts_at.astimezone(NEW_YORK).date() for slot in slots} == {MONDAY, TUESDAY}

    def test_today_is_the_local_date_and_not_the_date_in_utc(self) -> None:
        late = at(MONDAY, "22:00")
        assert late.date() == TUESDAY
        slots = free_slots(calendar(("22:30", "23:00")), rules(horizon_days=0), busy=(), now=late)
        assert wall_times(slots) == ["22:30"]

    def test_the_horizon_limits_the_days_asked_for(self) -> None:
        far = date(9999, 12, 31)
        slots = free_slots(calendar(), HALF_HOURS, busy=(), now=MIDNIGHT, last_day=far)
        assert slots[-1].starts_at.astimezone(NEW_YORK).date() == MONDAY + timedelta(days=60)

    def test_days_before_today_are_not_searched(self) -> None:
        # East of Greenwich the year 1 begins before the first instant there is: asking would fail.
        tokyo = calendar(("09:00", "09:30"), tz=ZoneInfo("Asia/Tokyo"))
        asked = {"busy": (), "now": MIDNIGHT, "first_day": date(1, 1, 1)}
        assert len(free_slots(tokyo, rules(horizon_days=1), **asked)) == 1

    def test_a_range_that_ends_before_it_starts_is_empty(self) -> None:
        assert monday(calendar(), HALF_HOURS, first_day=TUESDAY, last_day=MONDAY) == []


class TestDailyCap:
    def test_a_day_that_has_reached_its_cap_is_left_out(self) -> None:
        asked = {"last_day": TUESDAY, "booked_per_day": {MONDAY: 2, TUESDAY: 1}}
        found = free_slots(calendar(), rules(daily_cap=2), busy=(), now=MIDNIGHT, **asked)
        assert {slot.starts_at.astimezone(NEW_YORK).date() for slot in found} == {TUESDAY}

    def test_a_cap_of_none_takes_any_number(self) -> None:
        found = monday(calendar(("09:00", "09:30")), HALF_HOURS, booked_per_day={MONDAY: 999})
        assert found == ["09:00"]

    def test_a_cap_of_zero_takes_nobody(self) -> None:
        assert monday(calendar(), rules(daily_cap=0)) == []


class TestSlot:
    def test_it_blocks_its_buffers(self) -> None:
        nine = at(MONDAY, "09:00")
        buffered = rules(buffer_before=minutes(10), buffer_after=minutes(5))
        assert slot_from(7, nine, buffered) == Slot(
            provider_id=7,
            starts_at=nine,
            ends_at=nine + minutes(30),
            blocked_from=nine - minutes(10),
            blocked_until=nine + minutes(35),
        )

    def test_its_instants_are_in_utc_whatever_the_zone_of_now(self) -> None:
        now = MIDNIGHT.astimezone(NEW_YORK)
        slot = free_slots(calendar(), HALF_HOURS, busy=(), now=now)[0]
        assert slot.starts_at == datetime(2026, 11, 23, 14, tzinfo=UTC)
        assert slot.starts_at.tzinfo is UTC


class TestWhatMakesNoSense:
    def test_it_refuses_a_time_without_a_zone(self) -> None:
        with pytest.raises(ValueError, match="time zone"):
            free_slots(calendar(), HALF_HOURS, busy=(), now=datetime(2026, 11, 23, 9))  # noqa: DTZ001

    def test_it_refuses_an_interval_without_a_length(self) -> None:
        with pytest.raises(ValueError, match="ends after"):
            Interval(MIDNIGHT, MIDNIGHT)

    @pytest.mark.parametrize(("opens", "closes"), [(9, 9), (17, 9)])
    def test_it_refuses_hours_that_do_not_close_after_they_open(self, opens, closes) -> None:
        with pytest.raises(ValueError, match="close after"):
            OpenHours(0, time(opens), time(closes))
        with pytest.raises(ValueError, match="close after"):
            calendar(exceptions={MONDAY: ((time(opens), time(closes)),)})

    def test_it_refuses_a_weekday_that_does_not_exist(self) -> None:
        with pytest.raises(ValueError, match="weekday"):
            OpenHours(7, time(9), time(17))

    @pytest.mark.parametrize("changed", ["minutes", "step_minutes"])
    def test_it_refuses_a_slot_without_a_length_or_step(self, changed) -> None:
        with pytest.raises(ValueError, match="length"):
            rules(**{changed: 0})

    @pytest.mark.parametrize("changed", ["buffer_before", "buffer_after", "min_notice"])
    def test_it_refuses_waits_below_nothing(self, changed) -> None:
        with pytest.raises(ValueError, match="negative"):
            rules(**{changed: -minutes(1)})

    @pytest.mark.parametrize("changed", ["horizon_days", "daily_cap"])
    def test_it_refuses_counts_below_nothing(self, changed) -> None:
        with pytest.raises(ValueError, match="negative"):
            rules(**{changed: -1})


def test_sixty_days_of_a_busy_provider_take_milliseconds() -> None:
    taken = [busy(MONDAY + timedelta(days=day), "10:10", "11:40") for day in range(60)]
    full = Rules(20, 15, minutes(5), minutes(5), NOTHING, horizon_days=60)
    took = []
    for _ in range(5):
        began = process_time()
        assert len(free_slots(calendar(("08:00", "18:00")), full, busy=taken, now=MIDNIGHT)) > 1000
        took.append(process_time() - began)
    assert min(took) < 0.05  # usually 3 ms; the limit allows for a slow, shared machine
