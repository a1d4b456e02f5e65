"""Free times of a provider: weekly wall-clock hours become UTC slots. Pure, standard library only.

Hours are what the clock on the wall shows (never UTC hours), so they are expanded date by date in
the provider's time zone. A wall time that a clock change skips has no slot; one that it repeats has
two, an hour apart. Everything that is compared, stored or returned is a UTC instant.

The consultation itself lies within the hours and may end exactly at closing; its buffers may reach
outside them (somebody can prepare before opening), but not into busy time.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from heapq import nsmallest
from itertools import accumulate
from types import MappingProxyType
from typing import NamedTuple
from zoneinfo import ZoneInfo

Window = tuple[time, time]
"""Opening and closing wall time; a closing time of 00:00 is midnight at the end of the day."""

MIDNIGHT = time.min
NO_TIME = timedelta(0)
ONE_DAY = timedelta(days=1)
ONE_MINUTE = timedelta(minutes=1)
NOTHING_BOOKED: Mapping[date, int] = MappingProxyType({})
NOBODY_BOOKED: Mapping[int, Mapping[date, int]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Interval:
    """Time between two UTC instants, the end excluded. Raises ValueError unless it has a length."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError("an interval ends after it starts")


@dataclass(frozen=True, slots=True)
class OpenHours:
    """Hours of one weekday (0 = Monday) as local wall times. Raises ValueError if out of order."""

    weekday: int
    opens: time
    closes: time

    def __post_init__(self) -> None:
        if not 0 <= self.weekday <= 6:
            raise ValueError("a weekday is 0 (Monday) to 6 (Sunday)")
        _check_window(self.opens, self.closes)


@dataclass(frozen=True, slots=True)
class Rules:
    """How one type of consultation is booked. Raises ValueError if it could never make sense.

    A slot takes `minutes` and starts every `step_minutes` from opening. `horizon_days` counts local
    days after today. `daily_cap` is the most bookings a provider takes on a local day; None is any.
    """

    minutes: int
    step_minutes: int
    buffer_before: timedelta
    buffer_after: timedelta
    min_notice: timedelta
    horizon_days: int
    daily_cap: int | None = None

    def __post_init__(self) -> None:
        if min(self.minutes, self.step_minutes) <= 0:
            raise ValueError("a slot has a length and a step")
        waits = self.buffer_before, self.buffer_after, self.min_notice
        if min(waits) < NO_TIME or min(self.horizon_days, self.daily_cap or 0) < 0:
            raise ValueError("buffers, notice, horizon and daily cap are not negative")


@dataclass(frozen=True, slots=True)
class ProviderCalendar:
    """When one provider sees people. Raises ValueError for dated hours that are out of order.

    `exceptions` replace the weekly hours of a date (an empty tuple is a day off). A date in
    `closed` has no hours, whatever else is said about it.
    """

    provider_id: int
    tz: ZoneInfo
    weekly: tuple[OpenHours, ...]
    exceptions: Mapping[date, tuple[Window, ...]] = field(default_factory=dict)
    closed: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        for windows in self.exceptions.values():
            for opens, closes in windows:
                _check_window(opens, closes)

    def windows_on(self, day: date) -> tuple[Window, ...]:
        """The wall-clock hours of a local date."""
        if day in self.closed:
            return ()
        if day in self.exceptions:
            return self.exceptions[day]
        weekday = day.weekday()
        return tuple((each.opens, each.closes) for each in self.weekly if each.weekday == weekday)


class Slot(NamedTuple):
    """A consultation that could be booked, as UTC instants; buffers are in the blocked time."""

    provider_id: int
    starts_at: datetime
    ends_at: datetime
    blocked_from: datetime
    blocked_until: datetime


def slot_from(provider_id: int, starts_at: datetime, rules: Rules) -> Slot:
    """The slot that starts at this UTC instant, free or not: what booking it would block."""
    ends_at = starts_at + rules.minutes * ONE_MINUTE
    blocked_from, blocked_until = starts_at - rules.buffer_before, ends_at + rules.buffer_after
    return Slot(provider_id, starts_at, ends_at, blocked_from, blocked_until)


def free_slots(
    calendar: ProviderCalendar,
    rules: Rules,
    *,
    busy: Sequence[Interval],
    now: datetime,
    first_day: date | None = None,
    last_day: date | None = None,
    booked_per_day: Mapping[date, int] = NOTHING_BOOKED,
) -> list[Slot]:
    """Every free slot of one provider in time order, from `first_day` to `last_day` (local dates).

    Slots closer together than their length overlap each other: they are alternatives. `busy`
    intervals include their own buffers; `booked_per_day` counts appointments by local date.
    """
    provider_id = calendar.provider_id
    return first_available(
        [calendar],
        rules,
        busy={provider_id: busy},
        now=now,
        first_day=first_day,
        last_day=last_day,
        booked_per_day={provider_id: booked_per_day},
    )


