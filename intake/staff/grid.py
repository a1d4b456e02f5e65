"""Free times against the times a person said suit: the booking grid of a record."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time

from intake.clinic.clinic import Clinic
from intake.core.i18n import day_text, time_text
from intake.scheduling.queries import Diary, slot_key
from intake.scheduling.slots import Slot, nearest
from intake.staff.person import Person
from intake.staff.words import DAYS, PARTS

COLUMNS = 5
NEAREST = 4
"""How many times are offered in place of one that is gone."""

HOURS = {"morning": "until 12", "afternoon": "12 – 3", "evening": "from 3"}
MIDDLES = {"morning": time(10, 30), "afternoon": time(13, 30), "evening": time(16)}
"""Wall times by which a part of the clinic's day is found in a person's own zone."""

Time = tuple[str, str, str]
"""A slot's key, its time, and the whole of it in words."""


@dataclass(frozen=True)
class Cell:
    """One part of one day; `free` when it suits the person."""

    free: bool = False
    times: tuple[Time, ...] = ()
    note: str = ""
    closed: str = ""
    span: int = 1


@dataclass(frozen=True)
class Grid:
    """Days, rows of cells, and the first days of the grids before and after."""

    days: list[tuple[str, str]]
    rows: list[tuple[str, str, list[Cell | None]]]
    earlier: str
    later: str


def booking_grid(
    diary: Diary, person: Person, clinic: Clinic, *, first: date | None, now: datetime
) -> Grid:
    """The free times of a few bookable days, from `first` or today on, in clinic time."""
    bookable = _bookable_days(diary, now.astimezone(clinic.tz).date())
    start = next((i for i, day in enumerate(bookable) if first and day >= first), 0)
    days = bookable[start : start + COLUMNS]
    times = _times(diary, clinic.tz, days, now)
    rows: list[tuple[str, str, list[Cell | None]]] = [
        (
            words,
            HOURS[part],
            [
                _closed(diary.closures[day], part)
                if day in diary.closures
                else _open(times.get((day, part), []), free=_suits(day, part, person, clinic))
                for day in days
            ],
        )
        for part, words in PARTS.items()
    ]
    earlier = bookable[max(0, start - COLUMNS)].isoformat() if start else ""
    later = bookable[start + COLUMNS].isoformat() if start + COLUMNS < len(bookable) else ""
    heads = [
        (format_date(day, "EEE", locale="en"), format_date(day, "MMM d", locale="en"))
        for day in days
    ]
    return Grid(heads, rows, earlier, later)


def nearest_times(diary: Diary, clinic: Clinic, wanted: datetime, *, now: datetime) -> list[Time]:
    """The free times closest to one that is gone."""
    slots = diary.free(now=now, first_day=None, last_day=None)
    return [_time(slot, clinic.tz) for slot in nearest(slots, wanted, NEAREST)]


def _bookable_days(diary: Diary, today: date) -> list[date]:
    """Dates from today to the horizon on whose weekday somebody works, closed ones included."""
    weekdays = {hours.weekday for calendar in diary.calendars.values() for hours in calendar.weekly}
    horizon = range(diary.type.horizon_days + 1)
    days = (today + timedelta(days=number) for number in horizon)
    return [day for day in days if day.weekday() in weekdays]


def _times(
    diary: Diary, tz: ZoneInfo, days: list[date], now: datetime
) -> dict[tuple[date, str], list[Time]]:
    found: dict[tuple[date, str], list[Time]] = defaultdict(list)
    if days:
        for slot in diary.free(now=now, first_day=days[0], last_day=days[-1]):
            starts = slot.starts_at.astimezone(tz)
            found[starts.date(), part_of(starts.time())].append(_time(slot, tz))
    return found


def part_of(wall: time) -> str:
    """The part of the day that a wall time belongs to."""
    if wall < time(12):
        return "morning"
    return "afternoon" if wall < time(15) else "evening"


def _time(slot: Slot, tz: ZoneInfo) -> Time:
    full = f"{day_text(slot.starts_at, tz, 'en')}, {time_text(slot.starts_at, tz, 'en')}"
    short = format_time(slot.starts_at, "h:mm", tzinfo=tz, locale="en")
    return slot_key(slot), short, full


def _closed(label: str, part: str) -> Cell | None:
    """One cell for the whole of a closed day."""
    is_top = part == next(iter(PARTS))
    return Cell(closed=f"Closed {label}", span=len(PARTS)) if is_top else None


def _open(times: list[Time], *, free: bool) -> Cell:
    return Cell(free=free, times=tuple(times), note="" if times else "None left")


def _suits(day: date, part: str, person: Person, clinic: Clinic) -> bool:
    """Whether the middle of this part of the clinic's day is a time the person named."""
    middle = datetime.combine(day, MIDDLES[part], clinic.tz).astimezone(person.zone(clinic))
    weekday = middle.weekday()
    if weekday >= len(DAYS):
        return False
    return f"{list(DAYS)[weekday]}-{part_of(middle.time())}" in person.availability
