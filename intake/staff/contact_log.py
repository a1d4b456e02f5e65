"""The contact card of a record: what to say, what came of earlier calls, and what to do next."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from intake.accounts.queries import names_of
from intake.clinic.clinic import Clinic
from intake.core.tokens import new_id
from intake.scheduling import outcomes
from intake.scheduling.models import Appointment
from intake.staff.contact_forms import TryForm
from intake.staff.person import Person
from intake.staff.words import CLOSED_FOR, TRIES, when
from intake.submissions import contacting
from intake.submissions.cadence import next_call
from intake.submissions.models import Submission, Try

ICONS = {
    "no_answer": "x",
    "voicemail": "voicemail",
    "call_back": "clock",
    "booked": "calendar",
    "not_interested": "stop",
    "wrong_number": "alert",
}


AFTER = {
    "wrong_number": "The number is wrong: write to them, or close the request",
    "booked": "Choose the time that was agreed on",
    "not_interested": "Close the request",
}
"""What is left to do after a call that settled something."""


@dataclass(frozen=True)
class LoggedTry:
    """One line of the contact log; `undo` names the entry if it can be taken back."""

    icon: str
    text: str
    small: str
    undo: UUID | None


@dataclass(frozen=True, kw_only=True)
class ContactCard:
    """What the record shows beside the phone number."""

    form: TryForm
    outcomes: list[tuple[str, str, str]]
    log: list[LoggedTry]
    proposed: str
    next_words: str
    may_close: bool
    may_open: bool
    closed_words: str
    call_is_over: bool


def contact_card(
    submission: Submission,
    person: Person,
    clinic: Clinic,
    *,
    call: Appointment | None,
    now: datetime,
) -> ContactCard:
    """The card as it stands; `call` is the appointment that is kept for the submission."""
    tries = contacting.tries_of(submission.id)
    proposed = next_call(
        submission.tries + 1,
        clinic.retry_hours,
        clinic.hours,
        best=person.best_times,
        tz=person.zone(clinic),
        now=now,
    )
    local = proposed.astimezone(clinic.tz) if proposed else None
    form = TryForm.fill({"entry": str(new_id())})
    if local:
        form.day.data, form.time.data = local.date(), local.time()
    return ContactCard(
        form=form,
        outcomes=[
            (key, words, ICONS[key])
            for key, words in TRIES.items()
            if key != "voicemail" or person.may_leave_voicemail
        ],
        log=_log(tries, submission, clinic, now),
        proposed=when(proposed, clinic.tz, now) if proposed else "",
        next_words=next_words(submission, clinic, now=now),
        may_close=contacting.is_closable(submission),
        may_open=contacting.is_openable(submission),
        closed_words=CLOSED_FOR.get(submission.closed_for, ""),
        call_is_over=outcomes.is_due(call, now=now),
    )


def next_words(submission: Submission, clinic: Clinic, *, now: datetime) -> str:
    """What the last call leaves to do; "" if nothing is known."""
    if submission.status != "contacting" or not submission.last_try:
        return ""
    if submission.call_at is not None and submission.is_planned:
        return f"Call again {when(submission.call_at, clinic.tz, now)}"
    if submission.last_try in AFTER:
        return AFTER[submission.last_try]
    if submission.tries > len(clinic.retry_hours):
        return f"{submission.tries} calls reached nobody: close the request politely"
    return ""


def _log(
    tries: list[Try], submission: Submission, clinic: Clinic, now: datetime
) -> list[LoggedTry]:
    names = names_of(each.author_id for each in tries)
    return [
        LoggedTry(
            ICONS[each.outcome],
            _said(each, clinic, now),
            f"{names.get(each.author_id, '')}, {when(each.created_at, clinic.tz, now)}",
            each.id if contacting.is_undoable(each, submission, now=now) else None,
        )
        for each in tries
    ]


def _said(each: Try, clinic: Clinic, now: datetime) -> str:
    if each.undone_at is not None:
        return f"{TRIES[each.outcome]} (undone)"
    if each.call_at is None:
        return TRIES[each.outcome]
    return f"{TRIES[each.outcome]}. Next call {when(each.call_at, clinic.tz, now)}"
