"""What became of a booked call once its time has come: it was held, or nobody came."""

from datetime import datetime

from intake.accounts.models import User
from intake.audit import log
from intake.clinic.clinic import Clinic
from intake.scheduling import asking, emails, queries, takeback
from intake.scheduling.models import Appointment
from intake.submissions.models import Submission

OUTCOMES = ("held", "no_show")


class TooSoon(Exception):
    """The call has not begun yet, or there is none."""


def is_due(appointment: Appointment | None, *, now: datetime) -> bool:
    """Whether a call has begun and nobody has said what became of it."""
    return (
        appointment is not None and appointment.status == "booked" and appointment.starts_at <= now
    )


def settle(
    submission: Submission,
    outcome: str,
    clinic: Clinic,
    *,
    actor: User,
    now: datetime,
    tell: bool = True,
) -> None:
    """Write down what became of the call of a submission, of `OUTCOMES`; can be undone for a day.

    Who did not come is mailed a link to choose another time, unless staff said not to `tell` them.
    The row of the submission must be locked. Raises TooSoon.
    """
    if submission.status == outcome:
        return  # the second click of two
    appointment = queries.kept_for(submission.id)
    if appointment is None or not is_due(appointment, now=now):
        raise TooSoon
    as_it_was = takeback.as_it_stands(submission, appointment)
    appointment.status, appointment.updated_at = outcome, now
    appointment.changed_by = actor.actor
    if not submission.is_draft:
        submission.status = outcome
    submission.updated_at = now
    told = emails.told_words(submission, tell=tell) if outcome == "no_show" else ""
    if outcome == "no_show" and tell:
        asking.missed(submission, appointment, clinic, now=now)
    who = actor.actor
    log.record(f"call {outcome}", actor=who, now=now, subject_id=submission.id, detail=told)
    takeback.remember(appointment, as_it_was, clinic, now=now)
