"""Changing a call: what patients do by themselves within limits, and cancelling.

Nothing is deleted: a cancelled appointment stays, with who cancelled it, when and why. Its time is
free at once, and the submission is back in the queue.
"""

from datetime import datetime

from intake.audit import log
from intake.clinic.clinic import Clinic
from intake.scheduling import asking, emails, links, queries, reminders, takeback, waitlist
from intake.scheduling.models import PATIENT, Appointment
from intake.scheduling.person import person_key
from intake.scheduling.placing import SlotTaken, offered_slot, place, refuse_two_at_once, slot_of
from intake.scheduling.slots import Slot
from intake.submissions.models import Submission
from intake.submissions.resume import OVER

REASONS = ("", "time", "later", "elsewhere", "other")
"""Why a patient cancels: words of ours, as what people write may be about their health."""
BY_CLINIC = "clinic_cannot"
CLINIC_REASONS = ("patient_asked", BY_CLINIC, "clinic_other")
"""Why staff cancel."""


class OnlyByPhone(Exception):
    """Too late, or too often: now patients call the clinic. Its staff are not bound."""


def may_cancel(appointment: Appointment, *, now: datetime) -> bool:
    """Whether the patient can still cancel the call by themselves."""
    return appointment.status == "booked" and _is_early_enough(appointment, now)


def may_move(appointment: Appointment, *, now: datetime) -> bool:
    """Whether the patient can choose another time, also in place of one they just cancelled.

    Whom the clinic asked to choose one always can, until the time has come.
    """
    is_theirs = (
        may_cancel(appointment, now=now)
        or may_undo(appointment, now=now)
        or _owed_another_time(appointment, now)
    )
    has_moves = appointment.moves < queries.timetable().type.most_moves
    return (is_theirs and has_moves) or _is_asked_to(appointment, now)


def may_undo(appointment: Appointment, *, now: datetime) -> bool:
    """Whether the patient can take their cancellation back, as far as rules go: for a day."""
    if appointment.status != "cancelled" or appointment.changed_by != PATIENT:
        return False
    last = takeback.undoable(appointment.submission_id, now=now)
    is_last = last is not None and last.id == appointment.id
    return is_last and not takeback.is_one_too_many(appointment, now=now)


def move(
    submission: Submission,
    appointment: Appointment,
    key: str,
    clinic: Clinic,
    *,
    time_zone: str,
    now: datetime,
) -> None:
    """Move a call to the slot that the patient chose. The row of the submission must be locked.

    `time_zone` is the zone in which they chose, and are told the time from now on.

    It stays with its provider if they are free then, too. Raises SlotTaken, or OnlyByPhone.
    """
    chosen = queries.read_slot_key(key)
    is_chosen = chosen is not None and chosen[1] == appointment.starts_at
    is_there = appointment.status == "booked" and is_chosen
    if is_there and not _is_asked_to(appointment, now):
        return  # the second click of two
    if clinic.is_paused(now) or not may_move(appointment, now=now):
        raise OnlyByPhone
    about = (key, submission.id, now)
    slot = offered_slot(*about, rather=appointment.provider_id, or_anybody=True)
    appointment.moves += 1
    appointment.time_zone = time_zone
    _remember_zone(submission, time_zone)
    _book_at(slot, submission, appointment, clinic, now=now)


def accept(
    submission: Submission, appointment: Appointment, clinic: Clinic, *, now: datetime
) -> None:
    """Move a call to the earlier time on offer. Raises SlotTaken when that is gone.

    An offer that ran out still counts while nobody else took the time.
    """
    offer = waitlist.latest_offer(submission.id)
    if offer is None or appointment.status != "booked":
        raise SlotTaken
    if offer.status == "released" and offer.starts_at == appointment.starts_at:
        return  # the second click of two
    if offer.starts_at >= appointment.starts_at:
        raise SlotTaken
    slot = offered_slot(queries.key_at(offer.provider_id, offer.starts_at), submission.id, now)
    waitlist.close_offer(offer, now=now)
    _book_at(slot, submission, appointment, clinic, now=now)


