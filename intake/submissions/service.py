"""What happens to a submission: it is sent, and staff work on it."""

from datetime import datetime

from intake.accounts.models import User
from intake.audit import log
from intake.clinic.clinic import Clinic
from intake.core.db import db
from intake.submissions import emails, staff_emails
from intake.submissions.flags import PATIENT, assess_and_alarm
from intake.submissions.models import Note, Submission
from intake.submissions.suspicion import is_kept_apart


def submit(
    draft: Submission,
    clinic: Clinic,
    *,
    now: datetime,
    call_at: datetime | None = None,
    is_booked: bool = False,
) -> bool:
    """Turn the draft into a sent submission, with receipt and notice to staff in the outbox.

    What looks like a program's goes into quarantine instead, and mails nobody: the address may be
    anybody's. A call that staff have booked shows that it is a person's.

    `call_at` is the time kept for the person, in their zone. `is_booked` says that staff booked it
    while the person was still answering. The row must be locked by the caller's unit of work.
    Returns False, changing nothing, when it was sent already: a second click gets the same receipt.
    """
    if not draft.is_draft:
        return False
    level = assess_and_alarm(draft, clinic, now=now)
    is_apart = is_kept_apart(draft) and not is_booked
    draft.status = "quarantined" if is_apart else "booked" if is_booked else "new"
    draft.closed_for = ""  # staff may have closed it before it was sent
    draft.sent_at, draft.updated_at, draft.expires_at = now, now, None
    if not draft.is_flagged:
        draft.waiting_since = now  # whoever raised a flag has been waiting since then
    log.record(
        "submission sent",
        actor=PATIENT,
        now=now,
        subject_id=draft.id,
        detail=f"level {level.value}",
    )
    if is_apart:
        log.record("put into quarantine", actor="system", now=now, subject_id=draft.id)
        return True
    emails.received(draft, clinic, now=now, call_at=call_at, is_booked=is_booked)
    staff_emails.new_submission(draft, clinic, now=now)
    return True


def add_note(submission: Submission, body: str, *, author: User, now: datetime) -> Note:
    """Write a note only staff see."""
    note = Note(submission_id=submission.id, author_id=author.id, created_at=now)
    note.body = body
    db.session.add(note)
    log.record("note added", actor=author.actor, now=now, subject_id=submission.id)
    return note
