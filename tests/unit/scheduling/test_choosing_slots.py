"""Choosing among free times: one instant, several providers, the nearest times."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from intake.scheduling.slots import first_available, free_slots, nearest, slot_at, slot_from
from tests.unit.scheduling.calendars import (
    HALF_HOURS,
    MONDAY,
    NEW_YORK,
    at,
    busy,
    calendar,
    rules,
)

TUESDAY = MONDAY + timedelta(days=1)
MIDNIGHT = at(MONDAY, "00:00")
NINE, HALF_PAST_NINE = at(MONDAY, "09:00"), at(MONDAY, "09:30")
HOUR = ("09:00", "10:00")
CHICAGO = ZoneInfo("America/Chicago")


class TestSlotAt:
    def test_it_finds_a_free_slot_by_its_start(self) -> None:
        found = slot_at(calendar(), HALF_HOURS, NINE, busy=(), now=MIDNIGHT)
        assert found == slot_from(1, NINE, HALF_HOURS)

    def test_it_finds_nothing_where_no_slot_starts(self) -> None:
        between = NINE + timedelta(minutes=1)
        assert slot_at(calendar(), HALF_HOURS, between, busy=(), now=MIDNIGHT) is None

    def test_it_finds_nothing_that_is_taken(self) -> None:
        taken = [busy(MONDAY, "09:00", "09:30")]
        assert slot_at(calendar(), HALF_HOURS, NINE, busy=taken, now=MIDNIGHT) is None

    def test_it_finds_nothing_within_the_notice(self) -> None:
        soon = rules(min_notice=timedelta(hours=1))
        now = at(MONDAY, "08:01")
        assert slot_at(calendar(), soon, NINE, busy=(), now=now) is None

    def test_it_finds_nothing_on_a_full_day(self) -> None:
        asked = {"busy": (), "now": MIDNIGHT, "booked_per_day": {MONDAY: 1}}
        assert slot_at(calendar(), rules(daily_cap=1), NINE, **asked) is None

    def test_it_finds_nothing_past_the_horizon(self) -> None:
        later = at(TUESDAY, "09:00")
        assert slot_at(calendar(), rules(horizon_days=0), later, busy=(), now=MIDNIGHT) is None

    def test_it_knows_both_times_that_a_clock_change_repeats(self) -> None:
        sunday = date(2026, 11, 1)
        night = calendar(("01:00", "02:00"))
        for fold in (0, 1):
            local = datetime(2026, 11, 1, 1, 30, tzinfo=NEW_YORK, fold=fold)
            found = slot_at(night, HALF_HOURS, local, busy=(), now=at(sunday, "00:00"))
            assert found is not None
            assert found.starts_at == at(sunday, "01:30", fold=fold)

    @pytest.mark.parametrize(
        "absurd",
        [
            datetime.min.replace(tzinfo=UTC),
            datetime.max.replace(tzinfo=UTC),
            datetime.min.replace(tzinfo=timezone(timedelta(hours=14))),
            datetime.max.replace(tzinfo=timezone(timedelta(hours=-12))),
        ],
    )
    def test_it_finds_nothing_in_years_no_clinic_will_see(self, absurd) -> None:
        assert slot_at(calendar(), HALF_HOURS, absurd, busy=(), now=MIDNIGHT) is None


class TestFirstAvailable:
    def test_it_offers_each_instant_once_in_time_order(self) -> None:
        both = [calendar(HOUR, provider_id=2), calendar(("09:30", "10:30"), provider_id=1)]
        slots = first_available(both, HALF_HOURS, busy={}, now=MIDNIGHT, last_day=MONDAY)
        expected = [(NINE, 2), (HALF_PAST_NINE, 1), (at(MONDAY, "10:00"), 1)]
        assert [(slot.starts_at, slot.provider_id) for slot in slots] == expected

    def test_it_chooses_who_has_the_fewest_bookings_that_day(self) -> None:
        booked = {1: {MONDAY: 3}, 2: {MONDAY: 2, TUESDAY: 1}}
        slots = first_available(
            [calendar(HOUR, provider_id=1), calendar(HOUR, provider_id=2)],
            HALF_HOURS,
            busy={},
            now=MIDNIGHT,
            last_day=TUESDAY,
            booked_per_day=booked,
        )
        assert [slot.provider_id for slot in slots] == [2, 2, 1, 1]

    def test_a_tie_goes_to_the_lowest_id_whatever_the_order(self) -> None:
        trio = [calendar(HOUR, provider_id=each) for each in (3, 1, 2)]
        slots = first_available(trio, HALF_HOURS, busy={}, now=MIDNIGHT, last_day=MONDAY)
        assert {slot.provider_id for slot in slots} == {1}

    def test_a_busy_provider_is_passed_over_for_that_time_only(self) -> None:
        both = [calendar(HOUR, provider_id=1), calendar(HOUR, provider_id=2)]
        taken = {1: [busy(MONDAY, "09:00", "09:30")]}
        slots = first_available(both, HALF_HOURS, busy=taken, now=MIDNIGHT, last_day=MONDAY)
        assert [slot.provider_id for slot in slots] == [2, 1]

    def test_the_cap_counts_for_each_provider_alone(self) -> None:
        asked = {"now": MIDNIGHT, "last_day": MONDAY, "booked_per_day": {1: {MONDAY: 1}}}
        both = [calendar(HOUR, provider_id=1), calendar(HOUR, provider_id=2)]
        slots = first_available(both, rules(daily_cap=1), busy={}, **asked)
        assert {slot.provider_id for slot in slots} == {2}

    def test_providers_in_different_zones_meet_at_the_same_instant(self) -> None:
        both = [calendar(HOUR, tz=CHICAGO), calendar(("10:00", "11:00"), provider_id=2)]
        slots = first_available(both, HALF_HOURS, busy={}, now=MIDNIGHT, last_day=MONDAY)
        assert [slot.starts_at for slot in slots] == [at(MONDAY, "10:00"), at(MONDAY, "10:30")]

    def test_nobody_there_means_no_slots(self) -> None:
        assert first_available([], HALF_HOURS, busy={}, now=MIDNIGHT) == []


class TestNearest:
    def slots(self) -> list:
        return free_slots(calendar(), HALF_HOURS, busy=(), now=MIDNIGHT, last_day=MONDAY)

    def test_it_returns_the_closest_in_time_order(self) -> None:
        found = nearest(self.slots(), at(MONDAY, "10:40"), 3)
        expected = [at(MONDAY, text) for text in ("10:00", "10:30", "11:00")]
        assert [slot.starts_at for slot in found] == expected

    def test_the_earlier_of_two_equally_close_wins(self) -> None:
        found = nearest(self.slots(), at(MONDAY, "10:15"), 1)
        assert [slot.starts_at for slot in found] == [at(MONDAY, "10:00")]

    def test_it_returns_all_when_there_are_few(self) -> None:
        assert nearest(self.slots(), at(TUESDAY, "09:00"), 99) == self.slots()

    def test_it_returns_none_of_none(self) -> None:
        assert nearest([], NINE, 3) == []
