"""When to call somebody again who was not reached. Pure, standard library only."""

from collections.abc import Collection, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from intake.clinic.hours import OfficeHours

STEP = timedelta(minutes=15)
LONG_ENOUGH = timedelta(minutes=29)
"""A call begins at least so long before we close."""
PARTS = {
    "morning": (time(0), time(12)),
    "afternoon": (time(12), time(15)),
    "evening": (time(15), time.max),
}
"""The best times to call, as people choose them, by the clock on their wall."""
FOR_BEST_TIME = timedelta(days=3)
"""How much later the next call may be for the sake of somebody's best time."""
FARTHEST = timedelta(days=30)


def next_call(
    tries: int,
    waits: Sequence[int],
    hours: OfficeHours,
    *,
    best: Collection[str],
    tz: ZoneInfo,
    now: datetime,
) -> datetime | None:
    """When to call again after so many calls that reached nobody; None if that was the last one.

    `waits` are the hours after each of them. The call falls into the clinic's open hours, and into
    the person's best times (keys of `PARTS`, in their zone `tz`) if those are near.
    """
    if not 1 <= tries <= len(waits):
        return None
    earliest = _rounded(now + timedelta(hours=waits[tries - 1]))
    parts = [PARTS[each] for each in best if each in PARTS]
    fallback, moment = None, earliest
    while moment < earliest + (FARTHEST if fallback is None else FOR_BEST_TIME):
        if hours.is_open(moment) and hours.is_open(moment + LONG_ENOUGH):
            if _suits(moment.astimezone(tz).time(), parts):
                return moment
            fallback = fallback or moment
        moment += STEP
    return fallback


def _suits(wall: time, parts: Sequence[tuple[time, time]]) -> bool:
    return not parts or any(begins <= wall < ends for begins, ends in parts)


def _rounded(moment: datetime) -> datetime:
    """The next full quarter of an hour."""
    whole = moment.replace(second=0, microsecond=0)
    over = timedelta(minutes=whole.minute % 15)
    return whole if not over and whole == moment else whole - over + STEP
