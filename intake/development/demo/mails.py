"""The mails of a made-up request, as the outbox keeps them once they are sent."""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from intake.clinic.clinic import Clinic
from intake.core.encryption import seal_json
from intake.core.i18n import moment_text
from intake.core.tokens import new_id, token_hash
from intake.core.urls import patient_url, staff_url
from intake.notifications.outbox import MailContext, letterhead
from intake.scheduling.emails import ConfirmedMail
from intake.scheduling.slots import Slot
from intake.submissions.emails import ReceivedMail, patient_address, receipt_topic
from intake.submissions.models import Submission
from intake.submissions.staff_emails import StaffMail

ON_ITS_WAY = timedelta(seconds=3)
SENT = {
    "not_after": None,
    "state": "sent",
    "lease": None,
    "failures": 0,
    "last_error": None,
}
"""Columns of a message that a mail server has taken at the first try."""


class Mails:
    """Writes the messages about one request."""

    def __init__(self, rows: list[dict[str, Any]], clinic: Clinic, submission: Submission) -> None:
        self.rows, self.clinic, self.submission = rows, clinic, submission
        self.patient = patient_address(submission)

    def sent(self, at: datetime) -> None:
        """The receipt, and the notice to the front desk."""
        this = self.submission
        deadline = self.clinic.hours.add_open_minutes(at, self.clinic.response_minutes)
        mail = ReceivedMail(
            **letterhead(self.clinic),
            reference=this.reference,
            respond_by=_words(_minute(deadline), self.clinic.tz, this.language),
        )
        self._to_patient("received", mail, at, key=str(this.id), topic=receipt_topic(this))
        self._to_staff("new_submission", self.clinic.staff_recipients, at)

    def urgent(self, at: datetime) -> None:
        """The alarm to those on call."""
        self._to_staff("urgent", self.clinic.alarm_recipients, at, key=":1", call_by=at)

    def booked(self, slot: Slot, appointment_id: UUID, channel: str, at: datetime) -> None:
        """The confirmation of a call; where it can be changed says the page it leads to."""
        zone, language = self.clinic.tz, self.submission.language
        minutes = int((slot.ends_at - slot.starts_at).total_seconds()) // 60
        mail = ConfirmedMail(
            **letterhead(self.clinic),
            reference=self.submission.reference,
            when=_words(slot.starts_at, zone, language),
            minutes=minutes,
            channel=channel,
            link=patient_url(f"/?lang={language}"),
        )
        self._to_patient("booked", mail, at, key=f"{appointment_id}:0", topic=None)

    def _to_patient(
        self, name: str, mail: MailContext, at: datetime, *, key: str, topic: str | None
    ) -> None:
        if self.patient is not None:
            language = self.submission.language
            self._put(name, self.patient, mail, at, key=key, topic=topic, language=language)

    def _to_staff(
        self,
        name: str,
        recipients: tuple[str, ...],
        at: datetime,
        *,
        key: str = "",
        call_by: datetime | None = None,
    ) -> None:
        this = self.submission
        mail = StaffMail(
            **letterhead(self.clinic),
            reference=this.reference,
            received_at=_words(_minute(at), self.clinic.tz, "en"),
            link=staff_url(f"/staff/submissions/{this.id}"),
            call_by=_words(_minute(call_by), self.clinic.tz, "en") if call_by else "",
        )
        for address in recipients:
            mark = f"{key}{this.id}:{token_hash(address)[:16]}"
            self._put(name, address, mail, at, key=mark, topic=None, language="en")

    def _put(
        self,
        name: str,
        to: str,
        mail: MailContext,
        at: datetime,
        *,
        key: str,
        topic: str | None,
        language: str,
    ) -> None:
        row_id = new_id()
        self.rows.append(
            {
                "id": row_id,
                "name": name,
                "language": language,
                "created_at": at,
                "due_at": at,
                "wanted_at": at,
                "unique_key": f"{name}:{key}",
                "topic": topic,
                "submission_id": self.submission.id,
                "recipient_sealed": seal_json(to, "messages", "recipient", row_id),
                "context_sealed": seal_json(vars(mail), "messages", "context", row_id),
                "sent_at": at + ON_ITS_WAY,
                **SENT,
            }
        )


def _minute(instant: datetime) -> datetime:
    return instant.replace(second=0, microsecond=0)


@lru_cache(maxsize=4096)
def _words(instant: datetime, zone: ZoneInfo, language: str) -> str:
    return moment_text(instant, zone, language)
