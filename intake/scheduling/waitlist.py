"""Earlier times for those who asked: what somebody gives up is offered to one person at a time.

The steps:
1. `note_opening`: in the transaction that frees a time. A while passes, in which it can be undone.
2. `ask_next`, from the worker: whoever has waited longest gets a mail, and the time is kept for
   them for two hours. At night nobody is asked; meanwhile the time is free for everybody.
3. They take it, leave it, or let it run out: then the next one is asked, until nobody is left or
   the time is taken.
Locks are taken in one order, opening before provider; nobody waits here for that of a submission.
"""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select, update

from intake.audit import log
from intake.clinic.clinic import Clinic
from intake.core.db import db
from intake.notifications import outbox
from intake.scheduling import asking, links, queries
from intake.scheduling.models import Appointment, Opening, WaitlistEntry
from intake.scheduling.person import person_key
from intake.scheduling.placing import (
    SlotTaken,
    new_appointment,
    offered_slot,
    place,
    refuse_two_at_once,
)
from intake.scheduling.slots import Slot
from intake.submissions.emails import patient_address
from intake.submissions.models import Submission

ON_OFFER = "waitlist"
"""Reason and actor of an appointment that keeps a time on offer."""
PATIENCE = timedelta(minutes=10)
"""How long a time stays with whoever gave it up, who may think again."""
OFFER_FOR = timedelta(hours=2)
MOST_OFFERS = 3
ONE_MINUTE = timedelta(minutes=1)
WAKING_HOURS = time(8), time(20)
"""When people may be asked, by the clock on their wall."""


class Candidate(NamedTuple):
    """Somebody who waits, the call they have, and the time they could take instead."""

    entry: WaitlistEntry
    booked: Appointment
    slot: Slot


def join(submission_id: UUID, *, now: datetime) -> None:
    """Ask to hear of earlier times; whoever left before waits at the end of the line."""
    entry = db.session.get(WaitlistEntry, submission_id)
    if entry is None:
        db.session.add(WaitlistEntry(submission_id=submission_id, asked_at=now))
    elif entry.left_at is not None:
        entry.left_at, entry.asked_at = None, now


def leave(submission_id: UUID, *, now: datetime) -> None:
    """Ask to hear no more; what is on offer goes to the next person."""
    entry = db.session.get(WaitlistEntry, submission_id)
    if entry is not None and entry.left_at is None:
        entry.left_at = now
    forget_offer(submission_id, now=now)


def is_waiting(submission_id: UUID) -> bool:
    """Whether somebody wants to hear of earlier times and can still be asked."""
    entry = db.session.get(WaitlistEntry, submission_id)
    return entry is not None and entry.left_at is None and entry.offers < MOST_OFFERS


def may_join(submission_id: UUID) -> bool:
    """Whether there are offers left for somebody."""
    entry = db.session.get(WaitlistEntry, submission_id)
    return entry is None or entry.offers < MOST_OFFERS


def note_opening(slot: Slot, *, freed_by: UUID, now: datetime) -> None:
    """Remember a time that was given up, if anybody waits."""
    waiting = select(WaitlistEntry.submission_id).where(
        WaitlistEntry.left_at.is_(None), WaitlistEntry.submission_id != freed_by
    )
    if slot.starts_at > now and db.session.scalar(waiting.limit(1)) is not None:
        opening = Opening(
            provider_id=slot.provider_id,
            starts_at=slot.starts_at,
            freed_by=freed_by,
            due_at=now + PATIENCE,
        )
        db.session.add(opening)


def latest_offer(submission_id: UUID) -> Appointment | None:
    """The last time that was on offer for somebody, or still is."""
    offers = select(Appointment).where(
        Appointment.submission_id == submission_id, Appointment.reason == ON_OFFER
    )
    return db.session.scalar(offers.order_by(Appointment.created_at.desc()).limit(1))


def is_open(offer: Appointment, *, now: datetime) -> bool:
    """Whether a time is kept for whoever it was offered to."""
    expires = offer.hold_expires_at
    return offer.status == "offer" and expires is not None and expires > now


def forget_offer(submission_id: UUID, *, now: datetime) -> None:
    """Offer to the next person what is on offer for this one, if anything is."""
    offer = latest_offer(submission_id)
    if offer is None or offer.status != "offer":
        return
    its = (Opening.provider_id == offer.provider_id, Opening.starts_at == offer.starts_at)
    db.session.execute(update(Opening).where(*its).values(due_at=now))  # locked before the mail
    close_offer(offer, now=now)


def close_offer(offer: Appointment, *, now: datetime) -> None:
    """Keep a time no longer. A mail about it that was not sent yet is not sent."""
    outbox.void(asking.offer_topic(offer))
    ours = (Appointment.id == offer.id, Appointment.status == "offer")
    released = {"status": "released", "updated_at": now, "version": Appointment.version + 1}
    # by statement: if it ran out, somebody else may be taking it at this moment
    db.session.execute(update(Appointment).where(*ours).values(released))


