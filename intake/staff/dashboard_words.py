"""Figures in words."""

NOTHING = "–"
"""Where nothing could be counted."""
HOUR = 60


def open_time(minutes: int | None) -> str:
    """A time in open hours: "45 min", "2 h 10 min", "12 h"."""
    if minutes is None:
        return NOTHING
    if minutes < HOUR:
        return f"{minutes} min" if minutes else "under 5 min"
    rest = minutes % HOUR
    return f"{minutes // HOUR} h" + (f" {rest} min" if rest else "")


def percent(rate: float | None) -> str:
    """A rate as a whole percentage."""
    return NOTHING if rate is None else f"{rate:.0%}"


def percent_of(rate: float | None, part: int, whole: int) -> str:
    """A rate with what it is made of: "81% (101 of 124)"."""
    return NOTHING if rate is None else f"{rate:.0%} ({part:,} of {whole:,})"
