"""Answers opened in an emergency by somebody whose role does not show them ("break-glass").

45 CFR 164.312(a)(2)(ii) requires a way to health data in an emergency. It is open for an hour, for
one request and one person, with a reason; others are told at once. Who may, and since when, is read
from the audit log, where nobody can change it.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from intake.accounts.models import User
from intake.audit import log
from intake.audit.models import AuditEntry
from intake.clinic.clinic import Clinic
from intake.core.db import db
from intake.submissions import staff_emails
from intake.submissions.models import Submission
from intake.submissions.service import add_note

OPEN_FOR = timedelta(hours=1)
OPENED = "answers opened in an emergency"
REASONS = {
    "danger": "Somebody may be in danger, and no clinician can be reached",
    "helpers": "Emergency services or another clinician treating them need it now",
    "other": "Another emergency",
}
"""Why, by what the audit log says."""


def open_answers(
    submission: Submission,
    reason: str,
    words: str,
    *,
    tell: Collection[str],
    clinic: Clinic,
    author: User,
    now: datetime,
) -> None:
    """Open the answers of a request to `author` for an hour, and `tell` these addresses.

    The author's own words become a note, sealed like all notes.
    """
    add_note(submission, f"{REASONS[reason]}. {words}", author=author, now=now)
    log.record(OPENED, actor=author.actor, now=now, subject_id=submission.id, detail=reason)
    staff_emails.answers_opened(submission, clinic, by=author.name, recipients=tell, now=now)


def open_until(submission_id: UUID, user: User, *, now: datetime) -> datetime | None:
    """Until when the answers are open to this user; None when they are not."""
    mine = (
        select(AuditEntry.at)
        .where(AuditEntry.subject_id == submission_id, AuditEntry.actor == user.actor)
        .where(AuditEntry.action == OPENED, AuditEntry.at > now - OPEN_FOR, AuditEntry.at <= now)
    )
    opened_at = db.session.scalar(mine.order_by(AuditEntry.seq.desc()).limit(1))
    return opened_at + OPEN_FOR if opened_at else None
