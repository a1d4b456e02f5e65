"""What a click on a time has done, in words for whoever clicked."""

from typing import NamedTuple

from intake.clinic.clinic import Clinic
from intake.core.i18n import moment_text
from intake.scheduling import queries
from intake.scheduling.bookings import provider_name
from intake.scheduling.models import Appointment
from intake.submissions.emails import patient_address
from intake.submissions.models import Submission


class Earlier(NamedTuple):
    """Where a call stood before it was booked anew."""

    key: str
    provider: str


def before(submission: Submission) -> Earlier | None:
    """Where the call of a submission is booked now, if it is."""
    kept = queries.kept_for(submission.id)
    if kept is None or kept.status != "booked":
        return None
    return Earlier(queries.key_at(kept.provider_id, kept.starts_at), provider_name(kept))


def what_was_done(
    submission: Submission, appointment: Appointment, clinic: Clinic, *, earlier: Earlier | None
) -> str:
    """When and with whom the call is booked now, who was replaced, and how the patient learns."""
    key = queries.key_at(appointment.provider_id, appointment.starts_at)
    verb = "Moved to" if earlier and earlier.key != key else "Booked for"
    name = provider_name(appointment)
    instead = ""
    if earlier and earlier.provider != name:
        instead = f" instead of {earlier.provider}, who is not free then"
    time = moment_text(appointment.starts_at, clinic.tz, "en")
    return f"{verb} {time}, with {name}{instead}. {_told(submission)}"


def _told(submission: Submission) -> str:
    if patient_address(submission) is None:
        return "The patient gets no email: tell them by phone."
    return "The patient is told by email."