def cancel(
    submission: Submission,
    appointment: Appointment,
    clinic: Clinic,
    *,
    actor: str,
    reason: str,
    now: datetime,
    tell: bool = True,
) -> None:
    """Cancel a call that was booked or asked for; its submission waits in the queue again.

    The row of the submission must be locked. `tell` is for staff: whether the patient gets a mail.
    Raises OnlyByPhone for a patient who is late.
    """
    if appointment.status == "cancelled":
        return  # the second click of two
    if actor == PATIENT and not may_cancel(appointment, now=now):
        raise OnlyByPhone
    as_it_was = takeback.as_it_stands(submission, appointment)
    was_booked = appointment.status == "booked"
    appointment.status, appointment.cancelled_at, appointment.updated_at = "cancelled", now, now
    appointment.changed_by, appointment.reason = actor, reason
    appointment.sequence += 1
    _back_to_the_queue(submission, now)
    waitlist.forget_offer(submission.id, now=now)
    waitlist.note_opening(slot_of(appointment), freed_by=submission.id, now=now)
    told = emails.told_words(submission, tell=tell)
    log.record("appointment cancelled", actor=actor, now=now, subject_id=submission.id, detail=told)
    if tell:
        due_at = now + clinic.grace if actor != PATIENT else None
        about = (submission, appointment, clinic)
        emails.cancelled(*about, now=now, due_at=due_at, was_booked=was_booked)
    else:
        emails.hush(appointment)
    takeback.remember(appointment, as_it_was, clinic, now=now)
    reminders.renew(submission, appointment, clinic, now=now)
    emails.tell_desk(submission, appointment, clinic, was=appointment.starts_at, now=now)


def _book_at(
    slot: Slot,
    submission: Submission,
    appointment: Appointment,
    clinic: Clinic,
    *,
    now: datetime,
) -> None:
    """Put an appointment at another slot; whoever is concerned is told. Raises SlotTaken."""
    refuse_two_at_once(person_key(submission), slot, now=now, without=appointment.id)
    before = slot_of(appointment)
    was_cancelled = appointment.status == "cancelled"
    appointment.status, appointment.cancelled_at, appointment.reason = "booked", None, ""
    appointment.changed_by, appointment.before = PATIENT, None
    appointment.sequence += 1
    place(appointment, slot, now)
    if not submission.is_draft:  # whoever is still answering goes on with the form
        submission.status = "booked"
    submission.updated_at = now
    log.record("appointment moved", actor=PATIENT, now=now, subject_id=submission.id)
    if before != slot and not was_cancelled:
        waitlist.note_opening(before, freed_by=submission.id, now=now)
    was = before.starts_at if before.starts_at != slot.starts_at else None
    if was_cancelled or was is None:  # that could not be kept, and can be now
        emails.restored(submission, appointment, clinic, now=now)
    else:
        emails.moved(submission, appointment, clinic, was=was, now=now)
    reminders.renew(submission, appointment, clinic, now=now)
    emails.tell_desk(submission, appointment, clinic, was=was, now=now)


def _owed_another_time(appointment: Appointment, now: datetime) -> bool:
    """Whether the clinic cancelled since it could not keep the time: its patient may choose one,
    unless the request was closed since."""
    return (
        appointment.status == "cancelled"
        and appointment.reason == BY_CLINIC
        and now < appointment.starts_at
        and links.submission_of(appointment).status not in OVER
        and queries.kept_for(appointment.submission_id) is None
    )


def _is_asked_to(appointment: Appointment, now: datetime) -> bool:
    """Whether the clinic asked for another time, and waits for the patient to choose it."""
    is_ahead = appointment.status == "booked" and now < appointment.starts_at
    return is_ahead and asking.asked_at(appointment) is not None


def _remember_zone(submission: Submission, time_zone: str) -> None:
    contact = submission.contact or {}
    times = contact.get("times", {})
    if times.get("time_zone") != time_zone:
        submission.contact = {**contact, "times": {**times, "time_zone": time_zone}}


def _is_early_enough(appointment: Appointment, now: datetime) -> bool:
    return appointment.starts_at - now >= queries.timetable().type.change_notice


def _back_to_the_queue(submission: Submission, now: datetime) -> None:
    """Whoever has no call any more waits to hear from us, from now on."""
    if submission.status == "booked":
        submission.status = "contacting"
    submission.updated_at = now
    submission.tries, submission.last_try, submission.call_at = 0, "", None
    if not submission.is_flagged:
        submission.waiting_since = now
