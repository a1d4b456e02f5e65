"""Taking back what staff did to a call by a click: booking, moving, cancelling, its outcome.

The steps:
1. `remember`, in the transaction of the change: how the call stood before it, and until when it can
   be taken back. The mail about the change waits for the clinic's minutes of grace.
2. `take_back`: the call stands as before. A mail that waits is not sent; who has heard of a
   cancellation is told that the call takes place after all.
A booking or a move can be taken back for those minutes, a cancellation or an outcome for a day.
Whatever else happens to the call ends it. A request that was sent meanwhile stays sent: it never
is a draft again, and whoever sent it is told how their call stands now.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from intake.accounts.models import User
from intake.audit import log
from intake.clinic.clinic import Clinic
from intake.core.db import db
from intake.notifications.outbox import void, waiting
from intake.scheduling import emails, queries, reminders
from intake.scheduling.agenda import still_fits
from intake.scheduling.models import Appointment
from intake.scheduling.placing import SlotTaken, place, write
from intake.scheduling.slots import Slot
from intake.scheduling.told import told_time
from intake.submissions import emails as receipts
from intake.submissions.models import Submission

LONG = timedelta(hours=24)
TAKEN = ("starts_at", "ends_at", "blocked_from", "blocked_until")
"""The instants of a slot, in order."""

WHAT = {"cancelled": "cancellation", "held": "outcome", "no_show": "outcome"}

Before = dict[str, Any]


class TooLate(Exception):
    """It cannot be taken back any more, or something else has happened to the call since."""


def as_it_stands(submission: Submission, appointment: Appointment | None) -> Before:
    """A submission and its call as a document. Without a call, there will be none again."""
    before: Before = {
        "submission": submission.status,
        "waiting_since": submission.waiting_since.isoformat(),
        "status": "released",
    }
    if appointment is None:
        return before
    instants = {name: getattr(appointment, name) for name in (*TAKEN, "hold_expires_at")}
    return before | {
        "status": appointment.status,
        "provider_id": appointment.provider_id,
        "outside_hours": appointment.outside_hours,
        "unheard": emails.is_unheard(appointment),
        "asked": _wish(appointment),
        **{name: value.isoformat() if value else None for name, value in instants.items()},
    }


def asked_for(before: Before) -> datetime | None:
    """The time a patient asked for, as long as they were not told of another one."""
    return datetime.fromisoformat(before["asked"]) if before.get("asked") else None


def _wish(appointment: Appointment) -> str | None:
    if appointment.status == "pending":
        return appointment.starts_at.isoformat()
    return (appointment.before or {}).get("asked")


def remember(appointment: Appointment, before: Before, clinic: Clinic, *, now: datetime) -> None:
    """Let a change that was just made be undone. Its mail must be in the outbox already."""
    until = now + clinic.grace
    if appointment.status == "cancelled":
        until = min(now + LONG, appointment.starts_at)
    elif appointment.status in ("held", "no_show"):
        until = now + LONG
    is_told = bool(waiting(emails.news_topic(appointment)))
    appointment.before = before | {"until": until.isoformat(), "told": is_told}


def undoable(submission: Submission, *, now: datetime) -> Appointment | None:
    """The call whose last change can be undone now, if there is one."""
    changed = (Appointment.submission_id == submission.id, Appointment.before.is_not(None))
    latest = select(Appointment).where(*changed).order_by(Appointment.updated_at.desc()).limit(1)
    appointment = db.session.scalar(latest)
    if appointment is None or now >= undo_until(appointment):
        return None
    kept = queries.kept_for(submission.id)
    return appointment if kept is None or kept.id == appointment.id else None


def undo_until(appointment: Appointment) -> datetime:
    """Until when the last change can be undone."""
    return datetime.fromisoformat((appointment.before or {})["until"])


def take_back(
    submission: Submission, sequence: int, clinic: Clinic, *, actor: User, now: datetime
) -> Appointment | None:
    """Undo the last change of a call, if that is still the one with this sequence.

    The row of the submission must be locked. Returns None when there is nothing (any more) to
    undo, as after a second click. Raises TooLate, or SlotTaken when the time is gone.
    """
    appointment = undoable(submission, now=now)
    if appointment is None:
        return None
    if appointment.sequence != sequence:
        raise TooLate
    before, was = appointment.before or {}, appointment.status
    was_cancelled, sent_since = was == "cancelled", _was_sent_since(submission, before)
    if was_cancelled and not still_fits(appointment):
        raise SlotTaken
    stopped = void(emails.news_topic(appointment))
    has_heard = before["told"] and not stopped
    if has_heard and not was_cancelled:
        raise TooLate  # the worker was faster than the click
    appointment.sequence, appointment.before = appointment.sequence + 1, None
    appointment.changed_by, appointment.cancelled_at, appointment.reason = actor.actor, None, ""
    _put_back(appointment, _asked_for(before, now) if sent_since else before, now)
    submission.updated_at = now
    if sent_since:
        submission.status = _status_of_sent(submission, appointment)
    else:
        submission.status = before["submission"]
        submission.waiting_since = datetime.fromisoformat(before["waiting_since"])
    what = WHAT.get(was, "booking")
    log.record(f"{what} undone", actor=actor.actor, now=now, subject_id=submission.id)
    if appointment.status == "booked":
        if before.get("unheard"):
            due_at, asked = now + clinic.grace, asked_for(before)
            emails.booked(submission, appointment, clinic, now=now, due_at=due_at, asked=asked)
        elif has_heard or (was_cancelled and sent_since):  # or saw it missing when they sent
            emails.restored(submission, appointment, clinic, now=now)
    elif sent_since:
        call_at = told_time(appointment, clinic) if appointment.is_live else None
        receipts.received_anew(submission, clinic, now=now, call_at=call_at)
    reminders.renew(submission, appointment, clinic, now=now)
    return appointment


def _was_sent_since(submission: Submission, before: Before) -> bool:
    return before["submission"] == "draft" and not submission.is_draft


def _status_of_sent(submission: Submission, appointment: Appointment) -> str:
    if appointment.status == "booked":
        return "booked"
    return "contacting" if submission.tries else "new"


def _asked_for(before: Before, now: datetime) -> Before:
    """How a draft's call stood, now that it is sent: what was held is asked for, if still ahead."""
    if before["status"] != "hold":
        return before
    if datetime.fromisoformat(before["starts_at"]) <= now:
        return before | {"status": "released"}
    return before | {"status": "pending", "hold_expires_at": None}


def _put_back(appointment: Appointment, before: Before, now: datetime) -> None:
    appointment.status = before["status"]
    if "provider_id" not in before:
        appointment.updated_at = now
        write()
        return
    expires = before["hold_expires_at"]
    appointment.hold_expires_at = datetime.fromisoformat(expires) if expires else None
    instants = (datetime.fromisoformat(before[name]) for name in TAKEN)
    place(appointment, Slot(before["provider_id"], *instants), now)
    appointment.outside_hours = before["outside_hours"]