def slot_at(
    calendar: ProviderCalendar,
    rules: Rules,
    starts_at: datetime,
    *,
    busy: Sequence[Interval],
    now: datetime,
    booked_per_day: Mapping[date, int] = NOTHING_BOOKED,
) -> Slot | None:
    """The free slot that starts at exactly this instant, or None if it is not bookable.

    It asks `free_slots` about that day: what is accepted follows the rule of what was offered.
    """
    ahead = starts_at - _utc(now)
    if not NO_TIME <= ahead <= (rules.horizon_days + 2) * ONE_DAY:
        return None  # also years so far off that zone arithmetic overflows, as forged forms send
    starts_at = _utc(starts_at)
    day = starts_at.astimezone(calendar.tz).date()
    slots = free_slots(
        calendar,
        rules,
        busy=busy,
        now=now,
        first_day=day,
        last_day=day,
        booked_per_day=booked_per_day,
    )
    return next((slot for slot in slots if slot.starts_at == starts_at), None)


def first_available(
    calendars: Iterable[ProviderCalendar],
    rules: Rules,
    *,
    busy: Mapping[int, Sequence[Interval]],
    now: datetime,
    first_day: date | None = None,
    last_day: date | None = None,
    booked_per_day: Mapping[int, Mapping[date, int]] = NOBODY_BOOKED,
) -> list[Slot]:
    """One slot for each instant at which anybody is free, in time order.

    It is offered by whoever has the fewest bookings on that local day, then by the lowest id: work
    is shared evenly and the same question has the same answer. `busy` and `booked_per_day` are
    keyed by provider id; a provider without an entry has nothing.
    """
    best: dict[datetime, tuple[int, Slot]] = {}
    for calendar in calendars:
        provider_id = calendar.provider_id
        booked = booked_per_day.get(provider_id, NOTHING_BOOKED)
        taken = _Busy(busy.get(provider_id, ()))
        for day in _bookable_days(calendar.tz, rules, now=now, first=first_day, last=last_day):
            so_far = booked.get(day, 0)
            if rules.daily_cap is None or so_far < rules.daily_cap:
                for slot in _free_on(day, calendar, rules, taken=taken, now=now):
                    offer = (so_far, slot)
                    best[slot.starts_at] = min(offer, best.get(slot.starts_at, offer))
    return [best[start][1] for start in sorted(best)]


def open_times(calendar: ProviderCalendar, day: date) -> list[Interval]:
    """The hours of a local date as UTC intervals in order; hours that touch are one."""
    windows = calendar.windows_on(day)
    stretches = _stretches(day, calendar.tz) if windows else []
    return _merged(
        piece for stretch in stretches for _, piece in _open_pieces(day, windows, stretch)
    )


def lies_within_hours(calendar: ProviderCalendar, time: Interval) -> bool:
    """Whether a consultation lies within the hours of one local date, its buffers apart."""
    day = time.start.astimezone(calendar.tz).date()
    hours = open_times(calendar, day)
    return any(each.start <= time.start and time.end <= each.end for each in hours)


def nearest(slots: Iterable[Slot], wanted: datetime, n: int) -> list[Slot]:
    """The `n` slots that start closest to an instant (the earlier of equals), in time order."""

    def distance(slot: Slot) -> tuple[timedelta, datetime, int]:
        return abs(slot.starts_at - wanted), slot.starts_at, slot.provider_id

    return sorted(nsmallest(n, slots, key=distance), key=lambda slot: slot.starts_at)


def _bookable_days(
    tz: ZoneInfo, rules: Rules, *, now: datetime, first: date | None, last: date | None
) -> Iterator[date]:
    """The local dates from today to the horizon, both included, that were asked for."""
    today = _utc(now).astimezone(tz).date()
    horizon = today + rules.horizon_days * ONE_DAY
    day, until = max(first or today, today), min(last or horizon, horizon)
    while day <= until:
        yield day
        day += ONE_DAY


def _free_on(
    day: date, calendar: ProviderCalendar, rules: Rules, *, taken: "_Busy", now: datetime
) -> Iterator[Slot]:
    """Slots of a local date that leave enough notice and whose blocked time is free."""
    earliest = _utc(now) + rules.min_notice
    windows = calendar.windows_on(day)
    for slot in _slots_on(day, windows, calendar.provider_id, tz=calendar.tz, rules=rules):
        if slot.starts_at >= earliest and taken.is_free(slot.blocked_from, slot.blocked_until):
            yield slot


