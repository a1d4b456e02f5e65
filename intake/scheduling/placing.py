"""Putting an appointment at a time: the rules offer it, and the database has the last word.

Every path that takes time comes through here. Locks are taken in one order, the row of the
submission first, then that of the provider, so that nobody waits for each other.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from intake.core.db import db, is_one_of, is_postgresql
from intake.scheduling import queries
from intake.scheduling.models import EXPIRING, Appointment, Provider
from intake.scheduling.slots import Interval, Slot, lies_within_hours, slot_at, slot_from
from intake.submissions.models import Submission

FARTHEST = timedelta(days=366)
"""How far ahead staff can book where the rules offer nothing."""

TABLE = Appointment.metadata.tables[Appointment.__tablename__]
# Made once, and of the table: making it, or asking the session to follow, takes longer than it.
RELEASE_EXPIRED = (
    update(TABLE)
    .where(TABLE.c.provider_id == bindparam("provider"))
    .where(is_one_of(TABLE.c.status, EXPIRING), TABLE.c.hold_expires_at <= bindparam("now"))
    .where(TABLE.c.blocked_until > bindparam("start"))
    .where(TABLE.c.blocked_from < bindparam("end"))
    .where(TABLE.c.id != bindparam("keep"))
    .values(status="released", updated_at=bindparam("now"), version=TABLE.c.version + 1)
)


class SlotTaken(Exception):
    """The time cannot be had: somebody else has it, or it is not offered (any more)."""


class Full(SlotTaken):
    """The time is free, but the day or the person has as many calls as the rules allow."""


def offered_slot(
    key: str,
    submission_id: UUID,
    now: datetime,
    *,
    rather: int | None = None,
    or_anybody: bool = False,
) -> Slot:
    """The slot of that name if the rules offer it now; raises SlotTaken.

    What is kept for the submission itself counts as free. `rather`: the provider who gets it
    instead when free at the same time. `or_anybody`: any other provider does who is free then, as
    patients choose a time and not a person.
    """
    chosen = queries.read_slot_key(key)
    if chosen is None:
        raise SlotTaken
    provider_id, starts_at = chosen
    calendars = queries.timetable().calendars
    others = sorted(calendars) if or_anybody and provider_id in calendars else ()
    in_turn = list(dict.fromkeys((rather or provider_id, provider_id, *others)))
    _wait_for_our_turn(in_turn)
    diary = queries.diary(now=now, without=submission_id, around=starts_at)
    slots = (_free_slot(each, starts_at, diary, now) for each in in_turn if each in diary.calendars)
    slot = next((each for each in slots if each is not None), None)
    if slot is None:
        raise SlotTaken
    return slot


def is_open_at(appointment: Appointment) -> bool:
    """Whether the hours, as they are now, hold an appointment: a day may have been closed since it
    was chosen, or its provider may take no calls any more."""
    calendar = queries.timetable().calendars.get(appointment.provider_id)
    time = Interval(appointment.starts_at, appointment.ends_at)
    return calendar is not None and lies_within_hours(calendar, time)


def is_day_full(appointment: Appointment, *, now: datetime) -> bool:
    """Whether its provider has as many other calls on its local day as the rules allow."""
    _wait_for_our_turn([appointment.provider_id])
    day_of = appointment.starts_at
    diary = queries.diary(now=now, without=appointment.submission_id, around=day_of)
    cap, calendar = diary.type.rules.daily_cap, diary.calendars.get(appointment.provider_id)
    if cap is None or calendar is None:
        return False
    day = appointment.starts_at.astimezone(calendar.tz).date()
    return diary.booked_per_day.get(appointment.provider_id, {}).get(day, 0) >= cap


def has_enough(appointment: Appointment, *, now: datetime) -> bool:
    """Whether somebody has as many other calls ahead as one person may book by themselves, or one
    that overlaps: two providers would call them at once."""
    ahead = queries.calls_ahead(appointment.person, now=now, without=appointment.id)
    return is_among(ahead, slot_of(appointment)) or _are_enough(ahead)


def has_most_calls(appointment: Appointment, *, now: datetime) -> bool:
    """Whether somebody has as many other calls ahead as one person may book by themselves."""
    return _are_enough(queries.calls_ahead(appointment.person, now=now, without=appointment.id))


def _are_enough(ahead: Sequence[Interval]) -> bool:
    cap = queries.timetable().type.person_cap
    return cap is not None and len(ahead) >= cap


def refuse_two_at_once(person: str, slot: Slot, *, now: datetime, without: UUID) -> None:
    """Raises SlotTaken where somebody has another call, apart from one, that overlaps a slot."""
    if is_among(queries.calls_ahead(person, now=now, without=without), slot):
        raise SlotTaken


def is_among(calls: Iterable[Interval], slot: Slot) -> bool:
    """Whether one of somebody's calls overlaps a slot, whoever takes them."""
    return any(each.start < slot.ends_at and slot.starts_at < each.end for each in calls)


