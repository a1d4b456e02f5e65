"""By when somebody hears from us, as staff see it: never later than we promised the person."""

from datetime import datetime

from intake.clinic.clinic import Clinic
from intake.clinic.safety import call_by
from intake.screening.level import Level
from intake.submissions.emails import respond_by
from intake.submissions.models import Submission


def answer_due(submission: Submission, clinic: Clinic, *, call_at: datetime | None) -> datetime:
    """By when a request that waits is answered. `call_at` is the time that is kept, if one is.

    The clinic's own target counts from when the person began to wait; the promise, or the call
    that stands for it, comes first where it is sooner.
    """
    target = clinic.target_minutes(Level(submission.level))
    due = clinic.hours.add_open_minutes(submission.waiting_since, target)
    promised = _promised(submission, clinic, call_at)
    return min(due, promised) if promised else due


def call_due(submission: Submission, clinic: Clinic) -> datetime:
    """By when somebody whose flag is open is called."""
    since = submission.flagged_at or submission.waiting_since
    due = call_by(clinic, Level(submission.level), since)
    promised = _promised(submission, clinic, None) if submission.status == "new" else None
    return min(due, promised) if promised else due


def _promised(submission: Submission, clinic: Clinic, call_at: datetime | None) -> datetime | None:
    """What the receipt says; None for whoever has no receipt, or waits for something new since."""
    sent_at, since = submission.sent_at, submission.waiting_since
    if sent_at is None or (since > sent_at and since != submission.flagged_at):
        return None
    return respond_by(submission, clinic, sent_at=sent_at, call_at=call_at) or call_at
