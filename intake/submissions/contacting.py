"""Calls to people who asked for a consultation, closing a request, and opening it again.

1. A call is written down with one click. Whoever was not reached is planned for another call, by
   the clinic's rhythm; until then they stand below those who wait now.
2. After the last call of the rhythm closing is proposed. Staff may close with a reason at any time
   and say whether the person is told; the mail waits for the minutes of grace.
3. A closed request can be opened again. Nothing is deleted. A draft whose flag was acknowledged is
   closed for staff only: it stays a draft, and whoever comes back goes on with the form.
An open urgent flag goes before all of it: calls are written down, but nobody is put off or closed.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from intake.accounts.models import User
from intake.audit import log
from intake.clinic.clinic import Clinic
from intake.core.db import db
from intake.notifications.outbox import void
from intake.submissions import emails
from intake.submissions.claims import let_go
from intake.submissions.models import Submission, Try

NOT_REACHED = frozenset({"no_answer", "voicemail", "wrong_number"})
"""Outcomes of a call that reached nobody."""
PLANNED = frozenset({"no_answer", "voicemail", "call_back"})
"""Outcomes after which there is another call."""
UNDO_FOR = timedelta(hours=1)
CLOSABLE = ("new", "contacting", "held", "no_show", "quarantined")
OPENABLE = ("closed", "withdrawn", "held", "no_show")


class UnknownTry(Exception):
    """A form that was sent for another submission, or by somebody else."""


class NotNow(Exception):
    """The submission cannot be closed or opened as it stands."""


def write_down(
    submission: Submission,
    outcome: str,
    *,
    entry_id: UUID,
    call_at: datetime | None,
    author: User,
    now: datetime,
) -> Try:
    """Write down a call and plan the next one at `call_at`, if there is one.

    The row of the submission must be locked. `entry_id` is made with the form, so that a second
    click adds nothing. Raises UnknownTry.
    """
    known = db.session.get(Try, entry_id)
    if known is not None:
        if (known.submission_id, known.author_id) != (submission.id, author.id):
            raise UnknownTry
        return known
    entry = Try(
        id=entry_id,
        submission_id=submission.id,
        author_id=author.id,
        outcome=outcome,
        created_at=now,
        before=_as_it_stands(submission),
        call_at=call_at if outcome in PLANNED else None,
    )
    db.session.add(entry)
    _follow(submission, entry, now)
    if outcome in PLANNED:
        let_go(submission, author)  # somebody else may make the next call
    log.record(
        "call recorded", actor=author.actor, now=now, subject_id=submission.id, detail=outcome
    )
    db.session.flush()
    return entry


def undo(submission: Submission, entry_id: UUID, *, author: User, now: datetime) -> bool:
    """Take back the last call that was written down. Returns whether it could be."""
    entry = db.session.get(Try, entry_id)
    if entry is None or not is_undoable(entry, submission, now=now):
        return False
    entry.undone_at = now
    for name in ("status", "tries", "last_try"):
        setattr(submission, name, entry.before[name])
    for name in ("call_at", "waiting_since"):
        value = entry.before[name]
        setattr(submission, name, datetime.fromisoformat(value) if value else None)
    submission.updated_at = now
    log.record("call undone", actor=author.actor, now=now, subject_id=submission.id)
    return True


def is_undoable(entry: Try, submission: Submission, *, now: datetime) -> bool:
    """Whether a call is the last one, written a short while ago, and nothing came after it."""
    latest = next((each for each in tries_of(submission.id) if each.undone_at is None), None)
    is_latest = latest is not None and latest.id == entry.id
    return (
        is_latest
        and now < entry.created_at + UNDO_FOR
        and entry.created_at == submission.updated_at
    )


def tries_of(submission_id: UUID) -> list[Try]:
    """The calls about a submission, the latest first; also those that were undone."""
    query = select(Try).where(Try.submission_id == submission_id)
    return list(db.session.scalars(query.order_by(Try.created_at.desc(), Try.id)))


def is_closed(submission: Submission) -> bool:
    """Whether staff have closed it; a draft stays one for the person who fills it in."""
    return submission.status == "closed" or (submission.is_draft and bool(submission.closed_for))


def is_closable(submission: Submission) -> bool:
    """Whether staff may close it as it stands, if no call is ahead."""
    is_settled_draft = submission.is_draft and submission.alarms > 0 and not is_closed(submission)
    return not submission.is_flagged and (submission.status in CLOSABLE or is_settled_draft)


def is_openable(submission: Submission) -> bool:
    """Whether it is over, so that staff may open it again."""
    return submission.status in OPENABLE or is_closed(submission)


def close(
    submission: Submission, reason: str, clinic: Clinic, *, tell: bool, author: User, now: datetime
) -> None:
    """Close a request, of which no call may be ahead. The row must be locked. Raises NotNow."""
    if is_closed(submission):
        return  # the second click of two
    if not is_closable(submission):
        raise NotNow
    void(emails.missed_topic(submission.id))
    if not submission.is_draft:
        submission.status = "closed"
    submission.closed_for = reason
    submission.call_at, submission.updated_at = None, now
    let_go(submission, author)
    log.record(
        "submission closed", actor=author.actor, now=now, subject_id=submission.id, detail=reason
    )
    if tell:
        emails.closed(submission, clinic, now=now)


def reopen(submission: Submission, *, author: User, now: datetime) -> None:
    """Put a request that was over back into the queue; mails about its end do not leave."""
    if not is_openable(submission):
        return
    void(emails.closing_topic(submission))
    void(emails.missed_topic(submission.id))
    if not submission.is_draft:
        submission.status = "contacting"
    submission.closed_for = ""
    submission.tries, submission.call_at = 0, None
    submission.waiting_since = submission.updated_at = now
    log.record("submission opened again", actor=author.actor, now=now, subject_id=submission.id)


def _follow(submission: Submission, entry: Try, now: datetime) -> None:
    """What a call changes in the queue."""
    submission.last_try, submission.updated_at = entry.outcome, now
    submission.tries = submission.tries + 1 if entry.outcome in NOT_REACHED else 0
    if submission.status == "new":
        submission.status = "contacting"
    submission.call_at = entry.call_at
    if entry.call_at is not None and not submission.is_flagged:
        submission.waiting_since = entry.call_at


def _as_it_stands(submission: Submission) -> dict[str, Any]:
    call_at = submission.call_at
    return {
        "status": submission.status,
        "tries": submission.tries,
        "last_try": submission.last_try,
        "call_at": call_at.isoformat() if call_at else None,
        "waiting_since": submission.waiting_since.isoformat(),
    }
