"""Rows of the queue's table: how long, who, what for, when, and what to do next."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flask import url_for

from intake.clinic.clinic import Clinic
from intake.core.i18n import time_text
from intake.scheduling.models import Appointment
from intake.scheduling.outcomes import is_due
from intake.staff.flag import Handled, call_words, level_tag, waiting_words
from intake.staff.held import Held
from intake.staff.past_calls import cancelled_words
from intake.staff.person import Person
from intake.staff.words import (
    CHANNELS,
    CLOSED_FOR,
    SETTLED,
    STATUSES,
    TRIES,
    Tag,
    lasting,
    opening,
    when,
)
from intake.submissions.claims import is_claimable
from intake.submissions.due import answer_due
from intake.submissions.models import Submission

AFTER = {"booked": "Book the call", "wrong_number": "Write to them", "not_interested": "Close"}
"""The next action after a call that settled something."""
DUE_SOON = 60
"""Open minutes before the promised answer from which a row is marked."""


@dataclass(frozen=True)
class Status:
    """A cell of the table: words, an icon, a second line, and how bad it is."""

    text: str
    icon: str
    small: str = ""
    kind: str = ""


@dataclass(frozen=True)
class QueueRow:
    """One submission in the table."""

    href: str
    name: str
    small: str
    first: Status
    helps: str
    tags: list[Tag]
    call: Status
    action: str
    solid: bool = False
    held: Held | None = None
    take: str = ""
    """Where its button sends; "" where there is nothing to take, or somebody has it."""

    def with_holder(self, submission: Submission, held: Held | None) -> "QueueRow":
        """The same row, which also says who has it."""
        is_free = held is None and is_claimable(submission)
        take = url_for("staff.take", submission_id=submission.id) if is_free else ""
        return replace(self, held=held, take=take)


def waiting_row(
    submission: Submission,
    appointment: Appointment | None,
    handled: Handled | None,
    clinic: Clinic,
    *,
    now: datetime,
) -> QueueRow:
    """Somebody who waits for us; `handled` is what was done about their flag."""
    kept_at = appointment.starts_at if appointment and appointment.is_live else None
    first = _waiting(submission, handled, clinic, now, call_at=kept_at)
    if appointment is None:
        wished = "Chose parts of the week" if Person(submission).availability else "No time chosen"
        call, action = Status(wished, "phone"), "Call"
    elif appointment.status == "cancelled":
        text, small = cancelled_words(appointment, clinic, now=now)
        call, action = Status(text, "x", small), "Offer a new time"
    else:
        starts = when(appointment.starts_at, clinic.tz, now)
        is_booked = appointment.status == "booked"
        small = "Call is booked" if is_booked else "Asked for this time"
        call = Status(opening(starts), "calendar", small)
        action = "Call" if is_booked else "Confirm time"
    if submission.is_draft or submission.is_flagged:
        action = "Call"
    elif appointment is None or appointment.status == "cancelled":
        action = _after_last_try(submission, clinic) or action
    return _row(submission, handled, clinic, now, first=first, call=call, action=action)


def booked_row(
    submission: Submission,
    appointment: Appointment,
    handled: Handled | None,
    clinic: Clinic,
    *,
    now: datetime,
) -> QueueRow:
    """Somebody with a booked call."""
    start = time_text(appointment.starts_at, clinic.tz, "en")
    minutes = (appointment.ends_at - appointment.starts_at) // timedelta(minutes=1)
    first = Status(start, "calendar", f"{minutes} minutes")
    icon = {"video": "video", "in_person": "user"}.get(appointment.channel, "phone")
    call = Status(CHANNELS.get(appointment.channel, ""), icon)
    action = "Say how it went" if is_due(appointment, now=now) else "Open"
    return _row(submission, handled, clinic, now, first=first, call=call, action=action)


def over_row(
    submission: Submission, handled: Handled | None, clinic: Clinic, *, now: datetime
) -> QueueRow:
    """Somebody we need to do nothing more for."""
    state = SETTLED if submission.is_draft else STATUSES[submission.status]
    first = Status(state, "done", CLOSED_FOR.get(submission.closed_for, ""))
    call = Status("No call ahead", "calendar")
    return _row(submission, handled, clinic, now, first=first, call=call, action="Open")


def found_row(
    submission: Submission,
    appointment: Appointment | None,
    handled: Handled | None,
    clinic: Clinic,
    *,
    now: datetime,
) -> QueueRow:
    """Somebody who was searched for, in the words of the list in which they stand."""
    if submission.status in ("new", "contacting") or submission.is_flagged:
        return waiting_row(submission, appointment, handled, clinic, now=now)
    is_booked = appointment is not None and appointment.status == "booked"
    if appointment is None or not is_booked:
        return over_row(submission, handled, clinic, now=now)
    row = booked_row(submission, appointment, handled, clinic, now=now)
    starts = opening(when(appointment.starts_at, clinic.tz, now))
    return replace(row, first=Status("Call is booked", "calendar", starts))


def _row(
    submission: Submission,
    handled: Handled | None,
    clinic: Clinic,
    now: datetime,
    *,
    first: Status,
    call: Status,
    action: str,
) -> QueueRow:
    person = Person(submission)
    since = submission.sent_at or submission.created_at
    return QueueRow(
        href=url_for("staff.show", submission_id=submission.id),
        name=person.name,
        small=f"{submission.reference} · {when(since, clinic.tz, now)}",
        first=first,
        helps=person.conditions,
        tags=_tags(submission, handled, clinic, now),
        call=call,
        action=action,
        solid=first.kind == "alert",
    )


def _tags(
    submission: Submission, handled: Handled | None, clinic: Clinic, now: datetime
) -> list[Tag]:
    tags = [level_tag(submission)]
    if handled is not None and handled.entry.closed and not submission.is_flagged:
        at = handled.at(clinic, now).removeprefix("today ").replace(" ", "\N{NO-BREAK SPACE}")
        who = f"Acknowledged by {handled.author} {at}"
        tags = [tags[0]._replace(label=who)]
    if submission.is_draft:
        tags.append(Tag(STATUSES["draft"], "info", "note"))
    return tags


def _flagged(
    submission: Submission, handled: Handled | None, clinic: Clinic, now: datetime
) -> Status:
    """How long a flag is open, and who is on it or by when to call."""
    small = call_words(submission, clinic, now=now)
    if handled is not None and handled.is_about(submission) and handled.entry.try_again_at:
        small = f"{handled.author} tries again {when(handled.entry.try_again_at, clinic.tz, now)}"
    return Status(waiting_words(submission, now), "alert", small, "alert")


def _after_last_try(submission: Submission, clinic: Clinic) -> str:
    """What the last call leaves to do; "" where nothing follows from it."""
    if submission.is_planned:
        number = submission.tries + 1
        return f"Call, try {number}" if number > 1 else "Call back"
    if submission.last_try in AFTER:
        return AFTER[submission.last_try]
    return "Close politely" if submission.tries > len(clinic.retry_hours) else ""


def _planned(call_at: datetime, submission: Submission, clinic: Clinic, now: datetime) -> Status:
    """When somebody is called again; nobody waits before that."""
    small = TRIES[submission.last_try] if submission.last_try else ""
    time = when(call_at, clinic.tz, now)
    if now < call_at:
        return Status(f"Call {time}", "clock", small)
    is_late = clinic.hours.open_minutes_between(call_at, now) >= DUE_SOON
    kind, icon = ("alert", "alert") if is_late else ("warn", "clock")
    return Status(f"Call was due {time}" if is_late else f"Call now, due {time}", icon, small, kind)


def _waiting(
    submission: Submission,
    handled: Handled | None,
    clinic: Clinic,
    now: datetime,
    *,
    call_at: datetime | None,
) -> Status:
    """How long somebody has waited, against what was promised in the clinic's open hours."""
    if submission.is_flagged:
        return _flagged(submission, handled, clinic, now)
    if submission.call_at is not None and submission.is_planned:
        return _planned(submission.call_at, submission, clinic, now)
    text = f"Waiting {lasting(now - submission.waiting_since)}"
    due = answer_due(submission, clinic, call_at=call_at)
    small = when(due, clinic.tz, now)
    if now >= due:
        return Status(text, "alert", f"Answer was due {small}", "alert")
    is_soon = clinic.hours.open_minutes_between(now, due) < DUE_SOON
    return Status(text, "clock", f"Answer by {small}", "warn" if is_soon else "")
