"""Booking by a click on a time, and what it has done, in words for whoever clicked."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from flask import abort

from intake.clinic.clinic import Clinic
from intake.core.db import unit_of_work
from intake.core.i18n import moment_text
from intake.scheduling import asking, emails, queries, takeback
from intake.scheduling.bookings import provider_name
from intake.scheduling.models import PATIENT, Appointment
from intake.scheduling.outcomes import OUTCOMES
from intake.staff.actors import name_of
from intake.staff.forms import BookForm
from intake.staff.guard import staff_user
from intake.staff.words import when
from intake.submissions.emails import patient_address
from intake.submissions.models import MERGED, Submission
from intake.submissions.queries import for_staff

Book = Callable[..., Appointment]
"""`service.book`, or the same outside the hours."""
VERBS = {
    "booked": "Booked",
    "cancelled": "Cancelled",
    "held": "Took place",
    "no_show": "Nobody came",
}
QUIET = "The patient gets no email about it."
STATES = {"hold": "kept", "pending": "asked for", "booked": "booked"}


class ChangedMeanwhile(Exception):
    """Somebody else changed the submission after the page was drawn."""


@dataclass(frozen=True)
class Clash:
    """What somebody chose on a page that was out of date, beside how it is now."""

    now: str
    yours: str
    key: str


@dataclass(frozen=True)
class Undo:
    """What was done to a call last, and until when a click takes it back."""

    what: str
    quiet: str
    """That the patient hears nothing, which whoever did it has just been told; or ""."""
    words: str
    sequence: int


class Earlier(NamedTuple):
    """Where a call stood before it was booked anew."""

    key: str
    provider: str


def book_for(
    submission_id: UUID, form: BookForm, clinic: Clinic, *, how: Book, now: datetime
) -> str:
    """Book unless the page was out of date; the same click sent twice books once.

    The form names the slot and the version of the submission on the page. Returns what was done,
    in words. Raises ChangedMeanwhile, SlotTaken; 404 for a submission that is gone.
    """
    key, tell = form.slot.data, not form.quiet.data
    with unit_of_work():
        submission = for_staff(submission_id, lock=True) or abort(404)
        kept = queries.kept_for(submission_id)
        is_done = kept is not None and queries.is_booked_at(kept, key)
        is_stale = submission.version != form.version.data or submission.status == MERGED
        if is_stale and not is_done:
            raise ChangedMeanwhile
        earlier = before(submission)
        appointment = how(submission, key, clinic, actor=staff_user(), now=now, tell=tell)
        if is_done:  # nothing was sent or stopped by this click
            tell = emails.is_told(submission, appointment, clinic)
        return what_was_done(submission, appointment, clinic, earlier=earlier, tell=tell)


def clash(submission: Submission, key: str, clinic: Clinic, now: datetime) -> Clash | None:
    """Both versions of a call: as it is now, and as somebody wanted it meanwhile."""
    chosen = queries.read_slot_key(key)
    if chosen is None or chosen[0] not in queries.timetable().calendars:
        return None
    kept = queries.kept_for(submission.id)
    if kept is None:
        is_now = "No time is booked"
    else:
        who = f"{name_of(kept.changed_by)}, {when(kept.updated_at, clinic.tz, now)}"
        moment = _moment(kept.starts_at, clinic, provider_name(kept.provider_id))
        is_now = f"{moment} ({STATES[kept.status]}; {who})"
    return Clash(is_now, _moment(chosen[1], clinic, provider_name(chosen[0])), key)


def undo_of(submission: Submission, clinic: Clinic, *, now: datetime) -> Undo | None:
    """The last change of a call as long as it can be undone."""
    call = takeback.undoable(submission.id, now=now)
    if call is None or call.changed_by == PATIENT:
        return None
    verb = VERBS[call.status]
    time = when(call.starts_at, clinic.tz, now)
    until = when(takeback.undo_until(call), clinic.tz, now)
    quiet = "" if _is_told(call) or call.status in OUTCOMES else QUIET
    words = f"{_mail_words(call, clinic, now)} You can undo this until {until}.".strip()
    return Undo(f"{verb}: the call of {time}.", quiet, words, call.sequence)


def _is_told(call: Appointment) -> bool:
    return bool((call.before or {})["told"])


def _mail_words(call: Appointment, clinic: Clinic, now: datetime) -> str:
    """When the patient hears of the change, or that they have; "" where they do not."""
    if not _is_told(call) or (call.status in OUTCOMES and not asking.asks_who_missed(call)):
        return ""
    leaves = call.updated_at + clinic.grace
    if now >= leaves and call.status in OUTCOMES:
        return "They were asked by email to choose another time."
    if now >= leaves:
        return "The patient was told by email, and will be told if you undo it."
    return f"The email to the patient leaves {when(leaves, clinic.tz, now)}."


def _moment(starts_at: datetime, clinic: Clinic, provider: str) -> str:
    return f"{moment_text(starts_at, clinic.tz, 'en')}, with {provider}"


def before(submission: Submission) -> Earlier | None:
    """Where the call of a submission is booked now, if it is."""
    kept = queries.kept_for(submission.id)
    if kept is None or kept.status != "booked":
        return None
    return Earlier(
        queries.key_at(kept.provider_id, kept.starts_at), provider_name(kept.provider_id)
    )


def what_was_done(
    submission: Submission,
    appointment: Appointment,
    clinic: Clinic,
    *,
    earlier: Earlier | None,
    tell: bool,
) -> str:
    """When and with whom the call is booked now, who was replaced, and how the patient learns."""
    key = queries.key_at(appointment.provider_id, appointment.starts_at)
    verb = "Moved to" if earlier and earlier.key != key else "Booked for"
    name = provider_name(appointment.provider_id)
    instead = ""
    if earlier and earlier.provider != name:
        instead = f" instead of {earlier.provider}, who is not free then"
    time = moment_text(appointment.starts_at, clinic.tz, "en")
    return f"{verb} {time}, with {name}{instead}. {_told(submission, tell)}"


def _told(submission: Submission, tell: bool) -> str:
    if patient_address(submission) is None:
        return "The patient gets no email: tell them by phone."
    if not tell:
        return QUIET
    return "The patient is told by email."
