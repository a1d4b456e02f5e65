"""The calendar of a week or a day: what is booked, asked for, kept, free and closed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from babel.dates import format_date
from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from intake.accounts.permissions import Permission
from intake.clinic.clinic import Clinic
from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.db import db
from intake.core.i18n import zone_text
from intake.scheduling.agenda import agenda, misplaced
from intake.scheduling.bookings import Booking
from intake.scheduling.models import Provider
from intake.scheduling.queries import Diary, diary
from intake.scheduling.slots import ProviderCalendar
from intake.staff.calendar_table import Column, Row, clock_span, month_day, table
from intake.staff.guard import blueprint, requires, shows, staff_user
from intake.staff.person import Person
from intake.submissions.models import Submission
from intake.submissions.queries import for_staff

ONE_DAY = timedelta(days=1)
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)
"""Dates outside of these are typed by nobody who looks for a call."""


@dataclass(frozen=True)
class Asked:
    """What a request for the calendar names; `booking` is whom a time is chosen for."""

    day: date
    is_day: bool
    provider_id: int | None
    booking: Submission | None

    @property
    def first(self) -> date:
        """The first date shown."""
        return self.day if self.is_day else self.day - self.day.weekday() * ONE_DAY

    def href(self, **changes: object) -> str:
        """The address of the same calendar with other words."""
        words: dict[str, object] = {
            "on": self.day.isoformat(),
            "view": "day" if self.is_day else None,
            "provider": self.provider_id,
            "book": self.booking.id if self.booking else None,
        }
        return url_for("staff.calendar", **(words | changes))  # type: ignore[arg-type]


@blueprint.get("/calendar")
@requires(Permission.SEE_QUEUE)
@shows("calendar viewed")
def calendar() -> ResponseReturnValue:
    """A week, or one day with a column for each provider."""
    clinic, now = current_clinic(), clock.now()
    today = now.astimezone(clinic.tz).date()
    asked = _asked(today)
    providers = list(db.session.scalars(select(Provider).order_by(Provider.id)))
    shown = [each for each in providers if asked.provider_id in (None, each.id)]
    without = asked.booking.id if asked.booking else None
    free = diary(now=now, without=without)
    columns = _columns(asked, shown, free, clinic, today=today)
    bookings = agenda(
        *clock_span(columns[0].day, columns[-1].day, clinic.tz),
        now=now,
        provider_id=asked.provider_id,
    )
    rows = table(columns, bookings, free, clinic, names=_short_names(providers), now=now)
    return render_template(
        "staff/calendar.html",
        asked=asked,
        title=_title(asked, columns),
        line=_line(rows, bookings, clinic, is_choice=asked.booking is not None),
        columns=columns,
        rows=rows,
        person=Person(asked.booking) if asked.booking else None,
        views=_views(asked),
        choices=_choices(asked, providers),
        steps=_steps(asked, today),
        to_move=len(misplaced(now=now)),
        day_href=lambda day: asked.href(on=day.isoformat(), view="day"),
    )


def _asked(today: date) -> Asked:
    provider = request.args.get("provider", "")
    is_number = provider.isascii() and provider.isdigit() and len(provider) < 10
    return Asked(
        day=_date(request.args.get("on", ""), today),
        is_day=request.args.get("view") == "day",
        provider_id=int(provider) if is_number else None,
        booking=_whom(request.args.get("book", "")),
    )


def _date(text: str, today: date) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today
    return day if EARLIEST <= day <= LATEST else today


def _whom(text: str) -> Submission | None:
    """The submission a time is chosen for; 404 for one that is not there or not ours to see."""
    if not text:
        return None
    if not staff_user().may(Permission.BOOK):
        abort(403)
    try:
        return for_staff(UUID(text)) or abort(404)
    except ValueError:
        abort(404)


def _columns(
    asked: Asked, providers: Sequence[Provider], free: Diary, clinic: Clinic, *, today: date
) -> list[Column]:
    closed = frozenset(free.closures)
    calendars = {each.id: each.calendar(closed) for each in providers}
    if asked.is_day:
        there = [each for each in providers if each.active or each.id == asked.provider_id]
        return [
            _column(asked.day, [calendars[each.id]], free, today, title=each.name, notes=[each])
            for each in there or providers
        ]
    days = [asked.first + number * ONE_DAY for number in range(7)]
    weekend = [day for day in days[5:] if any(c.windows_on(day) for c in calendars.values())]
    return [
        _column(day, list(calendars.values()), free, today, title="", notes=providers)
        for day in (*days[:5], *days[5:])
        if day.weekday() < 5 or weekend
    ]


def _column(
    day: date,
    calendars: Sequence[ProviderCalendar],
    free: Diary,
    today: date,
    *,
    title: str,
    notes: Sequence[Provider],
) -> Column:
    label = free.closures.get(day, "")
    return Column(
        day=day,
        calendars=calendars,
        title=title or format_date(day, "EEE", locale="en"),
        head="" if title else month_day(day),
        note=f"Closed: {label}" if label else "; ".join(_away(notes, day)),
        shut=f"Closed {label}" if label else "",
        is_today=day == today,
    )


def _away(providers: Sequence[Provider], day: date) -> list[str]:
    """Who is away or works other hours on a date."""
    return [
        f"{_short(provider.name)} {'other hours' if each.windows else 'away'}"
        + (f" ({each.label})" if each.label else "")
        for provider in providers
        for each in provider.dated
        if each.day == day
    ]


def _short(name: str) -> str:
    return name.rsplit(maxsplit=1)[-1] if name.strip() else name


def _short_names(providers: Sequence[Provider]) -> dict[int, str]:
    """Last names by id; whole names where two have the same one."""
    lasts = [_short(each.name) for each in providers]
    return {
        each.id: each.name if lasts.count(_short(each.name)) > 1 else _short(each.name)
        for each in providers
    }


def _title(asked: Asked, columns: Sequence[Column]) -> str:
    first, last = columns[0].day, columns[-1].day
    if asked.is_day:
        return format_date(first, "EEEE, MMMM d, y", locale="en")
    start, end = (
        format_date(day, pattern, locale="en")
        for day, pattern in ((first, "MMMM d"), (last, "MMMM d, y"))
    )
    return f"{start} – {end}"


def _line(
    rows: Sequence[Row], bookings: Sequence[Booking], clinic: Clinic, *, is_choice: bool
) -> str:
    """How much there is of everything, and in which zone."""
    states = [appointment.status for _, appointment in bookings]
    cells = [cell for row in rows for cell in row.cells if cell]
    # as they are drawn: every time that can be chosen, or one word in a cell with nothing else
    free = sum(len(each.free) if is_choice else each.is_free for each in cells)
    counts = [
        (sum(state in ("booked", "held", "no_show") for state in states), "booked"),
        (states.count("pending"), "asked for"),
        (sum(state in ("hold", "offer") for state in states), "kept"),
        (free, "free"),
    ]
    words = ", ".join(f"{count} {word}" for count, word in counts if count or word == "booked")
    return f"{words}. {zone_text(clinic.tz, 'en')}."


def _views(asked: Asked) -> list[dict[str, object]]:
    return [
        {"label": "Week", "href": asked.href(view=None), "current": not asked.is_day},
        {"label": "Day", "href": asked.href(view="day"), "current": asked.is_day},
    ]


def _choices(asked: Asked, providers: Sequence[Provider]) -> list[dict[str, object]]:
    """Everybody's calendar or one provider's; nothing to choose where there is only one."""
    if len(providers) < 2:
        return []
    everybody = {
        "label": "Everybody",
        "href": asked.href(provider=None),
        "current": not asked.provider_id,
    }
    return [
        everybody,
        *(
            {
                "label": each.name,
                "href": asked.href(provider=each.id),
                "current": each.id == asked.provider_id,
            }
            for each in providers
        ),
    ]


def _steps(asked: Asked, today: date) -> dict[str, str]:
    """Addresses of the time before, of today and of the time after."""
    step = ONE_DAY if asked.is_day else 7 * ONE_DAY
    near = {"earlier": asked.first - step, "today": today, "later": asked.first + step}
    return {name: asked.href(on=day.isoformat()) for name, day in near.items()}
