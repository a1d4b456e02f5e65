"""Calendars, rules and times to test with."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from intake.scheduling.slots import Interval, OpenHours, ProviderCalendar, Rules, Slot

NEW_YORK = ZoneInfo("America/New_York")
MONDAY = date(2026, 11, 23)
NOTHING = timedelta(0)
HALF_HOURS = Rules(30, 30, NOTHING, NOTHING, NOTHING, horizon_days=60)


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


def rules(**changes: object) -> Rules:
    return replace(HALF_HOURS, **changes)


def clock(text: str) -> time:
    return time.fromisoformat(text)


def every_day(*windows: tuple[str, str]) -> tuple[OpenHours, ...]:
    return tuple(
        OpenHours(weekday, clock(opens), clock(closes))
        for weekday in range(7)
        for opens, closes in windows
    )


def calendar(
    *windows: tuple[str, str], tz: ZoneInfo = NEW_YORK, **more: object
) -> ProviderCalendar:
    settings = {"provider_id": 1, "weekly": every_day(*(windows or [("09:00", "12:00")]))} | more
    return ProviderCalendar(tz=tz, **settings)


def at(day: date, text: str, *, tz: ZoneInfo = NEW_YORK, fold: int = 0) -> datetime:
    """The instant at which a clock on the wall shows this time."""
    return datetime.combine(day, clock(text), tz).replace(fold=fold).astimezone(UTC)


def busy(day: date, start: str, end: str) -> Interval:
    return Interval(at(day, start), at(day, end))


def wall_times(slots: Iterable[Slot], *, tz: ZoneInfo = NEW_YORK) -> list[str]:
    return [f"{slot.starts_at.astimezone(tz):%H:%M}" for slot in slots]
