"""Keeping and booking time. The database refuses any overlap; here that becomes `SlotTaken`."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.exc import IntegrityError

from intake.accounts.models import User
from intake.audit import log
from intake.clinic.clinic import Clinic
from intake.core.db import db, is_postgresql
from intake.core.remember import forget
from intake.scheduling import emails, queries
from intake.scheduling.models import (
    EXPIRING,
    Appointment,
    ConsultationType,
    Provider,
    WeeklyHours,
)
from intake.scheduling.slots import Slot, slot_at
from intake.submissions.models import Submission

PATIENT = "patient"

# Made once: making this statement takes longer than running it.
RELEASE_EXPIRED = (
    update(Appointment)
    .where(Appointment.provider_id == bindparam("provider"))
    .where(Appointment.status.in_(EXPIRING), Appointment.hold_expires_at <= bindparam("now"))
    .where(Appointment.blocked_until > bindparam("start"))
    .where(Appointment.blocked_from < bindparam("end"))
    .where(Appointment.id != bindparam("keep"))
    .values(status="released", updated_at=bindparam("now"), version=Appointment.version + 1)
    .execution_options(synchronize_session=False)
)


class SlotTaken(Exception):
    """The time cannot be had: somebody else has it, or it is not offered (any more)."""


def add_providers(names: Sequence[str], clinic: Clinic) -> list[str]:
    """Give each new name a calendar with the clinic's hours; returns the names that were new.

    The first one also brings the free consultation: 15 minutes, with 15 minutes after it.
    """
    known = set(db.session.scalars(select(Provider.name)))
    added = [name for name in names if name not in known]
    for name in added:
        weekly = [
            WeeklyHours(weekday=weekday, opens=opens, closes=closes)
            for weekday, windows in clinic.weekly_hours.items()
            for opens, closes in windows
        ]
        db.session.add(Provider(name=name, time_zone=clinic.tz.key, weekly=weekly))
    if added and not known:
        kind = ConsultationType(
            name="Free consultation", minutes=15, step_minutes=30, buffer_after=15
        )
        db.session.add(kind)
    db.session.flush()
    forget()
    return added


def hold(
    submission: Submission,
    key: str,
    clinic: Clinic,
    *,
    now: datetime,
    time_zone: str,
    channel: str,
) -> Appointment:
    """Keep a slot for a draft until the hold expires; an earlier hold of the draft moves there.

    `key` is a slot's name as made by `queries.slot_key`. Raises SlotTaken.
    """
    kept = queries.kept_for(submission.id)
    if kept is not None and kept.is_live:
        return kept  # the clinic has agreed on a time with this person already
    slot = _offered(key, submission.id, now)
    expires = now + timedelta(minutes=clinic.hold_minutes)
    if kept is None:
        kept = _new(submission, slot, "hold", now)
    _place(kept, slot, now)
    kept.hold_expires_at, kept.time_zone, kept.channel = expires, time_zone, channel
    kept.changed_by = PATIENT
    return kept


def release(submission: Submission, *, now: datetime) -> None:
    """Give up the hold of a draft, if it has one."""
    kept = queries.kept_for(submission.id)
    if kept is not None and kept.status == "hold":
        kept.status, kept.updated_at, kept.changed_by = "released", now, PATIENT


def forget_choice(submission: Submission) -> None:
    """The person chose a time that is gone: they are called without one."""
    contact = submission.contact or {}
    times = {**contact.get("times", {}), "slot_chosen": False}
    submission.contact = {**contact, "times": times}


def keep_for_sending(submission: Submission, *, now: datetime) -> Appointment | None:
    """Turn the draft's hold into a request for that time, as part of sending it.

    An expired hold still counts while nobody else took the time. Returns None when the person
    chose no slot; raises SlotTaken when the chosen one is gone.
    """
    kept = queries.kept_for(submission.id)
    if kept is None:
        if (submission.contact or {}).get("times", {}).get("slot_chosen"):
            raise SlotTaken
        return None
    if kept.status == "hold":
        kept.status, kept.hold_expires_at, kept.updated_at = "pending", None, now
    return kept


def book(
    submission: Submission, key: str, clinic: Clinic, *, actor: User, now: datetime
) -> Appointment:
    """Book a slot for a submission: confirm the one it has, move it, or book a first one.

    What is booked already stays with its provider if they are free at the new time, too. Sends
    the confirmation or the new time with its calendar file. Raises SlotTaken.
    """
    appointment = queries.kept_for(submission.id)
    if appointment is not None and _is_booked_at(appointment, key):
        return appointment  # the second click of two
    before = _booked_before(appointment)
    rather = before.provider_id if before else None
    slot = _asked_for(appointment, key, now) or _offered(key, submission.id, now, rather=rather)
    if appointment is None:
        appointment = _new(submission, slot, "booked", now)
    elif before:
        appointment.sequence += 1
    appointment.status, appointment.hold_expires_at = "booked", None
    appointment.changed_by = actor.actor
    _place(appointment, slot, now)
    if not submission.is_draft:  # whoever is still answering goes on with the form
        submission.status = "booked"
    submission.updated_at = now
    log.record("appointment booked", actor=actor.actor, now=now, subject_id=submission.id)
    if before and before.starts_at != appointment.starts_at:
        emails.moved(submission, appointment, clinic, was=before.starts_at, now=now)
    else:
        emails.booked(submission, appointment, clinic, now=now)
    return appointment


def _booked_before(kept: Appointment | None) -> Slot | None:
    """Where an appointment stood when it was booked already."""
    if kept is None or kept.status != "booked":
        return None
    return Slot(
        kept.provider_id, kept.starts_at, kept.ends_at, kept.blocked_from, kept.blocked_until
    )


def _is_booked_at(kept: Appointment, key: str) -> bool:
    return kept.status == "booked" and key == queries.key_at(kept.provider_id, kept.starts_at)


def _asked_for(kept: Appointment | None, key: str, now: datetime) -> Slot | None:
    """The slot a person asked for, if that is the one meant. Nobody else can have it.

    It is theirs until it begins, though too short notice by now for the rules to offer it.
    """
    if kept is None or kept.status != "pending" or kept.starts_at <= now:
        return None
    if queries.read_slot_key(key) != (kept.provider_id, kept.starts_at):
        return None
    return Slot(
        kept.provider_id, kept.starts_at, kept.ends_at, kept.blocked_from, kept.blocked_until
    )


def _offered(key: str, submission_id: UUID, now: datetime, *, rather: int | None = None) -> Slot:
    """The slot of that name if the rules offer it now; raises SlotTaken.

    `rather`: the provider who gets it instead when free at the same time.
    """
    chosen = queries.read_slot_key(key)
    if chosen is None:
        raise SlotTaken
    provider_id, starts_at = chosen
    in_turn = list(dict.fromkeys((rather or provider_id, provider_id)))
    _wait_for_our_turn(in_turn)
    diary = queries.diary(now=now, without=submission_id)
    slots = (_slot_of(each, starts_at, diary, now) for each in in_turn if each in diary.calendars)
    slot = next((each for each in slots if each is not None), None)
    if slot is None:
        raise SlotTaken
    return slot


def _slot_of(
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


def _new(submission: Submission, slot: Slot, status: str, now: datetime) -> Appointment:
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


def _place(appointment: Appointment, slot: Slot, now: datetime) -> None:
    """Write an appointment at a slot; the database has the last word on overlaps."""
    with db.session.no_autoflush:
        _release_expired(slot, now, keep=appointment.id)
    appointment.provider_id = slot.provider_id
    appointment.starts_at, appointment.ends_at = slot.starts_at, slot.ends_at
    appointment.blocked_from, appointment.blocked_until = slot.blocked_from, slot.blocked_until
    appointment.updated_at = now
    db.session.add(appointment)
    try:
        db.session.flush()
    except IntegrityError as error:
        raise SlotTaken from error  # which ends the unit of work: nothing of it is kept


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
