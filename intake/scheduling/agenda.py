"""Reading what stands in the calendars, and what no longer fits into them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Select, select

from intake.clinic.models import Closure
from intake.core.db import db, is_one_of
from intake.scheduling.bookings import Booking
from intake.scheduling.models import LIVE, Appointment, Provider
from intake.scheduling.queries import blocks
from intake.scheduling.slots import Interval, ProviderCalendar, lies_within_hours
from intake.submissions.models import Submission

BY_STAFF = "Put outside the hours by staff"

LONGEST = timedelta(days=1)
"""No appointment blocks more, so that a calendar of long ago is not read to the present."""


@dataclass(frozen=True)
class Misplaced:
    """An appointment ahead that the hours would not allow, and why not."""

    submission: Submission
    appointment: Appointment
    provider: str
    why: str


def agenda(
    start: datetime, end: datetime, *, now: datetime, provider_id: int | None = None
) -> list[Booking]:
    """All appointments and holds that begin between two instants, in time order."""
    query = (
        _with_submission()
        .where(blocks(now))
        .where(Appointment.blocked_until > start, Appointment.blocked_until < end + LONGEST)
        .where(Appointment.starts_at >= start, Appointment.starts_at < end)
    )
    if provider_id is not None:
        query = query.where(Appointment.provider_id == provider_id)
    return _rows(query)


def misplaced(*, now: datetime) -> list[Misplaced]:
    """Appointments ahead on closed dates or outside their provider's hours, in time order."""
    rows = _rows(
        _with_submission()
        .where(Appointment.blocked_until > now, Appointment.starts_at > now)
        .where(is_one_of(Appointment.status, LIVE))
    )
    providers = {each.id: each for each in db.session.scalars(select(Provider))}
    closures = {row.day: row.label for row in db.session.scalars(select(Closure))}
    calendars = {each.id: each.calendar(frozenset(closures)) for each in providers.values()}
    found = []
    for submission, appointment in rows:
        provider = providers[appointment.provider_id]
        why = _why_not(appointment, provider, calendars[provider.id], closures)
        if why:
            found.append(Misplaced(submission, appointment, provider.name, why))
    return found


def why_misplaced(appointment: Appointment) -> str:
    """Why a call cannot stand where it is, or was: its time may have been closed since.

    "" if the hours allow it, or never did and staff had put it there.
    """
    provider = db.session.get_one(Provider, appointment.provider_id)
    closures = {row.day: row.label for row in db.session.scalars(select(Closure))}
    calendar = provider.calendar(frozenset(closures))
    why = _why_not(appointment, provider, calendar, closures)
    return "" if why == BY_STAFF else why


def _why_not(
    appointment: Appointment,
    provider: Provider,
    calendar: ProviderCalendar,
    closures: Mapping[date, str],
) -> str:
    """Why the hours would not allow an appointment, in words; "" if they do."""
    day = appointment.starts_at.astimezone(calendar.tz).date()
    if day in closures:
        return f"Closed: {closures[day]}"
    if not provider.active:
        return f"{provider.name} takes no calls any more"
    if lies_within_hours(calendar, Interval(appointment.starts_at, appointment.ends_at)):
        return ""
    if day in calendar.exceptions:
        label = next((each.label for each in provider.dated if each.day == day), "")
        state = "works other hours" if calendar.exceptions[day] else "is away"
        return f"{provider.name} {state}" + (f": {label}" if label else "")
    return BY_STAFF if appointment.outside_hours else "Outside the hours"


def _with_submission() -> Select[Submission, Appointment]:
    return select(Submission, Appointment).join(
        Appointment, Appointment.submission_id == Submission.id
    )


def _rows(query: Select[Submission, Appointment]) -> list[Booking]:
    found = db.session.execute(query.order_by(Appointment.starts_at, Appointment.provider_id))
    return [(row.Submission, row.Appointment) for row in found]
