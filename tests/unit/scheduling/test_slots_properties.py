"""What holds for every calendar, however odd: free slots compared with a slow second opinion."""

import itertools
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from intake.scheduling.slots import (
    Interval,
    OpenHours,
    ProviderCalendar,
    Rules,
    Slot,
    first_available,
    free_slots,
    lies_within_hours,
    open_times,
    slot_at,
)
from tests.unit.zones import AUTUMN, CHANGING, SPRING, STEADY

FIVE = timedelta(minutes=5)
ZONES = [*CHANGING, *STEADY, "America/Havana", "Australia/Lord_Howe"]


@dataclass(frozen=True)
class Case:
    calendar: ProviderCalendar
    rules: Rules
    busy: list[Interval]
    now: datetime
    booked: dict[date, int]

    def slots(self, **changes) -> list[Slot]:
        asked = {"busy": self.busy, "now": self.now, "booked_per_day": self.booked} | changes
        return free_slots(self.calendar, self.rules, **asked)


def minutes(low: int, high: int) -> st.SearchStrategy[timedelta]:
    return st.integers(low // 5, high // 5).map(lambda fives: fives * FIVE)


def wall(fives: int) -> time:
    return time(fives // 12 % 24, fives % 12 * 5)


@st.composite
def windows(draw) -> tuple[time, time]:
    opens = draw(st.one_of(st.integers(0, 40), st.integers(0, 286)))
    length = draw(st.one_of(st.integers(1, 36), st.integers(1, 288 - opens)))
    return wall(opens), wall(min(opens + length, 288))


@st.composite
def cases(draw) -> Case:
    edge = draw(st.sampled_from(SPRING + AUTUMN))
    tz = ZoneInfo(draw(st.sampled_from(ZONES)))
    days = [edge + timedelta(days=offset) for offset in (-1, 0, 1)]
    first = datetime.combine(days[0], time(), UTC)
    dated = st.dictionaries(st.sampled_from(days), st.lists(windows(), max_size=2).map(tuple))
    hours = [OpenHours(day.weekday(), *draw(windows())) for day in days for _ in range(2)]
    busy = st.builds(
        lambda start, length: Interval(first + start, first + start + length),
        minutes(0, 4 * 1440),
        minutes(5, 600),
    )
    return Case(
        ProviderCalendar(1, tz, tuple(hours), draw(dated), draw(st.frozensets(st.just(days[1])))),
        draw(rules()),
        draw(st.lists(busy, max_size=8)),
        first + draw(minutes(-1440, 2 * 1440)),
        draw(st.dictionaries(st.sampled_from(days), st.integers(0, 3))),
    )


@st.composite
def rules(draw) -> Rules:
    return Rules(
        minutes=draw(st.sampled_from([5, 15, 20, 30, 45, 60, 90, 120])),
        step_minutes=draw(st.sampled_from([5, 10, 15, 30, 45, 60])),
        buffer_before=draw(minutes(0, 30)),
        buffer_after=draw(minutes(0, 30)),
        min_notice=draw(minutes(0, 1440)),
        horizon_days=draw(st.integers(0, 3)),
        daily_cap=draw(st.none() | st.integers(0, 3)),
    )


def is_free_by_the_clock(case: Case, start: datetime) -> bool:
    """The rules, read off the clock on the wall five minutes at a time."""
    rules, tz = case.rules, case.calendar.tz
    local = start.astimezone(tz)
    windows = case.calendar.windows_on(local.date())
    end = start + timedelta(minutes=rules.minutes)
    blocked_from, blocked_until = start - rules.buffer_before, end + rules.buffer_after
    return (
        any(on_grid(local.time(), window, rules.step_minutes) for window in windows)
        and all(is_open(tick.astimezone(tz), local.date(), windows) for tick in ticks(start, end))
        and start >= case.now + rules.min_notice
        and (local.date() - case.now.astimezone(tz).date()).days <= rules.horizon_days
        and (rules.daily_cap is None or case.booked.get(local.date(), 0) < rules.daily_cap)
        and not any(each.start < blocked_until and blocked_from < each.end for each in case.busy)
    )


def is_open(local: datetime, day: date, windows: tuple[tuple[time, time], ...]) -> bool:
    return local.date() == day and any(covers(local.time(), window) for window in windows)


def covers(shown: time, window: tuple[time, time]) -> bool:
    opens, closes = window
    return opens <= shown and (shown < closes or closes == time())


def on_grid(shown: time, window: tuple[time, time], step: int) -> bool:
    since = (shown.hour - window[0].hour) * 60 + shown.minute - window[0].minute
    return covers(shown, window) and since % step == 0


def ticks(start: datetime, end: datetime) -> list[datetime]:
    return [start + number * FIVE for number in range((end - start) // FIVE)]


@given(cases())
@settings(max_examples=30, deadline=None)
def test_the_free_slots_are_exactly_those_the_clock_on_the_wall_allows(case: Case) -> None:
    days = ticks(case.now - timedelta(hours=1), case.now + timedelta(days=6))
    allowed = [start for start in days if is_free_by_the_clock(case, start)]
    assert [slot.starts_at for slot in case.slots()] == allowed


@given(cases())
@settings(max_examples=30, deadline=None)
def test_slots_are_distinct_instants_in_time_order(case: Case) -> None:
    starts = [slot.starts_at for slot in case.slots()]
    assert starts == sorted(set(starts))


@given(cases())
@settings(max_examples=30, deadline=None)
def test_no_slot_with_its_buffers_overlaps_busy_time(case: Case) -> None:
    for slot in case.slots():
        for taken in case.busy:
            assert slot.blocked_until <= taken.start or taken.end <= slot.blocked_from


@given(cases())
@settings(max_examples=30, deadline=None)
def test_every_slot_lies_in_the_hours_of_its_day(case: Case) -> None:
    for slot in case.slots():
        assert lies_within_hours(case.calendar, Interval(slot.starts_at, slot.ends_at))
        assert slot.starts_at.astimezone(case.calendar.tz).date() not in case.calendar.closed


@given(cases())
@settings(max_examples=30, deadline=None)
def test_the_open_times_of_a_day_are_those_of_the_clock_on_the_wall(case: Case) -> None:
    tz, day = case.calendar.tz, case.now.astimezone(case.calendar.tz).date()
    windows, times = case.calendar.windows_on(day), open_times(case.calendar, day)
    for tick in ticks(case.now - timedelta(days=1), case.now + timedelta(days=1)):
        is_within = any(each.start <= tick < each.end for each in times)
        assert is_within == is_open(tick.astimezone(tz), day, windows)


@given(cases(), st.randoms(use_true_random=False))
@settings(max_examples=30, deadline=None)
def test_booking_until_nothing_is_left_never_books_twice(case: Case, random) -> None:
    booked: list[Slot] = []
    while free := case.slots(busy=case.busy + [blocked(slot) for slot in booked]):
        booked.append(random.choice(free))
    in_order = sorted(booked, key=lambda slot: slot.starts_at)
    for earlier, later in itertools.pairwise(in_order):
        assert earlier.blocked_until <= later.blocked_from


def blocked(slot: Slot) -> Interval:
    return Interval(slot.blocked_from, slot.blocked_until)


@given(cases())
@settings(max_examples=30, deadline=None)
def test_what_is_offered_is_accepted_and_nothing_else(case: Case) -> None:
    asked = {"busy": case.busy, "now": case.now, "booked_per_day": case.booked}
    offered = {slot.starts_at: slot for slot in case.slots()}
    for start in ticks(case.now, case.now + timedelta(days=1)) + list(offered):
        assert slot_at(case.calendar, case.rules, start, **asked) == offered.get(start)


@given(cases(), st.integers(-2, 4), st.integers(-2, 4))
@settings(max_examples=30, deadline=None)
def test_asking_for_some_days_finds_the_slots_of_those_days(case: Case, low, high) -> None:
    tz = case.calendar.tz
    first, last = (case.now.date() + timedelta(days=offset) for offset in (low, high))
    within = [s for s in case.slots() if first <= s.starts_at.astimezone(tz).date() <= last]
    assert case.slots(first_day=first, last_day=last) == within


@given(cases(), cases())
@settings(max_examples=30, deadline=None)
def test_several_providers_offer_every_time_that_one_of_them_has(one: Case, two: Case) -> None:
    assume(one.calendar != two.calendar)
    first, second = one.slots(), free_slots(two.calendar, one.rules, busy=two.busy, now=one.now)
    assume(first or second)
    other = ProviderCalendar(
        2, two.calendar.tz, two.calendar.weekly, two.calendar.exceptions, two.calendar.closed
    )
    found = first_available(
        [other, one.calendar],
        one.rules,
        busy={1: one.busy, 2: two.busy},
        now=one.now,
        booked_per_day={1: one.booked},
    )
    starts = {slot.starts_at for slot in first} | {slot.starts_at for slot in second}
    assert [slot.starts_at for slot in found] == sorted(starts)
