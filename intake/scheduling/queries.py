"""Reading calendars: free slots, and a submission's appointment."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Uuid, and_, bindparam, func, select
from sqlalchemy.sql.elements import BindParameter, ColumnElement

from intake.clinic.models import Closure
from intake.core.db import UTCDateTime, db, is_one_of, unwatched
from intake.core.remember import remembered
from intake.scheduling.models import (
    BLOCKING,
    EXPIRING,
    LIVE,
    Appointment,
    ConsultationType,
    Provider,
)
from intake.scheduling.slots import Interval, ProviderCalendar, Rules, Slot, first_available

NOBODY = UUID(int=0)
"""The id of no submission."""
ITS_DAY = timedelta(days=2)
"""The local day of an instant lies, in any zone, within this time before and after it."""
SLOT_NAME = re.compile(r"([0-9]{1,9})-(2[01][0-9]{10})")
"""Provider and UTC minute. Years 2000 to 2199: at the ends of time, local times overflow."""
KEPT = ("hold", "pending", "booked")
"""Statuses of an appointment that is still ahead for its submission."""

# Made once, as pages ask them all day: making a statement takes longer than asking it. A foreign
# key has no type before both tables are imported, so what is compared with it names its own.
_ITS_CALL = (
    Appointment.submission_id == bindparam("submission_id", type_=Uuid()),
    is_one_of(Appointment.status, KEPT),
)
KEPT_FOR = select(Appointment).where(*_ITS_CALL)
SEEN_FOR = select(Appointment.__table__).where(*_ITS_CALL)


@dataclass(frozen=True)
class Kind:
    """How the free consultation is booked."""

    id: int
    minutes: int
    rules: Rules
    mode: str
    person_cap: int | None
    change_notice: timedelta
    most_moves: int
    channels: tuple[str, ...]
    """How people can choose to meet."""


@dataclass(frozen=True)
class Timetable:
    """When providers see people, apart from what is taken."""

    type: Kind
    calendars: dict[int, ProviderCalendar]
    closures: dict[date, str]


@dataclass(frozen=True)
class Diary(Timetable):
    """Everything the slot rules need: the timetable and what is taken."""

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


def timetable() -> Timetable:
    """Hours, closures and rules, at most a few seconds old."""
    return remembered("timetable", _load_timetable)


def _load_timetable() -> Timetable:
    kind = db.session.scalars(select(ConsultationType).order_by(ConsultationType.id)).first()
    if kind is None:
        raise LookupError("there is no consultation type; run: flask --app wsgi clinic setup")
    closures = {row.day: row.label for row in db.session.scalars(select(Closure))}
    providers = db.session.scalars(select(Provider).where(Provider.active)).all()
    calendars = {each.id: each.calendar(frozenset(closures)) for each in providers}
    return Timetable(_kind(kind), calendars, closures)


def _kind(row: ConsultationType) -> Kind:
    return Kind(
        id=row.id,
        minutes=row.minutes,
        rules=row.rules,
        mode=row.mode,
        person_cap=row.person_cap,
        change_notice=timedelta(minutes=row.change_notice),
        most_moves=row.most_moves,
        channels=tuple(row.channels),
    )


def diary(*, now: datetime, without: UUID | None = None, around: datetime | None = None) -> Diary:
    """The diary from now to the booking horizon, or of the days around an instant only.

    `without` leaves out what is kept for one submission, so that its own time counts as free.
    """
    table = timetable()
    busy: dict[int, list[Interval]] = defaultdict(list)
    per_day: dict[int, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    horizon = timedelta(days=table.type.rules.horizon_days)
    first, last = (now, now + horizon) if around is None else (around, around)
    taken = _taken(now, first - ITS_DAY, last + ITS_DAY, without)
    for provider_id, starts_at, blocked_from, blocked_until in taken:
        busy[provider_id].append(Interval(blocked_from, blocked_until))
        if provider_id in table.calendars:
            local = starts_at.astimezone(table.calendars[provider_id].tz)
            per_day[provider_id][local.date()] += 1
    return Diary(table.type, table.calendars, table.closures, busy, per_day)


def _taken(
    now: datetime, since: datetime, until: datetime, without: UUID | None
) -> Sequence[tuple[int, datetime, datetime, datetime]]:
    parameters = {"now": now, "since": since, "until": until, "without": without or NOBODY}
    return db.session.execute(TAKEN, parameters).all()


def blocks(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """The condition under which an appointment keeps its time; what has expired does not."""
    expired = and_(is_one_of(Appointment.status, EXPIRING), Appointment.hold_expires_at <= now)
    return and_(is_one_of(Appointment.status, BLOCKING), ~func.coalesce(expired, False))


TAKEN = (
    select(
        Appointment.provider_id,
        Appointment.starts_at,
        Appointment.blocked_from,
        Appointment.blocked_until,
    )
    .where(blocks(bindparam("now", type_=UTCDateTime)))
    .where(Appointment.blocked_until > bindparam("since"))
    .where(Appointment.blocked_from < bindparam("until"))
    .where(Appointment.submission_id != bindparam("without", type_=Uuid()))
)


def kept_for(submission_id: UUID) -> Appointment | None:
    """The hold or live appointment of a submission, if there is one."""
    return db.session.scalar(KEPT_FOR, {"submission_id": submission_id})


def seen_for(submission_id: UUID) -> Appointment | None:
    """The same only to look at: what is set on it is not written."""
    row = db.session.execute(SEEN_FOR, {"submission_id": submission_id}).first()
    return None if row is None else unwatched(Appointment, row)


def last_wish(submission_id: UUID) -> str:
    """The name of the slot that somebody chose last, had or not; "" if they chose none."""
    row = last_row(submission_id)
    return key_at(row.provider_id, row.starts_at) if row else ""


def last_row(submission_id: UUID) -> Appointment | None:
    """What was chosen, kept or booked for somebody last, whatever became of it."""
    theirs = select(Appointment).where(Appointment.submission_id == submission_id)
    return db.session.scalar(theirs.order_by(Appointment.updated_at.desc()).limit(1))


def calls_ahead(person: str, *, now: datetime, without: UUID) -> list[Interval]:
    """When somebody's calls ahead take place, apart from one, whoever takes them."""
    if not person:
        return []
    theirs = (Appointment.person == person, Appointment.id != without, Appointment.ends_at > now)
    ahead = select(Appointment.starts_at, Appointment.ends_at).where(*theirs)
    rows = db.session.execute(ahead.where(Appointment.status.in_(LIVE)))
    return [Interval(starts_at, ends_at) for starts_at, ends_at in rows]


