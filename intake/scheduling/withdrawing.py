"""A patient takes their request back, before a call is agreed on.

1. What is held for them is free again, and goes to the waitlist first.
2. No mail about the request that waits is sent, and no call is planned; who took it lets go of it.
3. The desk is told. An urgent flag stays open, whatever the person wants: it is about their safety.
Nothing is deleted by that, and staff can open the request again. Whoever wants to be deleted says
so; an administrator decides, since the law may oblige the clinic to keep a record.
"""

from datetime import datetime

from intake.audit import log
from intake.clinic.clinic import Clinic
from intake.notifications.outbox import stop
from intake.scheduling import queries, takeback, waitlist
from intake.scheduling.mail_texts import TEXTS
from intake.scheduling.models import PATIENT
from intake.scheduling.placing import slot_of
from intake.submissions import emails, staff_emails
from intake.submissions.models import Submission

WITHDRAWABLE = ("new", "contacting", "quarantined")


class TooLateToWithdraw(Exception):
    """A call is booked, or the request is over: now it takes a cancellation, or the phone."""


def may_withdraw(submission: Submission) -> bool:
    """Whether its person can take a request back by themselves."""
    return submission.status in WITHDRAWABLE


def withdraw(submission: Submission, clinic: Clinic, *, now: datetime) -> None:
    """Take a request back. The row must be locked. Raises TooLateToWithdraw."""
    if submission.status == "withdrawn":
        return  # the second click of two
    if not may_withdraw(submission):
        raise TooLateToWithdraw
    _give_up_time(submission, now)
    stop(submission.id, TEXTS)
    submission.status, submission.updated_at = "withdrawn", now
    submission.call_at = submission.claimed_by = submission.claimed_at = None
    submission.resume_hash = submission.resume_expires_at = None
    log.record("request withdrawn", actor=PATIENT, now=now, subject_id=submission.id)
    emails.withdrawn(submission, clinic, now=now)
    staff_emails.withdrawn(submission, clinic, now=now)


def ask_erasure(submission: Submission, clinic: Clinic, *, now: datetime) -> None:
    """Note that somebody wants to be deleted, and tell the clinic. The row must be locked."""
    if submission.erasure_asked_at is not None:
        return
    submission.erasure_asked_at = submission.updated_at = now
    log.record("erasure asked for", actor=PATIENT, now=now, subject_id=submission.id)
    staff_emails.erasure_asked(submission, clinic, now=now)


def _give_up_time(submission: Submission, now: datetime) -> None:
    """Free the time that is held, and what staff could still undo about a call."""
    kept = queries.kept_for(submission.id)
    if kept is not None:
        kept.status, kept.hold_expires_at = "released", None
        kept.updated_at, kept.changed_by = now, PATIENT
        waitlist.note_opening(slot_of(kept), freed_by=submission.id, now=now)
    changed = takeback.undoable(submission.id, now=now)
    if changed is not None:
        changed.before = None
    waitlist.leave(submission.id, now=now)
