"""Whether a clinician has read the answers that one must read before the call is confirmed.

Rule: docs/clinicians.md, level "clinician review".
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from intake.accounts.models import User
from intake.accounts.permissions import Permission
from intake.audit.models import AuditEntry
from intake.clinic.clinic import Clinic
from intake.core.db import db
from intake.screening.level import Level
from intake.staff.actors import name_of
from intake.staff.words import when
from intake.submissions.emergency import open_until
from intake.submissions.given import answered_last
from intake.submissions.models import Submission

VIEWED = "record viewed"
BY_CLINICIAN = "by a clinician"
IN_EMERGENCY = "with the answers, in an emergency"


@dataclass(frozen=True)
class Reading:
    """What the record says about it."""

    is_done: bool
    words: str


def how_viewed(user: User) -> str:
    """What the audit log says about this user's look at a record."""
    return BY_CLINICIAN if user.may(Permission.CLOSE_FLAG) else ""


def how_answers_viewed(user: User, submission_id: UUID, *, now: datetime) -> str:
    """The same about a look at the page with the answers, which may be open in an emergency."""
    is_opened = open_until(submission_id, user, now=now) is not None
    return IN_EMERGENCY if is_opened else how_viewed(user)


def reading_of(submission: Submission, clinic: Clinic, *, now: datetime) -> Reading | None:
    """Who read it since the latest answers; None where nobody needs to."""
    if submission.level_rank < Level.CLINICIAN_REVIEW.rank or submission.sent_at is None:
        return None
    since = answered_last(submission.answers or {}) or submission.sent_at
    looks = (
        select(AuditEntry)
        .where(AuditEntry.subject_id == submission.id, AuditEntry.action == VIEWED)
        .where(AuditEntry.detail == BY_CLINICIAN, AuditEntry.at >= since)
    )
    look = db.session.scalar(looks.order_by(AuditEntry.seq).limit(1))
    if look is None:
        return Reading(False, "No clinician has read these answers yet. Ask one to, then confirm.")
    return Reading(True, f"Read by {name_of(look.actor)}, {when(look.at, clinic.tz, now)}")
