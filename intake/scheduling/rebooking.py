"""Asking people for another time, when the clinic cannot keep the one they have."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from intake.accounts.models import User
from intake.audit import log
from intake.clinic.clinic import Clinic
from intake.notifications.queries import MessageState, with_keys
from intake.scheduling import asking, emails, links, reminders, waitlist
from intake.scheduling.agenda import Misplaced, misplaced
from intake.scheduling.models import Appointment
from intake.submissions.models import Submission


def ask_to_rebook(
    appointment_ids: Collection[UUID], clinic: Clinic, *, actor: User, now: datetime
) -> int:
    """Mail the people of these appointments, as far as they lie where they cannot stay.

    Nobody is asked twice about one time, and nothing is cancelled: an appointment stays until it
    is moved. But nothing tells of its time any more: neither a confirmation that was not sent yet,
    nor a reminder, nor an earlier one on offer. Returns how many were asked.
    """
    wanted = [each for each in misplaced(now=now) if each.appointment.id in appointment_ids]
    known, count = questions(wanted), 0
    for each in wanted:
        submission, appointment = each.submission, each.appointment
        if appointment.id in known or _was_changed(appointment):
            continue
        if asking.ask_to_rebook(submission, appointment, clinic, now=now):
            emails.hush(appointment)
            reminders.end(submission)
            waitlist.forget_offer(submission.id, now=now)
            appointment.before = None  # they have heard of it: too late to undo what was before
            action = "asked for another time"
            log.record(action, actor=actor.actor, now=now, subject_id=submission.id)
            count += 1
    return count


def questions(rows: Collection[Misplaced]) -> dict[UUID, MessageState]:
    """What became of the mails that asked about these appointments, by appointment id."""
    keys = {asking.rebook_key(each.appointment): each.appointment.id for each in rows}
    return {keys[key]: state for key, state in with_keys(keys).items()}


def link_again(
    submission: Submission, appointment: Appointment, clinic: Clinic, *, now: datetime
) -> None:
    """Send a new link to somebody who lost theirs: to the call, or to choose another time."""
    if asking.asked_at(appointment) is None:
        emails.link_again(submission, appointment, clinic, now=now)
    else:  # without a calendar file: the time does not stand
        key = f"rebook_again:{appointment.id}:{now.isoformat()}"
        asking.ask_to_rebook(submission, appointment, clinic, now=now, key=key)


def _was_changed(appointment: Appointment) -> bool:
    """Whether the patient was faster: moved or cancelled the call while the list was read."""
    before = appointment.status, appointment.starts_at
    links.lock(appointment)
    return (appointment.status, appointment.starts_at) != before
