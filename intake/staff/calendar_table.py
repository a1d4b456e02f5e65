"""The calendar as a table: a column a day or a provider, a row each half hour of clinic time."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask import url_for

from intake.clinic.clinic import Clinic
from intake.core.i18n import day_text, time_text
from intake.scheduling.bookings import Booking
from intake.scheduling.models import Appointment
from intake.scheduling.queries import Diary, slot_key
from intake.scheduling.slots import Interval, ProviderCalendar, Slot, lies_within_hours, open_times
from intake.staff.person import Person
from intake.staff.words import CHANNELS
from intake.submissions.models import FLAGGED, Submission

HALF_HOUR = timedelta(minutes=30)
ONE_DAY = timedelta(days=1)
USUAL = range(18, 34)
"""Half hours of a day without hours: 9 am to 5 pm."""

ICONS = {"phone": "phone", "video": "video", "in_person": "user"}


@dataclass(frozen=True)
class Event:
    """Something that stands in the calendar; `kind` is how it is drawn."""

    kind: str
    icon: str
    title: str
    small: str
    href: str


@dataclass(frozen=True)
class Cell:
    """A half hour of a column. `shut` are words for a whole column that is closed."""

    is_open: bool = False
    events: Sequence[Event] = ()
    free: Sequence[tuple[str, str, str]] = ()
    shut: str = ""
    span: int = 1

    @property
    def is_free(self) -> bool:
        """Whether the cell says no more than that there is a free time."""
        return bool(self.free) and not self.events


@dataclass(frozen=True)
class Column:
    """A date, or one provider on a date. `note` says what is special about it."""

    day: date
    calendars: Sequence[ProviderCalendar]
    title: str
    head: str
    note: str = ""
    shut: str = ""
    is_today: bool = False


@dataclass(frozen=True)
class Row:
    """One half hour of all columns; None stands below a cell that spans several rows."""

    label: str
    is_half: bool
    cells: Sequence[Cell | None]


Place = tuple[int, int]
"""Number of the column, and half hour of the day."""


def table(
    columns: Sequence[Column],
    bookings: Iterable[Booking],
    diary: Diary,
    clinic: Clinic,
    *,
    names: Mapping[int, str],
    now: datetime,
) -> list[Row]:
    """The rows from the first to the last half hour in which anything is or could be.

    `names` are those of providers by id, shown where a column holds several of them.
    """
    events = _events(columns, list(bookings), clinic, names=names, now=now)
    free = _free(columns, diary, clinic, now=now)
    is_open = set(_open_places(columns, clinic.tz))
    halves = sorted({half for _, half in {*events, *free, *is_open}}) or USUAL
    shown = range(halves[0], halves[-1] + 1)
    busy_columns = {number for number, _ in events}
    return [
        Row(
            label=f"{half // 2 % 12 or 12}:{'30' if half % 2 else '00'}",
            is_half=bool(half % 2),
            cells=[
                _shut(column, half, shown)
                if column.shut and number not in busy_columns
                else Cell(
                    (number, half) in is_open,
                    events.get((number, half), ()),
                    free.get((number, half), ()),
                )
                for number, column in enumerate(columns)
            ],
        )
        for half in shown
    ]


def month_day(day: date) -> str:
    """A date in a few letters, such as "Nov 23"."""
    return format_date(day, "MMM d", locale="en")


def _shut(column: Column, half: int, shown: range) -> Cell | None:
    return Cell(shut=column.shut, span=len(shown)) if half == shown[0] else None


def _half(instant: datetime, tz: ZoneInfo) -> tuple[date, int]:
    local = instant.astimezone(tz)
    return local.date(), local.hour * 2 + local.minute // 30


def _numbers(columns: Sequence[Column], day: date, provider_id: int) -> Iterator[int]:
    """The columns in which something of a provider on a date belongs."""
    for number, column in enumerate(columns):
        if column.day == day and provider_id in {each.provider_id for each in column.calendars}:
            yield number


def _open_places(columns: Sequence[Column], tz: ZoneInfo) -> Iterator[Place]:
    """Every half hour that begins or goes on in the hours of one of a column's providers."""
    for number, column in enumerate(columns):
        for calendar in column.calendars:
            for hours in _open_on(calendar, column.day, tz):
                for day, half in _halves(hours, tz):
                    if day == column.day:
                        yield number, half


