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
DAY_BEGINS, DAY_ENDS = time(9), time(17)
"""Wall times between which people were asked when they can talk."""

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


FULL = Cell(note="None left")


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
    slots = diary.free(now=now, first_day=days[0], last_day=days[-1]) if days else []
    cells = _cells(slots, person, clinic)
    rows: list[tuple[str, str, list[Cell | None]]] = [
        (
            words,
            HOURS[part],
            [
                _closed(diary.closures[day], part)
                if day in diary.closures
                else cells.get((day, part), FULL)
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
    """Dates from today to the horizon on which somebody works, or would if we were not closed."""
    calendars = diary.calendars.values()
    weekdays = {hours.weekday for calendar in calendars for hours in calendar.weekly}
    horizon = range(diary.type.rules.horizon_days + 1)
    days = (today + timedelta(days=number) for number in horizon)
    return [
        day
        for day in days
        if day.weekday() in weekdays or any(each.windows_on(day) for each in calendars)
    ]


def _cells(slots: list[Slot], person: Person, clinic: Clinic) -> dict[tuple[date, str], Cell]:
    """Slots by local date and part of the day."""
    found: dict[tuple[date, str], list[Slot]] = defaultdict(list)
    for slot in slots:
        starts = slot.starts_at.astimezone(clinic.tz)
        found[starts.date(), part_of(starts.time())].append(slot)
    zone = person.zone(clinic)
    return {
        place: Cell(
            free=any(_suits(slot, person, zone) for slot in each),
            times=tuple(_time(slot, clinic.tz) for slot in each),
        )
        for place, each in found.items()
    }


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


def _suits(slot: Slot, person: Person, zone: ZoneInfo) -> bool:
    """Whether a slot begins, on the person's own clock, in a part of the week they named."""
    starts = slot.starts_at.astimezone(zone)
    if starts.weekday() >= len(DAYS) or not DAY_BEGINS <= starts.time() < DAY_ENDS:
        return False
    return f"{list(DAYS)[starts.weekday()]}-{part_of(starts.time())}" in person.availability
