"""Legal holds: placed and ended by an administrator, with a reason."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from intake.accounts.models import User
from intake.audit import log
from intake.core.db import db
from intake.retention.models import LegalHold
from intake.submissions.models import Submission


def hold_on(submission_ids: Collection[UUID]) -> LegalHold | None:
    """The hold on one of these requests, if there is any."""
    query = select(LegalHold).where(LegalHold.submission_id.in_(submission_ids))
    return db.session.scalar(query.order_by(LegalHold.placed_at).limit(1))


def place(submission: Submission, reason: str, *, author: User, now: datetime) -> None:
    """Keep a request until the hold is ended. A second one changes nothing."""
    if hold_on([submission.id]) is not None:
        return
    hold = LegalHold(submission_id=submission.id, author_id=author.id, placed_at=now)
    hold.reason = reason
    db.session.add(hold)
    log.record("legal hold placed", actor=author.actor, now=now, subject_id=submission.id)


def end(submission: Submission, *, author: User, now: datetime) -> None:
    """Let the rules apply to a request again."""
    hold = hold_on([submission.id])
    if hold is not None:
        db.session.delete(hold)
        log.record("legal hold ended", actor=author.actor, now=now, subject_id=submission.id)
