"""What became of earlier calls, in words for staff: cancelled rows stay, and are told."""

from datetime import datetime

from intake.clinic.clinic import Clinic
from intake.scheduling.models import PATIENT, Appointment
from intake.scheduling.queries import cancelled_for
from intake.staff.words import when
from intake.submissions.models import Submission

REASONS = {
    "time": "the time does not suit them",
    "later": "not now, maybe later",
    "elsewhere": "found help somewhere else",
    "other": "something else",
    "patient_asked": "they asked for it",
    "clinic_cannot": "we could not keep the time",
    "clinic_other": "something else",
}
LogLine = tuple[str, str, str]


def cancelled_calls(submission: Submission, clinic: Clinic, *, now: datetime) -> list[LogLine]:
    """The cancelled calls of a submission, the latest first: an icon, words, and a second line."""
    return [_line(each, clinic, now) for each in cancelled_for(submission.id)]


def cancelled_words(appointment: Appointment, clinic: Clinic, *, now: datetime) -> tuple[str, str]:
    """By whom and when a call was cancelled, and which call that was."""
    who = "the patient" if appointment.changed_by == PATIENT else "the clinic"
    at = when(appointment.cancelled_at or appointment.updated_at, clinic.tz, now)
    return f"Cancelled by {who} {at}", f"Was {when(appointment.starts_at, clinic.tz, now)}"


def last_change(appointment: Appointment, clinic: Clinic, *, now: datetime) -> str:
    """When a patient changed a booked call by themselves; "" if the clinic had the last word."""
    if appointment.status != "booked" or appointment.changed_by != PATIENT:
        return ""
    return f"by the patient, {when(appointment.updated_at, clinic.tz, now)}"


def _line(appointment: Appointment, clinic: Clinic, now: datetime) -> LogLine:
    who = "the patient" if appointment.changed_by == PATIENT else "the clinic"
    reason = REASONS.get(appointment.reason, "")
    at = when(appointment.cancelled_at or appointment.updated_at, clinic.tz, now)
    words = f"Call of {when(appointment.starts_at, clinic.tz, now)} cancelled by {who}"
    return "x", words, f"{at}. Reason: {reason}" if reason else at
