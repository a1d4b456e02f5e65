"""What became of a made-up request: calls, appointment, end. Pure, by chance."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from intake.scheduling.slots import Slot

OVER = ("held", "no_show", "closed", "withdrawn")
OVER_SHARES = (54, 8, 32, 6)
WAITING = ("new", "contacting", "booked", "quarantined")
WAITING_SHARES = (40, 32, 24, 4)
CLOSED_FOR = ("not_reached", "not_interested", "elsewhere", "not_suitable", "other")
CLOSED_SHARES = (45, 25, 12, 10, 8)
NOT_REACHED = ("no_answer", "voicemail")
WITH_CALL = ("held", "no_show", "booked")


@dataclass(kw_only=True)
class Course:
    """The course of one request. Times are instants."""

    status: str
    sent_at: datetime
    ends_at: datetime
    """When it was dealt with last; for one that waits, the time of the last call."""
    tries: list[tuple[datetime, str]] = field(default_factory=list)
    """When staff called, and what came of it."""
    slot: Slot | None = None
    booked_at: datetime | None = None
    closed_for: str = ""
    call_at: datetime | None = None
    """When to call next."""


def over(chance: Random, slot: Slot) -> Course:
    """A request that is over; `slot` is the time of its call, if it came to one."""
    sent_at = slot.starts_at - timedelta(minutes=chance.randrange(1_440, 6 * 1_440))
    status = chance.choices(OVER, OVER_SHARES)[0]
    course = Course(status=status, sent_at=sent_at, ends_at=slot.starts_at)
    if status in WITH_CALL:
        _book(course, chance, slot)
        course.ends_at = slot.ends_at + timedelta(minutes=chance.randrange(1, 90))
    elif status == "closed":
        course.closed_for = chance.choices(CLOSED_FOR, CLOSED_SHARES)[0]
        _call(course, chance, 4 if course.closed_for == "not_reached" else chance.randrange(2))
        if course.closed_for == "not_interested":
            course.tries.append((_between(course, chance), "not_interested"))
    return course


def waiting(chance: Random, now: datetime, *, age: timedelta, ahead: Sequence[Slot]) -> Course:
    """A recent request, sent so long ago; `ahead` holds the time kept for it, if there is one."""
    sent_at = now - age
    status = chance.choices(WAITING, WAITING_SHARES)[0]
    if status == "booked" and not ahead:
        status = "new"
    course = Course(status=status, sent_at=sent_at, ends_at=sent_at)
    if status == "booked":
        _book(course, chance, ahead[0], by=now)
    if status == "contacting":
        course.ends_at = now
        _call(course, chance, chance.choice((1, 1, 2)))
        course.ends_at = course.tries[-1][0]
        course.call_at = course.ends_at + timedelta(hours=chance.choice((4, 24)))
    return course


def _book(course: Course, chance: Random, slot: Slot, by: datetime | None = None) -> None:
    course.slot = slot
    latest = (by or slot.starts_at) - course.sent_at
    course.booked_at = course.sent_at + latest * chance.uniform(0.05, 0.6)
    course.ends_at = course.booked_at
    if chance.random() < 0.3:
        course.tries = [(course.sent_at + latest * 0.02, chance.choice(NOT_REACHED))]
    course.tries.append((course.booked_at, "booked"))


def _call(course: Course, chance: Random, number: int) -> None:
    """Calls that reached nobody, between sending and the end."""
    span = (course.ends_at - course.sent_at) / (number + 1)
    course.tries = [
        (course.sent_at + span * (each + 1), chance.choice(NOT_REACHED)) for each in range(number)
    ]


def _between(course: Course, chance: Random) -> datetime:
    after = course.tries[-1][0] if course.tries else course.sent_at
    return after + (course.ends_at - after) * chance.uniform(0.2, 0.9)
