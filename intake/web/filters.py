"""What templates say in words: office hours, dates and times, always with the zone."""

import re
from collections.abc import Sequence
from datetime import datetime, time
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo

from babel.dates import format_time, get_day_names
from babel.lists import format_list
from flask import Flask

from intake.core.i18n import day_text, gettext, language, locale, moment_text, time_text, with_zone

Windows = tuple[tuple[time, time], ...]
NOON = time(12)
MIDNIGHT = time.min
_INSIDE = re.compile(r"(?<=\d) (?=[ap]\.?\xa0?m)|(?<=[a-z]) (?=\d{1,2}\b(?!:))|(?<=\d) (?=de )")
"""The spaces of a date or a time at which no line should end."""


class Run(Protocol):
    """Weekdays in a row (0 = Monday, both included) with the same hours; none if closed."""

    @property
    def first(self) -> int:
        """The first weekday."""

    @property
    def last(self) -> int:
        """The last weekday."""

    @property
    def windows(self) -> Windows:
        """Opening and closing wall times; a closing time of 00:00 is the end of the day."""


class OpenOffice(Protocol):
    """What is asked of a clinic to say its hours."""

    @property
    def week(self) -> Sequence[Run]:
        """Monday to Sunday in runs of weekdays."""

    @property
    def tz(self) -> ZoneInfo:
        """The zone of its wall times."""


def hours_text(clinic: OpenOffice) -> str:
    """Office hours in words, such as "Monday to Friday, 9 am to 5 pm Central Time"."""
    return _hours_text(tuple(clinic.week), clinic.tz, language())


@lru_cache(maxsize=64)  # of a clinic or two, in each language; most pages say them
def _hours_text(week: Sequence[Run], tz: ZoneInfo, language: str) -> str:
    days: dict[Windows, list[str]] = {}
    for run in week:
        if run.windows:
            days.setdefault(run.windows, []).extend(_days_of(run))
    if not days:
        return _("by appointment")
    parts = [f"{listed(names)}, {_windows_text(windows)}" for windows, names in days.items()]
    return with_zone("; ".join(parts), tz, language)


def moment(instant: datetime, tz: ZoneInfo) -> str:
    """An instant in words: "Thursday, December 3, 9:30 am Central Time"."""
    return unbroken(moment_text(instant, tz, language()))


def day(instant: datetime, tz: ZoneInfo) -> str:
    """The local date of an instant in words: "Thursday, December 3"."""
    return unbroken(day_text(instant, tz, language()))


def time_of_day(instant: datetime, tz: ZoneInfo) -> str:
    """The local time of an instant, such as "9:30 am"."""
    return unbroken(time_text(instant, tz, language()))


def unbroken(words: str) -> str:
    """Dates and times in which no line ends within "December 3" or "9:30 am"."""
    return _INSIDE.sub("\xa0", words)


def opening(words: str) -> str:
    """Words at the beginning of a line: Spanish writes the days of the week small."""
    return words[:1].upper() + words[1:]


def _(words: str, **values: str) -> str:
    """The words in the language of the request."""
    text: str = gettext(words, **values)
    return text


def listed(parts: list[str]) -> str:
    """Words in a row as the language joins them: "a, b, and c"."""
    return format_list(parts, locale=locale())


def register_filters(app: Flask) -> None:
    """Give templates `clinic|hours_text`, `opening`; `moment`, `day`, `time_of_day` with a zone."""
    for words in (hours_text, opening, moment, day, time_of_day):
        app.add_template_filter(words)


def _days_of(run: Run) -> list[str]:
    """One or two weekdays by name, more of them as "Monday to Friday"."""
    names = get_day_names("wide", locale=locale())
    if run.last - run.first < 2:
        return [names[weekday] for weekday in range(run.first, run.last + 1)]
    return [_("%(first)s to %(last)s", first=names[run.first], last=names[run.last])]


def _windows_text(windows: Windows) -> str:
    if windows == ((MIDNIGHT, MIDNIGHT),):
        return _("all day")
    return listed(
        [
            _("%(opens)s to %(closes)s", opens=_wall_text(opens), closes=_wall_text(closes))
            for opens, closes in windows
        ]
    )


def _wall_text(wall: time) -> str:
    """A wall time as people say it: "9 am", "9:30 am", "noon"."""
    if wall == NOON:
        return _("noon")
    if wall == MIDNIGHT:
        return _("midnight")
    text = format_time(wall, "h:mm a" if wall.minute else "h a", locale=locale())
    return text.lower().replace("\u202f", " ").replace("\xa0", " ")
