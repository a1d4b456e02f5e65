"""Free times by local day, a few days a page, and those days in words."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from babel.dates import format_date

from intake.core.i18n import day_text, language, time_text, zone_text
from intake.core.i18n import gettext as _
from intake.patient.holidays import holiday_text
from intake.patient.paused import OpenTimes
from intake.scheduling import queries
from intake.scheduling.slots import Slot, nearest

DAYS_A_PAGE = 3
SOON = timedelta(days=7)
NEAREST = 8
"""How many times are offered in place of one that was just taken."""


@dataclass
class Day:
    """One day of the page, in words, with its free times or why there are none."""

    name: str
    date: str
    times: list[tuple[str, str]]
    full: str = ""
    """Date and zone, which are read with each time."""
    note: str = ""


class Page(NamedTuple):
    """The slots of a few days by local day, and the days the pages before and after begin with."""

    slots: Mapping[date, list[Slot]]
    earlier: date | None = None
    later: date | None = None


def page_of(
    diary: OpenTimes, zone: ZoneInfo, *, now: datetime, first: date | None, own_day: date | None
) -> Page:
    """The page that begins with the day asked for, or shows the day of the person's own time."""
    free = _free_days(diary, zone, now=now, day=first or own_day)
    days, start = list(free), 0
    if first is not None:
        start = min(bisect_left(days, first), max(len(days) - 1, 0))
    elif own_day in days[DAYS_A_PAGE:]:
        start = days.index(own_day)
    page, after = days[start : start + DAYS_A_PAGE], days[start + DAYS_A_PAGE :]
    earlier = days[max(start - DAYS_A_PAGE, 0)] if start else None
    return Page({day: free[day] for day in page}, earlier, after[0] if after else None)


def nearest_page(diary: OpenTimes, zone: ZoneInfo, *, now: datetime, wanted: datetime) -> Page:
    """The free times nearest to one that is gone."""
    slots = diary.free(now=now, last_day=None)
    return Page(_by_day(nearest(slots, wanted, NEAREST), zone))


def _free_days(
    diary: OpenTimes, zone: ZoneInfo, *, now: datetime, day: date | None
) -> dict[date, list[Slot]]:
    """The free slots among which a page is chosen, by local day.

    The next days are looked through first: nearly always they fill the page, in a fraction of the
    time that the whole horizon takes.
    """
    if day is None:
        soon = _by_day(diary.free(now=now, last_day=now.date() + SOON), zone)
        if len(soon) > DAYS_A_PAGE:  # there is a next page
            return soon
    return _by_day(diary.free(now=now, last_day=None), zone)


def _by_day(slots: Iterable[Slot], zone: ZoneInfo) -> dict[date, list[Slot]]:
    """Slots in time order by their day in this zone."""
    by_day: dict[date, list[Slot]] = {}
    for slot in slots:
        by_day.setdefault(slot.starts_at.astimezone(zone).date(), []).append(slot)
    return by_day


def days_in_words(
    shown: Mapping[date, list[Slot]], zone: ZoneInfo, closures: Mapping[date, str]
) -> list[Day]:
    """The slots by local day; closed days in between are said, not left out."""
    if not shown:
        return []
    first, last = min(shown), max(shown)
    closed = {day for day in closures if first < day < last and day.weekday() < 5}
    return [
        _day(day, shown.get(day, []), zone, closures.get(day, ""))
        for day in sorted(closed | set(shown))
    ]


def _day(day: date, slots: list[Slot], zone: ZoneInfo, closure: str) -> Day:
    lang = language()
    full = f"{day_text(slots[0].starts_at, zone, lang)}, {zone_text(zone, lang)}" if slots else ""
    return Day(
        name=_weekday(day, lang),
        date=_month_day(day, lang),
        times=[(queries.slot_key(slot), time_text(slot.starts_at, zone, lang)) for slot in slots],
        full=full,
        note=_("Closed for %(reason)s", reason=holiday_text(closure)) if closure else "",
    )


@lru_cache(maxsize=256)
def _weekday(day: date, lang: str) -> str:
    return format_date(day, "EEEE", locale=lang).capitalize()


@lru_cache(maxsize=256)
def _month_day(day: date, lang: str) -> str:
    return format_date(day, "MMMM d" if lang == "en" else "d 'de' MMMM", locale=lang)
