"""When the clinic is open, and deadlines counted in its open hours. Pure, standard library only.

Hours are wall times in the clinic's time zone; what goes in and comes out are instants, in UTC.
An opening or closing time that a clock change skips is read with the offset before it, one that is
repeated is the first of the two (RFC 5545, 3.3.5).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import count, groupby, pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

Window = tuple[time, time]
"""Opening and closing wall time; a closing time of 00:00 is midnight at the end of the day."""

WEEKDAYS = range(7)
MIDNIGHT = time.min
NO_TIME = timedelta(0)
ONE_DAY = timedelta(days=1)
ONE_MINUTE = timedelta(minutes=1)


class NeverOpenError(Exception):
    """The clinic has no weekly hours, so nothing can be said about its next opening."""


class OpenPeriod(NamedTuple):
    """Time without a break in which the clinic is open, as UTC instants, the end excluded."""

    opens_at: datetime
    closes_at: datetime


class WeekdayHours(NamedTuple):
    """Weekdays in a row (0 = Monday, both included) with the same hours; none if closed."""

    first: int
    last: int
    windows: tuple[Window, ...]


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """Weekly wall-clock hours (0 = Monday), the dates on which the clinic is closed, and its zone.

    Raises ValueError unless the windows of each weekday are in order.
    """

    weekly: Mapping[int, tuple[Window, ...]]
    closed: frozenset[date]
    tz: ZoneInfo

    def __post_init__(self) -> None:
        for weekday, windows in self.weekly.items():
            if weekday not in WEEKDAYS:
                raise ValueError("a weekday is 0 (Monday) to 6 (Sunday)")
            _check_windows(windows)

    def periods_on(self, day: date) -> list[OpenPeriod]:
        """The open periods of a local date in order; none if it is closed."""
        if day in self.closed:
            return []
        return list(_periods_on(day, self.weekly.get(day.weekday(), ()), self.tz))

    def is_open(self, now: datetime) -> bool:
        """Whether the clinic is open at this instant; at closing time it is not."""
        now = _utc(now)
        periods = self.periods_on(self._local_date(now))
        return any(period.opens_at <= now < period.closes_at for period in periods)

    def next_opening(self, now: datetime) -> datetime:
        """The first instant, from now on, at which the clinic opens. Raises NeverOpenError."""
        now = _utc(now)
        return next(period.opens_at for period in self._periods(now) if period.opens_at >= now)

    def add_open_minutes(self, start: datetime, minutes: int) -> datetime:
        """The first instant by which this many open minutes have passed: a response deadline.

        It may be a closing time. Raises ValueError for less than nothing, NeverOpenError.
        """
        if minutes < 0:
            raise ValueError("a deadline does not lie before its start")
        instant, left = _utc(start), minutes * ONE_MINUTE
        periods = self._periods(instant)
        while left:
            opens_at, closes_at = next(periods)
            begun = max(opens_at, instant)
            instant = min(closes_at, begun + left)
            left -= instant - begun
        return instant

    def subtract_open_minutes(self, end: datetime, minutes: int) -> datetime:
        """The last instant from which this many open minutes, 1 or more, have passed by the end.

        Whoever has waited since then or longer is overdue. Raises NeverOpenError.
        """
        instant, left = _utc(end), minutes * ONE_MINUTE
        periods = self._periods_back(instant)
        while left > NO_TIME:
            opens_at, closes_at = next(periods)
            last = min(closes_at, instant)
            instant = max(opens_at, last - left)
            left -= last - instant
        return instant

    def open_minutes_between(self, a: datetime, b: datetime) -> int:
        """Whole open minutes from a to b; negative if b is the earlier one."""
        a, b = _utc(a), _utc(b)
        if b < a:
            return -self.open_minutes_between(b, a)
        first, open_time = self._local_date(a), NO_TIME
        for days in range((self._local_date(b) - first).days + 1):
            for opens_at, closes_at in self.periods_on(first + days * ONE_DAY):
                open_time += max(min(closes_at, b) - max(opens_at, a), NO_TIME)
        return open_time // ONE_MINUTE

    def end_of_business_day(self, now: datetime) -> datetime:
        """The last closing time of today if it is still to come, else of the next day with hours.

        Raises NeverOpenError.
        """
        period = next(self._periods(_utc(now)))
        return self.periods_on(self._local_date(period.opens_at))[-1].closes_at

    def _periods(self, now: datetime) -> Iterator[OpenPeriod]:
        """The open periods that end after now, in order and without end. Raises NeverOpenError."""
        if not any(self.weekly.values()):
            raise NeverOpenError
        today = self._local_date(now)
        for days in count():
            for period in self.periods_on(today + days * ONE_DAY):
                if period.closes_at > now:
                    yield period

    def _periods_back(self, now: datetime) -> Iterator[OpenPeriod]:
        """The open periods that begin before now, the latest first. Raises NeverOpenError."""
        if not any(self.weekly.values()):
            raise NeverOpenError
        today = self._local_date(now)
        for days in count():
            for period in reversed(self.periods_on(today - days * ONE_DAY)):
                if period.opens_at < now:
                    yield period

    def _local_date(self, instant: datetime) -> date:
        return instant.astimezone(self.tz).date()


def describe(hours: OfficeHours) -> list[WeekdayHours]:
    """The week from Monday to Sunday as runs of weekdays with the same hours, closed ones too.

    It is data without words, so that a page says it in its own language.
    """
    runs = groupby(WEEKDAYS, key=lambda weekday: tuple(hours.weekly.get(weekday, ())))
    weeks = [(list(weekdays), windows) for windows, weekdays in runs]
    return [WeekdayHours(days[0], days[-1], windows) for days, windows in weeks]


@lru_cache(maxsize=1024)  # a queue of requests asks for the same days again and again
def _periods_on(day: date, windows: tuple[Window, ...], tz: ZoneInfo) -> tuple[OpenPeriod, ...]:
    """The open periods of a local date in order. Windows that touch are one period; so are those
    that a clock change lets overlap, when it skips the closing time of the first."""
    periods: list[OpenPeriod] = []
    for opens, closes in windows:
        opens_at = _instant(day, opens, tz)
        closes_at = _instant(day + ONE_DAY if closes == MIDNIGHT else day, closes, tz)
        if periods and opens_at <= periods[-1].closes_at:
            before = periods.pop()
            opens_at, closes_at = before.opens_at, max(before.closes_at, closes_at)
        if opens_at < closes_at:
            periods.append(OpenPeriod(opens_at, closes_at))
    return tuple(periods)


def _instant(day: date, wall: time, tz: ZoneInfo) -> datetime:
    """When the clock shows a wall time on a local date (fold 0 is the rule of RFC 5545)."""
    return datetime.combine(day, wall, tz).astimezone(UTC)


def _utc(instant: datetime) -> datetime:
    """The instant in UTC, where arithmetic is safe. Raises ValueError for a time without a zone."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return instant.astimezone(UTC)


def _check_windows(windows: tuple[Window, ...]) -> None:
    """Raise ValueError unless each window opens before it closes and not before the last closes."""
    if any(closes != MIDNIGHT and closes <= opens for opens, closes in windows):
        raise ValueError("hours close after they open, or at 00:00")
    for (_, closed), (opens, _) in pairwise(windows):
        if closed == MIDNIGHT or opens < closed:
            raise ValueError("the hours of a day are in order and do not overlap")
