"""Asking people for another time, when the clinic cannot keep the one they have."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from intake.accounts.models import User
from intake.audit import log
from intake.clinic.clinic import Clinic
from intake.notifications.queries import MessageState, with_keys
from intake.scheduling import emails
from intake.scheduling.agenda import Misplaced, misplaced


def ask_to_rebook(
    appointment_ids: Collection[UUID], clinic: Clinic, *, actor: User, now: datetime
) -> int:
    """Mail the people of these appointments, as far as they lie where they cannot stay.

    Nobody is asked twice about one time, and nothing is cancelled: an appointment stays until it
    is moved. Returns how many were asked.
    """
    wanted = [each for each in misplaced(now=now) if each.appointment.id in appointment_ids]
    known, count = questions(wanted), 0
    for each in wanted:
        submission, appointment = each.submission, each.appointment
        if appointment.id in known:
            continue
        if emails.ask_to_rebook(submission, appointment, clinic, now=now):
            action = "asked for another time"
            log.record(action, actor=actor.actor, now=now, subject_id=submission.id)
            count += 1
    return count


def questions(rows: Collection[Misplaced]) -> dict[UUID, MessageState]:
    """What became of the mails that asked about these appointments, by appointment id."""
    keys = {emails.rebook_key(each.appointment): each.appointment.id for each in rows}
    return {keys[key]: state for key, state in with_keys(keys).items()}