def any_slot(key: str, now: datetime) -> Slot:
    """The slot of that name of an active provider, also where the rules would offer none.

    Raises SlotTaken for what lies in the past or more than a year ahead. Whether the time is free
    is for the database to say.
    """
    chosen = queries.read_slot_key(key)
    table = queries.timetable()
    if chosen is None or chosen[0] not in table.calendars:
        raise SlotTaken
    provider_id, starts_at = chosen
    if not now < starts_at < now + FARTHEST:
        raise SlotTaken
    _wait_for_our_turn([provider_id])
    return slot_from(provider_id, starts_at, table.type.rules)


def slot_of(appointment: Appointment) -> Slot:
    """Where an appointment stands now."""
    return Slot(
        appointment.provider_id,
        appointment.starts_at,
        appointment.ends_at,
        appointment.blocked_from,
        appointment.blocked_until,
    )


def new_appointment(submission: Submission, slot: Slot, status: str, now: datetime) -> Appointment:
    """An appointment that is not in the database before it is placed."""
    return Appointment(
        provider_id=slot.provider_id,
        type_id=queries.timetable().type.id,
        submission_id=submission.id,
        status=status,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        blocked_from=slot.blocked_from,
        blocked_until=slot.blocked_until,
        created_at=now,
        updated_at=now,
    )


def place(appointment: Appointment, slot: Slot, now: datetime) -> None:
    """Write an appointment at a slot. Raises SlotTaken, which ends the unit of work."""
    with db.session.no_autoflush:
        _release_expired(slot, now, keep=appointment.id)
    appointment.provider_id, appointment.outside_hours = slot.provider_id, False
    appointment.starts_at, appointment.ends_at = slot.starts_at, slot.ends_at
    appointment.blocked_from, appointment.blocked_until = slot.blocked_from, slot.blocked_until
    appointment.updated_at = now
    db.session.add(appointment)
    write()


def write() -> None:
    """Write what was changed. Raises SlotTaken if the database refuses it as an overlap, or if
    an expired hold went to somebody else at this very moment."""
    try:
        db.session.flush()
    except (IntegrityError, StaleDataError) as error:
        raise SlotTaken from error  # which ends the unit of work: nothing of it is kept


def _free_slot(
    provider_id: int, starts_at: datetime, diary: queries.Diary, now: datetime
) -> Slot | None:
    return slot_at(
        diary.calendars[provider_id],
        diary.type.rules,
        starts_at,
        busy=diary.busy.get(provider_id, ()),
        now=now,
        booked_per_day=diary.booked_per_day.get(provider_id, {}),
    )


def _wait_for_our_turn(provider_ids: Sequence[int]) -> None:
    """Take a provider's times one after the other, so that each booking sees the one before.

    PostgreSQL refuses overlaps without it, too, but two that begin at the same moment would wait
    for each other, and one of them would end in a deadlock and not in `SlotTaken`. SQLite's writers
    take turns anyway.
    """
    if is_postgresql():
        these = select(Provider.id).where(Provider.id.in_(provider_ids)).order_by(Provider.id)
        db.session.execute(these.with_for_update(key_share=True))


def _release_expired(slot: Slot, now: datetime, *, keep: UUID) -> None:
    """Expired holds give way to whoever takes their time next."""
    parameters = {
        "provider": slot.provider_id,
        "now": now,
        "start": slot.blocked_from,
        "end": slot.blocked_until,
        "keep": keep,
    }
    db.session.execute(RELEASE_EXPIRED, parameters)
