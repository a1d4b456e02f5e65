"""Requests that looked like spam. A person looks at each of them, for one may be a person's."""

from datetime import datetime

from sqlalchemy import select

from intake.accounts.models import User
from intake.audit import log
from intake.clinic.clinic import Clinic
from intake.core.db import db
from intake.core.paging import Cursor, Page, read_cursor
from intake.submissions import emails, queries
from intake.submissions.models import Submission
from intake.submissions.turns import is_later

QUARANTINED = "quarantined"


def quarantined(after: str = "") -> Page[Submission]:
    """What looked like spam and nobody has decided on, the longest waiting first."""
    query = select(Submission).where(Submission.status == QUARANTINED)
    cursor = read_cursor(after)
    if cursor is not None:
        query = query.where(is_later(cursor))
    ordered = query.order_by(Submission.waiting_since, Submission.id)
    rows = list(db.session.scalars(ordered.limit(queries.PAGE_SIZE + 1)))
    shown = rows[: queries.PAGE_SIZE]
    if len(rows) == len(shown):
        return Page(shown, "")
    return Page(shown, Cursor(0, shown[-1].waiting_since, shown[-1].id).text)


def let_through(
    submission: Submission, clinic: Clinic, *, call_at: datetime | None, user: User, now: datetime
) -> bool:
    """Put a request into the queue after all, with the time it has waited already.

    `call_at` is the time kept for the person, in their zone. A receipt that was not sent leaves
    now. The row must be locked. Returns False if somebody has decided already.
    """
    if submission.status != QUARANTINED:
        return False
    submission.status, submission.suspicion, submission.updated_at = "new", "", now
    log.record("let out of quarantine", actor=user.actor, now=now, subject_id=submission.id)
    emails.received(submission, clinic, now=now, call_at=call_at)
    return True
