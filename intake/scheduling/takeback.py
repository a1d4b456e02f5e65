"""Taking back the last change of a call: what staff did by a click, or a patient's cancellation.

The steps:
1. `remember`, in the transaction of the change: how the call stood before it, and until when it can
   be taken back. The mail about what staff did waits for the clinic's minutes of grace.
2. `take_back`, staff what staff did and patients what they did: the call stands as before. A mail
   that waits is not sent; who has heard of a cancellation is told that the call takes place after
   all.
A booking or a move can be taken back for those minutes, a cancellation or an outcome for a day.
Whatever else happens to the call ends it. A request that was sent meanwhile stays sent: it never
is a draft again, and whoever sent it is told how their call stands now.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from intake.audit import log
from intake.clinic.clinic import Clinic
from intake.core.db import db
from intake.notifications.outbox import void, waiting
from intake.scheduling import emails, queries, reminders
from intake.scheduling.agenda import why_misplaced
from intake.scheduling.models import PATIENT, Appointment
from intake.scheduling.person import person_key
from intake.scheduling.placing import (
    Full,
    SlotTaken,
    has_most_calls,
    is_day_full,
    place,
    refuse_two_at_once,
    write,
)
from intake.scheduling.slots import Slot
from intake.scheduling.told import told_time
from intake.submissions import emails as receipts
from intake.submissions.models import Submission
from intake.submissions.resume import OVER

LONG = timedelta(hours=24)
TAKEN = ("starts_at", "ends_at", "blocked_from", "blocked_until")
"""The instants of a slot, in order."""

WHAT = {"cancelled": "cancellation", "held": "outcome", "no_show": "outcome"}
"""What a change was, by the status it led to; any other led to a booking."""

Before = dict[str, Any]


class TooLate(Exception):
    """It cannot be taken back any more, or something else has happened to the call since."""


@dataclass(frozen=True)
class Undoing:
    """A change that is being taken back."""

    what: str
    """"booking", "cancellation" or "outcome"."""
    before: Before
    has_heard: bool
    """Whether the mail about the change has left."""
    is_sent_since: bool
    """Whether the request was a draft then, and has been sent."""
    actor: str


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
        "by": appointment.changed_by,
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
    is_told = any(waiting(topic) for topic in _topics(appointment))
    appointment.before = before | {"until": until.isoformat(), "told": is_told}


def _topics(appointment: Appointment) -> tuple[str, str]:
    """The topics of mails that tell a patient of a change."""
    return emails.news_topic(appointment), receipts.missed_topic(appointment.submission_id)


def undoable(submission_id: UUID, *, now: datetime) -> Appointment | None:
    """The call whose last change can be undone now by whoever made it (`changed_by`), if any.

    None of a request that is over: whoever closed it would not know.
    """
    changed = (Appointment.submission_id == submission_id, Appointment.before.is_not(None))
    going_on = select(Appointment).join(Submission).where(*changed, Submission.status.not_in(OVER))
    latest = going_on.order_by(Appointment.updated_at.desc()).limit(1)
    appointment = db.session.scalar(latest)
    if appointment is None or now >= undo_until(appointment):
        return None
    kept = queries.kept_for(submission_id)
    return appointment if kept is None or kept.id == appointment.id else None


def undo_until(appointment: Appointment) -> datetime:
    """Until when the last change can be undone."""
    return datetime.fromisoformat((appointment.before or {})["until"])


def take_back(
    submission: Submission, sequence: int, clinic: Clinic, *, actor: str, now: datetime
) -> Appointment | None:
    """Undo the last change of a call, if that is still the one with this sequence.

    The row of the submission must be locked. Returns None when there is nothing (any more) that
    `actor` could undo, as after a second click. Raises TooLate, SlotTaken when the time is gone or
    the person has another call then, or Full when the day or the person has enough calls.
    """
    appointment = undoable(submission.id, now=now)
    if appointment is None or (appointment.changed_by == PATIENT) != (actor == PATIENT):
        return None
    if appointment.sequence != sequence:
        raise TooLate
    if appointment.status == "cancelled":
        _check_room(appointment, actor, now)
    _refuse_two_at_once(submission, appointment, now)
    undoing = _begin(submission, appointment, actor)
    appointment.sequence, appointment.before = appointment.sequence + 1, None
    appointment.changed_by, appointment.cancelled_at, appointment.reason = actor, None, ""
    _put_back(appointment, undoing, now)
    _put_back_request(submission, appointment, undoing, now)
    log.record(f"{undoing.what} undone", actor=actor, now=now, subject_id=submission.id)
    _tell(submission, appointment, clinic, undoing=undoing, now=now)
    reminders.renew(submission, appointment, clinic, now=now)
    return appointment


def _check_room(appointment: Appointment, actor: str, now: datetime) -> None:
    """Judge a time that was given up like a new one; what staff put outside the rules is bound by
    none of them. Whether it is free is for the database to say."""
    if why_misplaced(appointment):
        raise SlotTaken
    if appointment.outside_hours:
        return
    has_most = has_most_calls if actor != PATIENT else is_one_too_many
    if is_day_full(appointment, now=now) or has_most(appointment, now=now):
        raise Full


def is_one_too_many(appointment: Appointment, *, now: datetime) -> bool:
    """Whether a patient who has cancelled a call has too many others by now to have it back.

    That is for calls they booked at once by themselves. A family may share an address, so nobody
    is refused because of others a call that the clinic has looked at.
    """
    is_theirs = (appointment.before or {}).get("by") == PATIENT
    is_instant = queries.timetable().type.mode == "instant"
    return is_instant and is_theirs and has_most_calls(appointment, now=now)


def _refuse_two_at_once(submission: Submission, appointment: Appointment, now: datetime) -> None:
    """Raises SlotTaken where somebody got another call meanwhile at the time that comes back.

    Before anything is changed: after that the database would see the change, and speak first.
    """
    if "provider_id" in (before := appointment.before or {}):
        person = person_key(submission)
        refuse_two_at_once(person, _slot_in(before), now=now, without=appointment.id)


def _begin(submission: Submission, appointment: Appointment, actor: str) -> Undoing:
    """Stop the mail about a change; raises TooLate if the worker was faster than the click.

    Who has heard of a cancellation can still hear the opposite, and what became of a call that is
    over is for our own books.
    """
    before, what = appointment.before or {}, WHAT.get(appointment.status, "booking")
    stopped = sum(void(topic) for topic in _topics(appointment))
    has_heard = before["told"] and not stopped
    if has_heard and what == "booking":
        raise TooLate
    is_sent_since = before["submission"] == "draft" and not submission.is_draft
    return Undoing(what, before, has_heard, is_sent_since, actor)


def _put_back(appointment: Appointment, undoing: Undoing, now: datetime) -> None:
    """Put a call where it was. Raises SlotTaken."""
    before = _asked_for(undoing.before, now) if undoing.is_sent_since else undoing.before
    appointment.status = before["status"]
    if "provider_id" not in before:
        appointment.updated_at = now
        write()
        return
    expires = before["hold_expires_at"]
    appointment.hold_expires_at = datetime.fromisoformat(expires) if expires else None
    place(appointment, _slot_in(before), now)
    appointment.outside_hours = before["outside_hours"]


def _slot_in(before: Before) -> Slot:
    """Where a call stood."""
    return Slot(before["provider_id"], *(datetime.fromisoformat(before[name]) for name in TAKEN))


def _asked_for(before: Before, now: datetime) -> Before:
    """How a draft's call stood, now that it is sent: what was held is asked for, if still ahead."""
    if before["status"] != "hold":
        return before
    if datetime.fromisoformat(before["starts_at"]) <= now:
        return before | {"status": "released"}
    return before | {"status": "pending", "hold_expires_at": None}


