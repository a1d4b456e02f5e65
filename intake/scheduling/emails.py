"""What we tell the patient about an appointment: date, time, zone and how; nothing else."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from intake.clinic.clinic import Clinic
from intake.core.i18n import gettext_in, moment_text
from intake.notifications.outbox import MailContext, enqueue
from intake.scheduling.ics import CalendarEvent, calendar_file, scheduling_method
from intake.scheduling.models import Appointment
from intake.submissions.emails import patient_address
from intake.submissions.models import Submission


@dataclass(frozen=True, kw_only=True)
class BookedMail(MailContext):
    """The confirmation of an appointment."""

    reference: str
    when: str
    minutes: int
    channel: str


@dataclass(frozen=True, kw_only=True)
class MovedMail(BookedMail):
    """The news that an appointment is at another time now."""

    was: str


@dataclass(frozen=True, kw_only=True)
class RebookMail(MailContext):
    """The question for another time, since the clinic cannot keep this one."""

    reference: str
    when: str
    link: str = ""
    """Where they can choose; "" asks them to call."""


def booked(
    submission: Submission, appointment: Appointment, clinic: Clinic, *, now: datetime
) -> None:
    """Confirm the appointment by mail with a calendar file, if the patient allowed e-mail."""
    address = patient_address(submission)
    if address is None:
        return
    enqueue(
        "booked",
        to=address,
        context=BookedMail(**_context(submission, appointment, clinic, address, now=now)),
        language=submission.language,
        now=now,
        unique_key=f"booked:{appointment.id}:{appointment.sequence}",
        submission_id=submission.id,
    )


def moved(
    submission: Submission,
    appointment: Appointment,
    clinic: Clinic,
    *,
    was: datetime,
    now: datetime,
) -> None:
    """Tell the new time and the old one (`was`), with the calendar file that moves the entry."""
    address = patient_address(submission)
    if address is None:
        return
    old = moment_text(was, _zone(appointment, clinic), submission.language)
    enqueue(
        "moved",
        to=address,
        context=MovedMail(was=old, **_context(submission, appointment, clinic, address, now=now)),
        language=submission.language,
        now=now,
        unique_key=f"moved:{appointment.id}:{appointment.sequence}",
        submission_id=submission.id,
    )


def ask_to_rebook(
    submission: Submission, appointment: Appointment, clinic: Clinic, *, now: datetime
) -> bool:
    """Ask the patient to choose another time. Returns whether they get e-mail at all."""
    address = patient_address(submission)
    if address is None:
        return False
    zone = _zone(appointment, clinic)
    enqueue(
        "rebook",
        to=address,
        context=RebookMail(
            clinic_name=clinic.name,
            clinic_phone=clinic.phone,
            reply_to=clinic.reply_to,
            reference=submission.reference,
            when=moment_text(appointment.starts_at, zone, submission.language),
        ),
        language=submission.language,
        now=now,
        unique_key=rebook_key(appointment),
        submission_id=submission.id,
    )
    return True


def rebook_key(appointment: Appointment) -> str:
    """The unique key of that question: asked once about each time an appointment has."""
    return f"rebook:{appointment.id}:{appointment.starts_at:%Y%m%d%H%M}"


def _context(
    submission: Submission, appointment: Appointment, clinic: Clinic, address: str, *, now: datetime
) -> dict[str, Any]:
    """What both mails say about the appointment."""
    event = calendar_event(appointment, clinic, address, language=submission.language, now=now)
    zone = _zone(appointment, clinic)
    return {
        "clinic_name": clinic.name,
        "clinic_phone": clinic.phone,
        "reply_to": clinic.reply_to,
        "calendar": calendar_file(event).decode(),
        "calendar_method": scheduling_method(event),
        "reference": submission.reference,
        "when": moment_text(appointment.starts_at, zone, submission.language),
        "minutes": _minutes(appointment),
        "channel": appointment.channel,
    }


def calendar_event(
    appointment: Appointment, clinic: Clinic, attendee: str | None, *, language: str, now: datetime
) -> CalendarEvent:
    """The appointment for a calendar, in words that say nothing about health."""
    return CalendarEvent(
        uid=appointment.calendar_uid,
        sequence=appointment.sequence,
        method="REQUEST",
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        stamped_at=now,
        summary=gettext_in(language, "Appointment with %(clinic)s", clinic=clinic.name),
        description=gettext_in(
            language, "Questions, or need another time? Call %(phone)s.", phone=clinic.phone
        ),
        organizer_name=clinic.name,
        organizer_email=clinic.reply_to,
        attendee_email=attendee,
    )


def _zone(appointment: Appointment, clinic: Clinic) -> ZoneInfo:
    return ZoneInfo(appointment.time_zone) if appointment.time_zone else clinic.tz


def _minutes(appointment: Appointment) -> int:
    return int((appointment.ends_at - appointment.starts_at).total_seconds()) // 60