def _halves(hours: Interval, tz: ZoneInfo) -> Iterator[tuple[date, int]]:
    instant = hours.start - timedelta(minutes=hours.start.astimezone(tz).minute % 30)
    while instant < hours.end:
        yield _half(instant, tz)
        instant += HALF_HOUR


def _open_on(calendar: ProviderCalendar, day: date, tz: ZoneInfo) -> Iterator[Interval]:
    """What may be open on a date of the clinic's; a provider elsewhere has another date."""
    around = (0,) if calendar.tz == tz else (-1, 0, 1)
    for offset in around:
        yield from open_times(calendar, day + offset * ONE_DAY)


def _free(
    columns: Sequence[Column], diary: Diary, clinic: Clinic, *, now: datetime
) -> dict[Place, list[tuple[str, str, str]]]:
    """Free times by place. Of several providers free at once, the one whose turn it is."""
    found: dict[Place, list[tuple[str, str, str]]] = defaultdict(list)
    for number, column in enumerate(columns):
        calendars = {each.provider_id: each for each in column.calendars}
        for slot in replace(diary, calendars=calendars).free(
            now=now, first_day=column.day - ONE_DAY, last_day=column.day + ONE_DAY
        ):
            day, half = _half(slot.starts_at, clinic.tz)
            if day == column.day:
                found[number, half].append(_time(slot, clinic.tz))
    return found


def _time(slot: Slot, tz: ZoneInfo) -> tuple[str, str, str]:
    words = time_text(slot.starts_at, tz, "en")
    return slot_key(slot), words, f"{day_text(slot.starts_at, tz, 'en')}, {words}"


def _events(
    columns: Sequence[Column],
    bookings: Sequence[Booking],
    clinic: Clinic,
    *,
    names: Mapping[int, str],
    now: datetime,
) -> dict[Place, list[Event]]:
    found: dict[Place, list[Event]] = defaultdict(list)
    for submission, appointment in bookings:
        day, half = _half(appointment.starts_at, clinic.tz)
        for number in _numbers(columns, day, appointment.provider_id):
            calendars = {each.provider_id: each for each in columns[number].calendars}
            name = names.get(appointment.provider_id, "") if len(calendars) > 1 else ""
            calendar = calendars[appointment.provider_id]
            event = _event(submission, appointment, calendar, clinic, provider=name, now=now)
            found[number, half].append(event)
    return found


def _event(
    submission: Submission,
    appointment: Appointment,
    calendar: ProviderCalendar,
    clinic: Clinic,
    *,
    provider: str,
    now: datetime,
) -> Event:
    kind, icon, state = _state(appointment, calendar, clinic.tz, now)
    time_words = time_text(appointment.starts_at, clinic.tz, "en")
    is_hidden = submission.is_draft and submission.level_rank < FLAGGED
    return Event(
        kind=kind,
        icon=icon,
        title="Somebody filling in the form" if is_hidden else Person(submission).name,
        small=", ".join(word for word in (time_words, provider, state) if word),
        href="" if is_hidden else url_for("staff.show", submission_id=submission.id),
    )


OVER = {"held": ("past", "done", "held"), "no_show": ("past", "x", "no-show")}
ASKED_FOR = ("hold", "clock", "asked for, not confirmed")
TO_WRITE_DOWN = ("todo", "alert", "result not written down")


def _state(
    appointment: Appointment, calendar: ProviderCalendar, tz: ZoneInfo, now: datetime
) -> tuple[str, str, str]:
    """How an appointment is drawn, its icon, and a word on its state."""
    if appointment.status in OVER:
        return OVER[appointment.status]
    if appointment.hold_expires_at is not None:
        return "hold", "clock", f"kept until {time_text(appointment.hold_expires_at, tz, 'en')}"
    how = CHANNELS.get(appointment.channel, "").lower()
    if appointment.ends_at <= now:
        return TO_WRITE_DOWN
    if not lies_within_hours(calendar, Interval(appointment.starts_at, appointment.ends_at)):
        return "todo", "alert", f"{how}, outside the hours"
    if appointment.status == "pending":
        return ASKED_FOR
    return "", ICONS.get(appointment.channel, "phone"), how


def clock_span(first: date, last: date, tz: ZoneInfo) -> tuple[datetime, datetime]:
    """The instants at which the first date begins and the last one ends in a zone."""
    start = datetime.combine(first, time(), tz).astimezone(UTC)
    return start, datetime.combine(last + ONE_DAY, time(), tz).astimezone(UTC)
