"""The form of by when people hear from the clinic, and how long things are kept."""

from typing import ClassVar

from wtforms.validators import ValidationError

from intake.clinic.document import KEPT_FOR, LONGEST_GRACE
from intake.staff.list_fields import HoursListField
from intake.staff.settings_document import SettingsForm
from intake.web.fields import IntegerField


class TimesForm(SettingsForm):
    """By when people hear from the clinic, how often it tries, and how long things are kept."""

    settings: ClassVar[tuple[str, ...]] = (
        *("acute_response_minutes", "escalation_minutes", "review_minutes", "response_minutes"),
        *("retry_hours", "reminder_hours", "grace_minutes", "hold_minutes"),
        *("claim_minutes", "draft_days", *KEPT_FOR),
    )

    acute_response_minutes = IntegerField(
        "Acute danger: called within",
        least=1,
        most=240,
        unit="minutes",
        optional=True,
        mark_optional=False,
        hint="While you are open; otherwise when you open. Settle it with a clinician.",
    )
    escalation_minutes = IntegerField(
        "Backup contact told after",
        least=1,
        most=240,
        unit="minutes",
        hint="If nobody acknowledges the flag, by day and by night.",
    )
    review_minutes = IntegerField(
        "Clinician review: answered within",
        least=1,
        most=9999,
        unit="open minutes",
        optional=True,
        hint="Only staff see this one. Empty: like any other request.",
    )
    response_minutes = IntegerField(
        "Any other request: answered within",
        least=1,
        most=9999,
        unit="open minutes",
        hint="480 are a day of eight hours. Patients are told the time that comes of it.",
    )
    retry_hours = HoursListField(
        "Call again after",
        optional=True,
        mark_optional=False,
        hint="Hours after each call that reached nobody, like 4, 24, 72, 168. After the last one,"
        " closing is proposed.",
    )
    reminder_hours = HoursListField(
        "Remind of a call",
        optional=True,
        mark_optional=False,
        hint="Hours before it, like 24, 2. Empty for never.",
    )
    grace_minutes = IntegerField(
        "Emails about what staff did wait",
        least=0,
        most=LONGEST_GRACE,
        unit="minutes",
        hint="So that it can be undone.",
    )
    hold_minutes = IntegerField(
        "A chosen time is kept for",
        least=5,
        most=240,
        unit="minutes",
        hint="While the form is finished.",
    )
    claim_minutes = IntegerField(
        "A request stays with whoever took it for",
        least=1,
        most=240,
        unit="minutes",
        hint="So that nobody else calls the same person.",
    )
    draft_days = IntegerField(
        "Unfinished forms are deleted after",
        least=1,
        most=365,
        unit="days",
        hint="Counted from the last change. Patients read it in the privacy notice.",
    )

    request_days = IntegerField(
        "Requests without a consultation are deleted after",
        least=30,
        most=9999,
        unit="days",
        hint="Counted from the last change, once they are over. Patients read it, too.",
    )
    consultation_days = IntegerField(
        "Requests with a consultation are deleted after",
        least=365,
        most=36500,
        unit="days",
        hint="Ask your lawyer how long your state wants records kept. 3650 are ten years.",
    )
    quarantine_days = IntegerField(
        "Suspected spam is deleted after",
        least=14,
        most=365,
        unit="days",
        hint="If nobody has decided on it. What raised an urgent flag stays.",
    )
    mail_days = IntegerField(
        "Emails are deleted after",
        least=30,
        most=3650,
        unit="days",
        hint="From our outbox. What people have in their mailbox stays.",
    )

    def validate_review_minutes(self, field: IntegerField) -> None:
        """What is promised to everybody holds for these, too."""
        if (field.data or 0) > (self.response_minutes.data or field.data or 0):
            raise ValidationError("Enter at most as many minutes as for any other request")