def ask_next(clinic: Clinic, *, now: datetime) -> bool:
    """Take one step for the opening that is due first, in the current unit of work.

    Returns whether there was one; none counts while online booking is paused. Raises SlotTaken
    when somebody took the time at this moment.
    """
    if clinic.is_paused(now):
        return False
    due = select(Opening).where(Opening.due_at <= now).order_by(Opening.due_at, Opening.id).limit(1)
    opening = db.session.scalar(due.with_for_update(skip_locked=True))
    if opening is None:
        return False
    kept_until = _on_offer_until(opening, now)
    if kept_until is not None:
        opening.due_at = kept_until
        return True
    candidate = _first_in_line(opening, now) if _is_early_enough(opening, now) else None
    if candidate is None:
        db.session.delete(opening)
        return True
    zone = candidate.booked.time_zone
    morning = _end_of_night(now, ZoneInfo(zone) if zone else clinic.tz)
    if morning is not None:
        opening.due_at = morning
        return True
    _ask(opening, candidate, clinic, now=now)
    return True


def _is_early_enough(opening: Opening, now: datetime) -> bool:
    """Whether a time can still be taken on short notice when the offer runs out."""
    return opening.starts_at >= now + OFFER_FOR + queries.timetable().type.rules.min_notice


def _ask(opening: Opening, candidate: Candidate, clinic: Clinic, *, now: datetime) -> None:
    entry, booked, slot = candidate
    locked = select(Submission).where(Submission.id == entry.submission_id)
    submission = db.session.scalar(locked.with_for_update(skip_locked=True))
    if submission is None:  # they are changing their call at this moment
        opening.due_at = now + ONE_MINUTE
        return
    until = now + OFFER_FOR
    offer = new_appointment(submission, slot, "offer", now)
    offer.hold_expires_at, offer.reason, offer.changed_by = until, ON_OFFER, ON_OFFER
    offer.channel, offer.time_zone = booked.channel, booked.time_zone
    place(offer, slot, now)
    entry.offers += 1
    opening.due_at = until
    log.record("earlier time offered", actor="system", now=now, subject_id=submission.id)
    asking.earlier_time(submission, offer, booked, clinic, now=now)


def _on_offer_until(opening: Opening, now: datetime) -> datetime | None:
    """Until when the time is kept for somebody; mails about offers that ran out are stopped."""
    kept_until = None
    for offer in db.session.scalars(_offers_of(opening).where(Appointment.status == "offer")):
        if is_open(offer, now=now):
            kept_until = offer.hold_expires_at
        else:
            outbox.void(asking.offer_topic(offer))
    return kept_until


def _offers_of(opening: Opening) -> Select[Appointment]:
    return select(Appointment).where(
        Appointment.provider_id == opening.provider_id,
        Appointment.blocked_until > opening.starts_at,
        Appointment.starts_at == opening.starts_at,
        Appointment.reason == ON_OFFER,
    )


def _first_in_line(opening: Opening, now: datetime) -> Candidate | None:
    """Who has waited longest of those who could take this time, and hear of it by mail."""
    for entry, booked in _line(opening, now):
        slot = _slot_for(opening, booked, now)
        if slot is not None:
            return Candidate(entry, booked, slot)
    return None


def _slot_for(opening: Opening, booked: Appointment, now: datetime) -> Slot | None:
    """The time as its patient would take it; None where taking it would be refused.

    Nobody takes it whom the clinic asked to move: they choose among all times, and have none to
    keep.
    """
    submission = links.submission_of(booked)
    if asking.asked_at(booked) is not None or patient_address(submission) is None:
        return None
    key = queries.key_at(opening.provider_id, opening.starts_at)
    try:
        slot = offered_slot(key, submission.id, now)
        refuse_two_at_once(person_key(submission), slot, now=now, without=booked.id)
    except SlotTaken:
        return None
    return slot


def _line(opening: Opening, now: datetime) -> Iterator[tuple[WaitlistEntry, Appointment]]:
    """Those who wait with a later call and have not seen this time yet, the longest first."""
    seen = _offers_of(opening).with_only_columns(Appointment.submission_id)
    asked_now = select(Appointment.submission_id).where(
        Appointment.status == "offer", Appointment.hold_expires_at > now
    )
    waiting = (
        select(WaitlistEntry, Appointment)
        .join(Appointment, Appointment.submission_id == WaitlistEntry.submission_id)
        .where(WaitlistEntry.left_at.is_(None), WaitlistEntry.offers < MOST_OFFERS)
        .where(Appointment.status == "booked", Appointment.starts_at > opening.starts_at)
        .where(WaitlistEntry.submission_id != opening.freed_by)
        .where(WaitlistEntry.submission_id.not_in(seen))
        .where(WaitlistEntry.submission_id.not_in(asked_now))
        .order_by(WaitlistEntry.asked_at, WaitlistEntry.submission_id)
    )
    return ((row.WaitlistEntry, row.Appointment) for row in db.session.execute(waiting))


def _end_of_night(now: datetime, zone: ZoneInfo) -> datetime | None:
    """When the night ends for somebody who should not be woken now; None by day."""
    local = now.astimezone(zone)
    gets_up, goes_to_bed = WAKING_HOURS
    if gets_up <= local.time() < goes_to_bed:
        return None
    day = local.date() + timedelta(days=local.time() >= goes_to_bed)
    return datetime.combine(day, gets_up, zone)
