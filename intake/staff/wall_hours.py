"""Hours of a day as people write them: "9:00 am – 12:00 pm, 1:00 pm – 5:00 pm". Pure.

Half a day is never guessed: hours without am or pm are read only where one reading makes sense,
or where both ends have minutes as on a 24-hour clock.
"""

import re
from datetime import time
from itertools import pairwise

from intake.scheduling.slots import MIDNIGHT, Window

MOST_WINDOWS = 6

_TIME = r"(noon|midnight|(\d{1,2})(?::?(\d{2}))?\s*([ap])?\.?(?:m\b\.?)?)"
_WINDOW = re.compile(rf"{_TIME}\s*(?:-|–|—|to|until)\s*{_TIME}")
_BETWEEN = re.compile(r"\s*(?:,|;|\band\b|&)\s*")
_CLOSED = {"", "closed", "away", "none", "-", "–"}


class HoursUnreadable(ValueError):
    """The text cannot be read as hours; the message says what to write instead."""


def read_hours(text: str) -> tuple[Window, ...]:
    """The windows of a day in order; none for "closed" or nothing. Raises HoursUnreadable."""
    text = " ".join(text.lower().split())
    if text in _CLOSED:
        return ()
    windows = tuple(sorted(_window(part) for part in _BETWEEN.split(text)))
    if len(windows) > MOST_WINDOWS:
        raise HoursUnreadable(f"Use {MOST_WINDOWS} periods a day or fewer")
    for (_, closed), (opens, _) in pairwise(windows):
        if closed == MIDNIGHT or opens < closed:
            raise HoursUnreadable("These hours overlap each other")
    return windows


def read_time(text: str) -> time | None:
    """One time of day, such as "5:30 pm" or "17:30"; None for what says no such thing."""
    found = re.fullmatch(_TIME, " ".join(text.lower().split()))
    if found is None:
        return None
    parts = found.groups()
    if parts[1] is not None and not (parts[3] or parts[2]):
        return None  # "5" may be meant in the morning or in the evening
    try:
        return _time(parts)
    except HoursUnreadable:
        return None


def hours_words(windows: tuple[Window, ...]) -> str:
    """Windows as `read_hours` reads them back; "" for none."""
    return ", ".join(f"{_words(opens)} – {_words(closes)}" for opens, closes in windows)


def _window(part: str) -> Window:
    found = _WINDOW.fullmatch(part)
    if found is None:
        raise HoursUnreadable("Write hours like 9:00 am – 5:00 pm, or leave it empty")
    start, end = found.groups()[:4], found.groups()[4:]
    if not _is_clear(start, end):
        raise HoursUnreadable("Write am or pm after each time")
    closes, opens = _time(end), _time(start, half=end[3] or "")
    if closes <= opens and closes != MIDNIGHT:
        opens = _time(start)  # "9 – 5 pm" begins in the morning
    if closes <= opens and closes != MIDNIGHT:
        raise HoursUnreadable("These hours end before they begin")
    return opens, closes


def _is_clear(start: tuple[str | None, ...], end: tuple[str | None, ...]) -> bool:
    """Whether each end says which half of the day it means, or both are of a 24-hour clock."""
    if end[1] is None or end[3]:
        return True
    return bool(end[2]) and (start[1] is None or (bool(start[2]) and not start[3]))


def _time(parts: tuple[str | None, ...], *, half: str = "") -> time:
    word, hour_text, minute_text, own_half = parts
    if hour_text is None:
        return time(12) if word == "noon" else MIDNIGHT
    hour, minute, half = int(hour_text), int(minute_text or 0), own_half or half
    if half and not 1 <= hour <= 12:
        raise HoursUnreadable("With am or pm, hours go from 1 to 12")
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    if hour == 24 and minute == 0:
        return MIDNIGHT
    if hour > 23 or minute > 59:
        raise HoursUnreadable("There is no such time of day")
    return time(hour, minute)


def _words(wall: time) -> str:
    return f"{wall.hour % 12 or 12}:{wall.minute:02} {'am' if wall.hour < 12 else 'pm'}"
