"""What we tell whom about a submission. Patients all get the same words, staff a reference."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from intake.clinic.clinic import Clinic
from intake.core.i18n import moment_text
from intake.core.tokens import token_hash
from intake.core.urls import staff_url
from intake.notifications.outbox import MailContext, enqueue
from intake.submissions.models import Submission


@dataclass(frozen=True, kw_only=True)
class ReceivedMail(MailContext):
    """The patient's receipt."""

    reference: str
    respond_by: str


@dataclass(frozen=True, kw_only=True)
class StaffMail(MailContext):
    """A notice to staff: a reference and a link that asks for sign-in."""

    reference: str
    received_at: str
    link: str


def received(submission: Submission, clinic: Clinic, *, now: datetime) -> None:
    """Tell the patient that we have the request, if they allowed e-mail."""
    address = patient_address(submission)
    if address is None:
        return
    deadline = clinic.hours.add_open_minutes(now, clinic.response_minutes)
    enqueue(
        "received",
        to=address,
        context=ReceivedMail(
            clinic_name=clinic.name,
            clinic_phone=clinic.phone,
            reply_to=clinic.reply_to,
            reference=submission.reference,
            respond_by=moment_text(deadline, clinic.tz, submission.language),
        ),
        language=submission.language,
        now=now,
        unique_key=f"received:{submission.id}",
        submission_id=submission.id,
    )


def new_submission(submission: Submission, clinic: Clinic, *, now: datetime) -> None:
    """Tell the front desk that there is a request to review."""
    _tell_staff("new_submission", submission, clinic, recipients=clinic.staff_recipients, now=now)


def urgent(submission: Submission, clinic: Clinic, *, now: datetime, key: str) -> None:
    """Tell those on call that a request needs review now; once for each `key`."""
    _tell_staff(
        "urgent", submission, clinic, recipients=clinic.on_call_recipients, now=now, key=key
    )


def patient_address(submission: Submission) -> str | None:
    """The patient's address, or None if there is none or e-mail was not allowed."""
    contact: dict[str, Any] = (submission.contact or {}).get("contact", {})
    allowed = "email" in contact.get("contact_by", [])
    return contact.get("email") or None if allowed else None


def _tell_staff(
    name: str,
    submission: Submission,
    clinic: Clinic,
    *,
    recipients: tuple[str, ...],
    now: datetime,
    key: str = "",
) -> None:
    context = StaffMail(
        clinic_name=clinic.name,
        clinic_phone=clinic.phone,
        reference=submission.reference,
        received_at=moment_text(now, clinic.tz, "en"),
        link=staff_url(f"/staff/submissions/{submission.id}"),
    )
    for address in recipients:
        enqueue(
            name,
            to=address,
            context=context,
            language="en",
            now=now,
            unique_key=f"{name}{key}:{submission.id}:{token_hash(address)[:16]}",
            submission_id=submission.id,
        )