class _Busy:
    """Busy time, sorted once, so that each question is one bisection."""

    def __init__(self, busy: Iterable[Interval]) -> None:
        ordered = sorted(busy, key=lambda interval: interval.start)
        self._starts = [interval.start for interval in ordered]
        self._latest_ends = list(accumulate((interval.end for interval in ordered), max))

    def is_free(self, start: datetime, end: datetime) -> bool:
        """Whether nothing overlaps [start, end): what begins before `end` is over by `start`."""
        begun = bisect_left(self._starts, end)
        return begun == 0 or self._latest_ends[begun - 1] <= start


class _Stretch(NamedTuple):
    """A part of a local day, between two UTC instants, in which the clock keeps one offset."""

    start: datetime
    end: datetime
    offset: timedelta


@lru_cache(maxsize=1024)  # whoever looks at the times asks for the same days
def _slots_on(
    day: date, windows: tuple[Window, ...], provider_id: int, *, tz: ZoneInfo, rules: Rules
) -> tuple[Slot, ...]:
    """Every slot of a provider on a local date, free or not."""
    starts = _starts_on(day, windows, tz=tz, rules=rules)
    return tuple(slot_from(provider_id, start, rules) for start in starts)


@lru_cache(maxsize=1024)  # providers who keep the same hours share the same days
def _starts_on(
    day: date, windows: tuple[Window, ...], *, tz: ZoneInfo, rules: Rules
) -> tuple[datetime, ...]:
    """Every instant of a local date at which a consultation could start and end within the hours.

    Starts lie on a grid of wall times counted from each opening. Hours that touch count as one, so
    a consultation may run over the seam, also over the hour that a clock change repeats.
    """
    stretches = _stretches(day, tz) if windows else []
    pieces = [piece for stretch in stretches for piece in _open_pieces(day, windows, stretch)]
    length, step = rules.minutes * ONE_MINUTE, rules.step_minutes * ONE_MINUTE
    starts: set[datetime] = set()
    for whole in _merged(piece for _, piece in pieces):
        for first, piece in pieces:
            if whole.start <= piece.start < whole.end:
                starts.update(_grid(first, step, piece=piece, latest=whole.end - length))
    return tuple(sorted(starts))


def _merged(intervals: Iterable[Interval]) -> list[Interval]:
    """The same time as sorted intervals that neither overlap nor touch."""
    merged: list[Interval] = []
    for interval in sorted(intervals, key=lambda each: each.start):
        if merged and interval.start <= merged[-1].end:
            merged[-1] = Interval(merged[-1].start, max(merged[-1].end, interval.end))
        else:
            merged.append(interval)
    return merged


def _open_pieces(
    day: date, windows: Iterable[Window], stretch: _Stretch
) -> Iterator[tuple[datetime, Interval]]:
    """What a stretch holds of each window, with the instant its grid is counted from: where the
    opening time would be at this offset, which may lie before the stretch."""
    for opens, closes in windows:
        closing_day = day + ONE_DAY if closes == MIDNIGHT else day
        first = datetime.combine(day, opens, UTC) - stretch.offset
        last = datetime.combine(closing_day, closes, UTC) - stretch.offset
        start, end = max(first, stretch.start), min(last, stretch.end)
        if start < end:
            yield first, Interval(start, end)


def _grid(
    first: datetime, step: timedelta, *, piece: Interval, latest: datetime
) -> Iterator[datetime]:
    """Instants a step apart, counted from `first`, that lie in the piece and not after `latest`."""
    start = first - (first - piece.start) // step * step
    while start < piece.end and start <= latest:
        yield start
        start += step


def _stretches(day: date, tz: ZoneInfo) -> list[_Stretch]:
    """A local date as UTC instants: one stretch, or two if the clocks change on it."""
    start, end = _midnight(day, tz), _midnight(day + ONE_DAY, tz)
    before, after = _offset(start, tz), _offset(end, tz)
    if before == after:
        return [_Stretch(start, end, before)]
    minutes = range((end - start) // ONE_MINUTE)
    change = start + ONE_MINUTE * bisect_left(
        minutes, True, key=lambda minute: _offset(start + minute * ONE_MINUTE, tz) != before
    )
    return [_Stretch(start, change, before), _Stretch(change, end, after)]


def _midnight(day: date, tz: ZoneInfo) -> datetime:
    """The instant a local date begins, also where the clock skips midnight (RFC 5545, 3.3.5)."""
    return datetime.combine(day, MIDNIGHT, tz).astimezone(UTC)


def _offset(instant: datetime, tz: ZoneInfo) -> timedelta:
    """How far the local clock is ahead of UTC at an instant."""
    return instant.astimezone(tz).replace(tzinfo=UTC) - instant


def _utc(instant: datetime) -> datetime:
    """The instant in UTC, where arithmetic is safe. Raises ValueError for a time without a zone."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return instant.astimezone(UTC)


def _check_window(opens: time, closes: time) -> None:
    """Raise ValueError unless a window opens before it closes."""
    if closes != MIDNIGHT and closes <= opens:
        raise ValueError("hours close after they open, or at 00:00")
