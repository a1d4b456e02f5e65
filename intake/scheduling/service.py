"""Keeping and booking time: what is taken meanwhile becomes `SlotTaken`."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, update
from sqlalchemy.orm.attributes import set_committed_value

from intake.accounts.models import User
from intake.audit import log
from intake.clinic.clinic import Clinic
from intake.core.db import db
from intake.notifications.outbox import void
from intake.scheduling import emails, queries, reminders, takeback, waitlist
from intake.scheduling.models import PATIENT, Appointment
from intake.scheduling.person import person_key
from intake.scheduling.placing import (
    TABLE,
    SlotTaken,
    any_slot,
    has_enough,
    is_open_at,
    new_appointment,
    offered_slot,
    place,
    slot_of,
    write,
)
from intake.scheduling.slots import Slot
from intake.screening.level import Level
from intake.submissions.emails import missed_topic
from intake.submissions.models import Submission

# By statement, so that losing a race leaves the unit of work as it was.
ASK_FOR_HELD = (
    update(TABLE)
    .where(TABLE.c.id == bindparam("keep"), TABLE.c.status == "hold")
    .values(status="pending", hold_expires_at=None, updated_at=bindparam("at"))
    .values(person=bindparam("known_as"), version=TABLE.c.version + 1)
    .returning(TABLE)
)


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
    if clinic.is_paused(now) and not (kept and kept.status == "hold" and queries.is_at(kept, key)):
        raise SlotTaken
    slot = offered_slot(key, submission.id, now, or_anybody=True)
    expires = now + timedelta(minutes=clinic.hold_minutes)
    if kept is None:
        kept = new_appointment(submission, slot, "hold", now)
    place(kept, slot, now)
    kept.hold_expires_at, kept.time_zone, kept.channel = expires, time_zone, channel
    kept.changed_by = PATIENT
    return kept


def release(submission: Submission, *, now: datetime) -> None:
    """Give up the hold of a draft, if it has one."""
    kept = queries.kept_for(submission.id)
    if kept is not None and kept.status == "hold":
        kept.status, kept.updated_at, kept.changed_by = "released", now, PATIENT


def forget_choice(submission: Submission, *, now: datetime) -> None:
    """The person chose a time that is gone: they are called without one."""
    release(submission, now=now)
    contact = submission.contact or {}
    times = {**contact.get("times", {}), "slot_chosen": False}
    submission.contact = {**contact, "times": times}


def keep_for_sending(submission: Submission, *, now: datetime) -> Appointment | None:
    """Turn the draft's hold into a request for that time, as part of sending it.

    A hold keeps its time until it expires, unless the clinic has closed it meanwhile. After that
    it still counts while the rules would offer the time anew. Returns None when the person chose
    no slot; raises SlotTaken when the chosen one is gone.
    """
    kept = queries.kept_for(submission.id)
    if kept is None:
        return _keep_with_another(submission, now) if _chose_a_time(submission) else None
    if kept.status != "hold":
        return kept
    if kept.starts_at <= now:
        raise SlotTaken
    if not is_open_at(kept) or _has_run_out(kept, now):
        _offer_again(kept, now)
    _ask_for(kept, person_key(submission), now)
    return kept


def _chose_a_time(submission: Submission) -> bool:
    return bool((submission.contact or {}).get("times", {}).get("slot_chosen"))


def _ask_for(kept: Appointment, person: str, now: datetime) -> None:
    """Turn a hold into a request for its time."""
    values = {"keep": kept.id, "at": now, "known_as": person}
    asked = db.session.execute(ASK_FOR_HELD, values).one_or_none()
    if asked is None:
        raise SlotTaken  # it had expired, and somebody else took the time at this moment
    for name, value in asked._mapping.items():
        set_committed_value(kept, name, value)


def _has_run_out(kept: Appointment, now: datetime) -> bool:
    return kept.hold_expires_at is not None and kept.hold_expires_at <= now


def _offer_again(kept: Appointment, now: datetime) -> None:
    """Judge a time like a new one, as its hold ran out or its provider is away now. Another one
    who is free then takes the call. Raises SlotTaken."""
    who, takers = kept.provider_id, queries.timetable().calendars
    if who not in takers:
        who = next(iter(takers), who)
    key = queries.key_at(who, kept.starts_at)
    slot = offered_slot(key, kept.submission_id, now, or_anybody=True)
    if slot != slot_of(kept):
        with db.session.begin_nested():  # losing a race leaves the unit of work as it was
            place(kept, slot, now)


def _keep_with_another(submission: Submission, now: datetime) -> Appointment:
    """Ask for the time that somebody chose, once their hold ran out and went to somebody else:
    with another provider who is free then. Raises SlotTaken."""
    lost = queries.last_row(submission.id)
    if lost is None or (lost.status, lost.changed_by) != ("released", PATIENT):
        raise SlotTaken
    key = queries.key_at(lost.provider_id, lost.starts_at)
    slot = offered_slot(key, submission.id, now, or_anybody=True)
    with db.session.begin_nested():  # losing a race leaves the unit of work as it was
        lost.status, lost.hold_expires_at = "pending", None
        lost.person = person_key(submission)
        place(lost, slot, now)
    return lost


def book_at_once(
    submission: Submission, kept: Appointment, clinic: Clinic, *, now: datetime
) -> bool:
    """Book the time that was asked for, as part of sending it, if nobody needs to look at it.

    That is so where calls are booked *instantly*, for a routine request of somebody who does not
    have several calls ahead already, nor one at that time. Returns whether it is booked now.
    """
    kind = queries.timetable().type
    if kept.status != "pending" or kind.mode != "instant":
        return False
    is_for_staff = submission.level_rank > Level.ROUTINE.rank or submission.status == "quarantined"
    if is_for_staff or has_enough(kept, now=now):
        return False
    kept.status, kept.changed_by, kept.updated_at = "booked", PATIENT, now
    write()
    submission.status = "booked"
    log.record("appointment booked", actor=PATIENT, now=now, subject_id=submission.id)
    emails.booked(submission, kept, clinic, now=now)
    reminders.renew(submission, kept, clinic, now=now)
    return True


def book(
    submission: Submission,
    key: str,
    clinic: Clinic,
    *,
    actor: User,
    now: datetime,
    tell: bool = True,
) -> Appointment:
    """Book a slot for a submission: confirm the one it has, move it, or book a first one.

    What is booked already stays with its provider if they are free at the new time, too. Sends
    the confirmation or the new time with its calendar file, unless staff said not to `tell` the
    patient. Raises SlotTaken.
    """
    appointment = queries.kept_for(submission.id)
    if appointment is not None and queries.is_booked_at(appointment, key):
        return appointment  # the second click of two
    is_booked = appointment is not None and appointment.status == "booked"
    rather = appointment.provider_id if appointment and is_booked else None
    slot = _asked_for(appointment, key, now) or offered_slot(key, submission.id, now, rather=rather)
    return _book_at(slot, submission, clinic, actor=actor, now=now, tell=tell)


def book_outside_hours(
    submission: Submission,
    key: str,
    clinic: Clinic,
    *,
    actor: User,
    now: datetime,
    tell: bool = True,
) -> Appointment:
    """Book a time that the hours, notice or caps do not offer, but never one that is taken.

    For staff who have agreed on it with somebody. Raises SlotTaken.
    """
    kept = queries.kept_for(submission.id)
    if kept is not None and queries.is_booked_at(kept, key):
        return kept  # the second click of two
    slot = any_slot(key, now)
    appointment = _book_at(slot, submission, clinic, actor=actor, now=now, tell=tell)
    appointment.outside_hours = True
    log.record("booked outside the hours", actor=actor.actor, now=now, subject_id=submission.id)
    return appointment


def _book_at(
    slot: Slot,
    submission: Submission,
    clinic: Clinic,
    *,
    actor: User,
    now: datetime,
    tell: bool,
) -> Appointment:
    """Put the appointment of a submission, or a new one, at a slot and tell the patient."""
    kept = queries.kept_for(submission.id)
    before = slot_of(kept) if kept and kept.status == "booked" else None
    as_it_was = takeback.as_it_stands(submission, kept)
    appointment = kept or _first_one(submission, slot, now)
    appointment.sequence += 1 if before else 0
    appointment.status, appointment.hold_expires_at = "booked", None
    appointment.changed_by, appointment.person = actor.actor, person_key(submission)
    place(appointment, slot, now)
    if not submission.is_draft:  # whoever is still answering goes on with the form
        submission.status = "booked"
    submission.updated_at = now
    told = emails.told_words(submission, tell=tell)
    who = actor.actor
    log.record("appointment booked", actor=who, now=now, subject_id=submission.id, detail=told)
    if before and before != slot:
        waitlist.note_opening(before, freed_by=submission.id, now=now)
    about, asked = (submission, appointment, clinic), takeback.asked_for(as_it_was)
    if tell:
        emails.put(*about, asked=asked, now=now, due_at=now + clinic.grace)
    else:
        emails.hush(appointment)
    void(missed_topic(submission.id))
    reminders.renew(submission, appointment, clinic, now=now)
    takeback.remember(appointment, as_it_was, clinic, now=now)
    return appointment


def _first_one(submission: Submission, slot: Slot, now: datetime) -> Appointment:
    """A new appointment, met and told as its person wished."""
    appointment = new_appointment(submission, slot, "booked", now)
    times = (submission.contact or {}).get("times", {})
    appointment.channel = times.get("channel") or appointment.channel
    appointment.time_zone = times.get("time_zone") or ""
    return appointment


def _asked_for(kept: Appointment | None, key: str, now: datetime) -> Slot | None:
    """The slot a person asked for, if that is the one meant. Nobody else can have it.

    It is theirs until it begins, though too short notice by now for the rules to offer it.
    """
    if kept is None or kept.status != "pending" or kept.starts_at <= now:
        return None
    return slot_of(kept) if queries.is_at(kept, key) else None