def booked_for(person: str, *, now: datetime) -> Sequence[Appointment]:
    """The calls that are booked for somebody, the next one first."""
    theirs = (Appointment.person == person, Appointment.ends_at > now)
    booked = select(Appointment).where(*theirs, Appointment.status == "booked")
    return db.session.scalars(booked.order_by(Appointment.starts_at)).all() if person else []


def cancelled_for(submission_id: UUID) -> Sequence[Appointment]:
    """The cancelled calls of a submission, the latest first."""
    cancelled = (Appointment.submission_id == submission_id, Appointment.status == "cancelled")
    order = Appointment.updated_at.desc(), Appointment.id
    return db.session.scalars(select(Appointment).where(*cancelled).order_by(*order)).all()


def latest_for_all(submission_ids: Sequence[UUID]) -> dict[UUID, Appointment]:
    """The live appointments of several submissions, in one statement.

    Where there is none, the one that was cancelled last, if any.
    """
    rows = db.session.scalars(
        select(Appointment)
        .where(Appointment.submission_id.in_(submission_ids))
        .where(Appointment.status.in_((*LIVE, "cancelled")))
        .order_by(Appointment.status != "cancelled", Appointment.updated_at)
    )
    return {row.submission_id: row for row in rows}


def slot_key(slot: Slot) -> str:
    """How a form names a slot: provider and UTC minute, such as "1-202612031530"."""
    return key_at(slot.provider_id, slot.starts_at)


def key_at(provider_id: int, starts_at: datetime) -> str:
    """The name of the slot of a provider that starts at this UTC instant."""
    return f"{provider_id}-{starts_at:%Y%m%d%H%M}"


def is_at(appointment: Appointment, key: str) -> bool:
    """Whether an appointment is at the slot of that name."""
    return read_slot_key(key) == (appointment.provider_id, appointment.starts_at)


def is_booked_at(appointment: Appointment, key: str) -> bool:
    """Whether an appointment is booked, at the slot of that name."""
    return appointment.status == "booked" and is_at(appointment, key)


def read_slot_key(key: str) -> tuple[int, datetime] | None:
    """Provider id and start of a slot's name, or None if it is not one."""
    name = SLOT_NAME.fullmatch(key)
    if name is None:
        return None
    try:
        return int(name[1]), datetime.strptime(name[2], "%Y%m%d%H%M").replace(tzinfo=UTC)
    except ValueError:
        return None


def provider_zone(provider_id: int) -> ZoneInfo:
    """The zone of a provider's calendar."""
    provider = db.session.get_one(Provider, provider_id)
    return ZoneInfo(provider.time_zone)
