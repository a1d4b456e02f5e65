"""Reading calendars: free slots, and a submission's appointment."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import and_, func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from intake.core.db import db
from intake.scheduling.models import BLOCKING, Appointment, Closure, ConsultationType, Provider
from intake.scheduling.slots import Interval, ProviderCalendar, Slot, first_available


@dataclass(frozen=True)
class Diary:
    """Everything the slot rules need, read once: type, calendars, closures, and what is taken."""

    type: ConsultationType
    calendars: dict[int, ProviderCalendar]
    closures: dict[date, str]
    busy: dict[int, list[Interval]]
    booked_per_day: dict[int, dict[date, int]]

    def free(self, *, now: datetime, first_day: date | None, last_day: date | None) -> list[Slot]:
        """Free slots of all providers in time order, by local dates."""
        return first_available(
            self.calendars.values(),
            self.type.rules,
            busy=self.busy,
            now=now,
            first_day=first_day,
            last_day=last_day,
            booked_per_day=self.booked_per_day,
        )


def consultation_type() -> ConsultationType:
    """The type of the free consultation."""
    return db.session.scalars(select(ConsultationType).order_by(ConsultationType.id)).first() or (
        _not_set_up()
    )


def _not_set_up() -> ConsultationType:
    raise LookupError("there is no consultation type yet; run: flask --app wsgi clinic setup")


def closures_from(first_day: date) -> dict[date, str]:
    """The clinic's closed dates from a day on, with their words."""
    rows = db.session.scalars(select(Closure).where(Closure.day >= first_day).order_by(Closure.day))
    return {row.day: row.label for row in rows}


def diary(*, now: datetime, without: UUID | None = None) -> Diary:
    """The diary from now to the booking horizon.

    `without` leaves out what is kept for one submission, so that its own time counts as free.
    """
    kind = consultation_type()
    closures = closures_from((now - timedelta(days=1)).date())
    providers = db.session.scalars(select(Provider).where(Provider.active)).all()
    closed = frozenset(closures)
    calendars = {provider.id: provider.calendar(closed) for provider in providers}
    taken = _taken(now, kind, without)
    busy: dict[int, list[Interval]] = defaultdict(list)
    per_day: dict[int, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for provider_id, starts_at, blocked_from, blocked_until in taken:
        busy[provider_id].append(Interval(blocked_from, blocked_until))
        if provider_id in calendars:
            per_day[provider_id][starts_at.astimezone(calendars[provider_id].tz).date()] += 1
    return Diary(kind, calendars, closures, busy, per_day)


def _taken(
    now: datetime, kind: ConsultationType, without: UUID | None
) -> Sequence[tuple[int, datetime, datetime, datetime]]:
    query = (
        select(
            Appointment.provider_id,
            Appointment.starts_at,
            Appointment.blocked_from,
            Appointment.blocked_until,
        )
        .where(blocks(now))
        # from the start of the local day in any zone, so that caps count today's earlier ones
        .where(Appointment.blocked_until > now - timedelta(days=1))
        .where(Appointment.blocked_from < now + timedelta(days=kind.horizon_days + 2))
    )
    if without is not None:
        query = query.where(Appointment.submission_id != without)
    return db.session.execute(query).all()


def blocks(now: datetime) -> ColumnElement[bool]:
    """The condition under which an appointment keeps its time; an expired hold does not."""
    expired = and_(Appointment.status == "hold", Appointment.hold_expires_at <= now)
    return and_(Appointment.status.in_(BLOCKING), ~func.coalesce(expired, False))


def kept_for(submission_id: UUID) -> Appointment | None:
    """The hold or live appointment of a submission, if there is one."""
    statuses = ("hold", "pending", "booked")
    return db.session.scalar(
        select(Appointment)
        .where(Appointment.submission_id == submission_id)
        .where(or_(Appointment.status.in_(statuses)))
    )


def kept_for_all(submission_ids: Sequence[UUID]) -> dict[UUID, Appointment]:
    """Live appointments of several submissions by submission id, in one statement."""
    rows = db.session.scalars(
        select(Appointment)
        .where(Appointment.submission_id.in_(submission_ids))
        .where(Appointment.status.in_(("pending", "booked")))
    )
    return {row.submission_id: row for row in rows}


def slot_key(slot: Slot) -> str:
    """How a form names a slot: provider and UTC minute, such as "1-202612031530"."""
    return f"{slot.provider_id}-{slot.starts_at:%Y%m%d%H%M}"


def read_slot_key(key: str) -> tuple[int, datetime] | None:
    """Provider id and start of a slot's name, or None if it is not one."""
    provider, _, start = key.partition("-")
    if not (provider.isascii() and provider.isdigit() and len(provider) < 10 and len(start) == 12):
        return None
    try:
        return int(provider), datetime.strptime(start, "%Y%m%d%H%M").replace(tzinfo=UTC)
    except ValueError:
        return None


def provider_zone(provider_id: int) -> ZoneInfo:
    """The zone of a provider's calendar."""
    provider = db.session.get_one(Provider, provider_id)
    return ZoneInfo(provider.time_zone)