def _put_back_request(
    submission: Submission, appointment: Appointment, undoing: Undoing, now: datetime
) -> None:
    """Put a request where it was in the queue; what was sent since stays sent."""
    submission.updated_at = now
    if not undoing.is_sent_since:
        submission.status = undoing.before["submission"]
        submission.waiting_since = datetime.fromisoformat(undoing.before["waiting_since"])
    elif appointment.status == "booked":
        submission.status = "booked"
    else:
        submission.status = "contacting" if submission.tries else "new"


def _tell(
    submission: Submission,
    appointment: Appointment,
    clinic: Clinic,
    *,
    undoing: Undoing,
    now: datetime,
) -> None:
    """Tell whoever would be wrong now about how the call stands."""
    if undoing.actor == PATIENT:
        emails.tell_desk(submission, appointment, clinic, was=None, now=now)
    if appointment.status == "booked":
        _tell_booked(submission, appointment, clinic, undoing=undoing, now=now)
    elif undoing.is_sent_since:
        call_at = told_time(appointment, clinic) if appointment.is_live else None
        receipts.received_anew(submission, clinic, now=now, call_at=call_at)


def _tell_booked(
    submission: Submission,
    appointment: Appointment,
    clinic: Clinic,
    *,
    undoing: Undoing,
    now: datetime,
) -> None:
    """Tell of a call that stands as before: who never heard of it, or heard the opposite."""
    heard_opposite = undoing.has_heard or undoing.is_sent_since or undoing.actor == PATIENT
    if undoing.before.get("unheard"):
        due_at, asked = now + clinic.grace, asked_for(undoing.before)
        emails.booked(submission, appointment, clinic, now=now, due_at=due_at, asked=asked)
    elif undoing.what == "cancellation" and heard_opposite:
        emails.restored(submission, appointment, clinic, now=now)
