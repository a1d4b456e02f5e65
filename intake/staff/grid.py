"""Free times against the times a person said suit: the booking grid of a record."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time

from intake.clinic.clinic import Clinic
from intake.core.i18n import day_text, time_text
from intake.scheduling.bookings import provider_names
from intake.scheduling.models import Appointment
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


class Time(NamedTuple):
    """A slot to click on: its key, its time, the whole of it in words, and with whom.

    `who` is empty where it is whom most times are with, `is_now` marks the call as it stands.
    """

    key: str
    short: str
    full: str
    who: str = ""
    is_now: bool = False


@dataclass(frozen=True)
class Cell:
    """One part of one day; `free` when it suits the person."""

    free: bool = False
    times: tuple[Time, ...] = ()
    note: str = ""
    closed: str = ""
    span: int = 1


NOON = time(12)
ENDS = {"morning": NOON, "afternoon": time(15)}
"""When parts of the day end; the last one ends with the day."""
FULL = Cell(note="None left")
TOO_SOON = Cell(note="Too soon")
"""Of a part of a day that is over before the notice we need has passed."""


@dataclass(frozen=True)
class Grid:
    """Days, rows of cells, and the first days of the grids before and after.

    `who` is whom most of its times are with; the others name somebody else.
    """

    days: list[tuple[str, str]]
    rows: list[tuple[str, str, list[Cell | None]]]
    earlier: str
    later: str
    who: str

    @property
    def is_mixed(self) -> bool:
        """Whether some times are with somebody else."""
        cells = (cell for *_, row in self.rows for cell in row if cell is not None)
        return any(time.who for cell in cells for time in cell.times)


def booking_grid(
    diary: Diary,
    person: Person,
    clinic: Clinic,
    *,
    first: date | None,
    call: Appointment | None,
    now: datetime,
) -> Grid:
    """The free times of a few bookable days, in clinic time: from `first` on, or from the next day
    that has any.

    `call` is the person's own as it stands: it stays with its provider where they are free.
    """
    bookable = _bookable_days(diary, now.astimezone(clinic.tz).date())
    start = _start(bookable, diary, clinic, first=first, now=now)
    days = bookable[start : start + COLUMNS]
    slots = _offered(diary, call, days[0], days[-1], now) if days else []
    most = _most(slots)
    names = provider_names() if slots else {}
    others = {each: name for each, name in names.items() if each != most}
    cells = _cells(slots, person, clinic, call=call, names=others)
    rows = [
        (words, HOURS[part], [_cell(day, part, cells, diary, clinic, now=now) for day in days])
        for part, words in PARTS.items()
    ]
    # Before the next free day there is nothing to choose from.
    earlier = bookable[max(0, start - COLUMNS)].isoformat() if start and first else ""
    later = bookable[start + COLUMNS].isoformat() if start + COLUMNS < len(bookable) else ""
    return Grid([_head(day) for day in days], rows, earlier, later, names.get(most, ""))


def _head(day: date) -> tuple[str, str]:
    """The words over a column: "Tue", "Nov 24"."""
    return format_date(day, "EEE", locale="en"), format_date(day, "MMM d", locale="en")


def _cell(
    day: date,
    part: str,
    cells: Mapping[tuple[date, str], Cell],
    diary: Diary,
    clinic: Clinic,
    *,
    now: datetime,
) -> Cell | None:
    """A part of a day: closed, with its times, or why there are none."""
    if day in diary.closures:
        return _closed(diary.closures[day], part)
    return cells.get((day, part)) or _without_times(day, part, diary, clinic, now=now)


def _start(
    bookable: list[date], diary: Diary, clinic: Clinic, *, first: date | None, now: datetime
) -> int:
    """The place of the day that was asked for, or of the next one that has free times."""
    if first is None:
        return _next_free(bookable, diary, clinic, now=now)
    return next((place for place, day in enumerate(bookable) if day >= first), 0)


def _next_free(bookable: list[date], diary: Diary, clinic: Clinic, *, now: datetime) -> int:
    """The place of the first of the next few days that has free times; 0 if none has."""
    soon = bookable[:COLUMNS]
    free = diary.free(now=now, first_day=soon[0], last_day=soon[-1]) if soon else []
    if not free:
        return 0
    first = free[0].starts_at.astimezone(clinic.tz).date()
    return max(0, bisect_right(soon, first) - 1)


def nearest_times(diary: Diary, clinic: Clinic, wanted: datetime, *, now: datetime) -> list[Time]:
    """The free times closest to one that is gone."""
    slots = nearest(diary.free(now=now, first_day=None, last_day=None), wanted, NEAREST)
    return [_time(slot, clinic.tz, _names(slots)) for slot in slots]


def _offered(
    diary: Diary, call: Appointment | None, first: date, last: date, now: datetime
) -> list[Slot]:
    """The free times as a click books them."""
    slots = diary.free(now=now, first_day=first, last_day=last)
    if call is None or call.status != "booked" or call.provider_id not in diary.calendars:
        return slots
    rather = replace(diary, calendars={call.provider_id: diary.calendars[call.provider_id]})
    theirs = rather.free(now=now, first_day=first, last_day=last)
    own = {slot.starts_at: slot for slot in theirs}
    return [own.get(slot.starts_at, slot) for slot in slots]


def _most(slots: Iterable[Slot]) -> int:
    """With whom most of the times are; 0 if there are none."""
    counted = Counter(slot.provider_id for slot in slots)
    return min(counted, key=lambda each: (-counted[each], each), default=0)


def _names(slots: Iterable[Slot]) -> dict[int, str]:
    """With whom each of several times is, where that is not the same for all."""
    return provider_names() if len({slot.provider_id for slot in slots}) > 1 else {}


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


def _cells(
    slots: list[Slot],
    person: Person,
    clinic: Clinic,
    *,
    call: Appointment | None,
    names: dict[int, str],
) -> dict[tuple[date, str], Cell]:
    """Slots by local date and part of the day."""
    found: dict[tuple[date, str], list[Slot]] = defaultdict(list)
    for slot in slots:
        starts = slot.starts_at.astimezone(clinic.tz)
        found[starts.date(), part_of(starts.time())].append(slot)
    zone = person.zone(clinic)
    return {
        place: Cell(
            free=any(_suits(slot, person, zone) for slot in each),
            times=tuple(_time(slot, clinic.tz, names, call=call) for slot in each),
        )
        for place, each in found.items()
    }


def _without_times(day: date, part: str, diary: Diary, clinic: Clinic, *, now: datetime) -> Cell:
    """A part of a day in which nothing can be booked, and why."""
    soonest = (now + diary.type.rules.min_notice).astimezone(clinic.tz)
    windows = [each for calendar in diary.calendars.values() for each in calendar.windows_on(day)]
    closes = max((end if end != time.min else time.max for _start, end in windows), default=NOON)
    ends = min(ENDS.get(part, closes), closes)
    return TOO_SOON if datetime.combine(day, ends, clinic.tz) <= soonest else FULL


def part_of(wall: time) -> str:
    """The part of the day that a wall time belongs to."""
    return next((part for part, end in ENDS.items() if wall < end), "evening")


def _time(
    slot: Slot, tz: ZoneInfo, names: dict[int, str], *, call: Appointment | None = None
) -> Time:
    name = names.get(slot.provider_id, "")
    full = f"{day_text(slot.starts_at, tz, 'en')}, {time_text(slot.starts_at, tz, 'en')}"
    short = format_time(slot.starts_at, "h:mm", tzinfo=tz, locale="en")
    full += f", with {name}" if name else ""
    is_now = call is not None and call.status == "booked" and call.starts_at == slot.starts_at
    who = name.rsplit(maxsplit=1)[-1] if name.strip() else ""
    return Time(slot_key(slot), short, full, who, is_now)


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
