"""The forms of the clinic's own settings: who is told, the clinic itself, and times."""

from collections.abc import Mapping
from typing import Any, ClassVar

from email_validator import EmailNotValidError, validate_email
from wtforms.validators import ValidationError

from intake.clinic.clinic import phone_text
from intake.staff.settings_document import SettingsForm
from intake.web.fields import EmailField, PhoneField, Stored, TextAreaField, TextField
from intake.web.question import Question
from intake.web.text import clean_lines

CONTACT_FIELDS = ("name", "phone_number", "email")
MOST_ADDRESSES = 20


class LinesField(TextAreaField):
    """A list with one item a line; ``data`` is the list."""

    @property
    def shown(self) -> str:
        """The items, one a line, as they were typed."""
        return "\n".join(self.data or [])

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take the lines that hold anything."""
        text = clean_lines(str(valuelist[0])) if valuelist else ""
        self.data = [line.strip() for line in text.splitlines() if line.strip()]

    @property
    def stored(self) -> Stored:
        """The items."""
        return list(self.data or [])

    def check(self) -> None:
        """Refuse nothing of its own."""


class AddressesField(LinesField):
    """E-mail addresses, one a line."""

    missing_words = "Enter at least one email address"

    def check(self) -> None:
        """Refuse what is no address, with its line, and more than anybody can mean."""
        if len(self.data) > MOST_ADDRESSES:
            self.refuse(f"Enter at most {MOST_ADDRESSES} addresses")
        for number, address in enumerate(self.data, start=1):
            try:
                validate_email(address, check_deliverability=False, test_environment=True)
            except EmailNotValidError:
                self.refuse(f"Line {number}, “{address}”, is not an email address")


def typed_phone(number: str) -> str:
    """A number as the field reads it back: with its country code, unless it is ours."""
    return phone_text(number) if number.startswith("+1") else number


def _contact_fields(topic: str) -> list[Question]:
    words: dict[str, Any] = {"topic": topic, "optional": True, "mark_optional": False}
    return [
        TextField("Name", **words),
        PhoneField("Phone", autocomplete="off", **words),
        EmailField("Email", autocomplete="off", **words),
    ]


class RecipientsForm(SettingsForm):
    """Who is told of what."""

    settings: ClassVar[tuple[str, ...]] = (
        *("staff_recipients", "on_call_recipients", "change_recipients"),
        *("digest_recipients", "failure_recipients"),
        *("safety_contact", "backup_contact", "reply_to"),
    )

    staff_recipients = AddressesField("A new request", rows=2)
    change_recipients = AddressesField(
        "A patient changes or cancels a call", rows=2, optional=True, mark_optional=False
    )
    digest_recipients = AddressesField(
        "The numbers of the day", rows=2, optional=True, mark_optional=False
    )
    failure_recipients = AddressesField(
        "Emails that did not arrive", rows=2, optional=True, mark_optional=False
    )
    safety_name, safety_phone_number, safety_email = _contact_fields(
        "Who answers for people in danger"
    )
    on_call_recipients = AddressesField("Also told at once", rows=2)
    backup_name, backup_phone_number, backup_email = _contact_fields(
        "If nobody acknowledges the flag"
    )
    reply_to = EmailField("Answers of patients go to", autocomplete="off")

    def validate_safety_email(self, _field: EmailField) -> None:
        """A contact is complete or not there."""
        self._check_contact("safety")

    def validate_backup_email(self, _field: EmailField) -> None:
        """A contact is complete or not there."""
        self._check_contact("backup")

    @classmethod
    def shown(cls, document: Mapping[str, Any]) -> dict[str, Stored]:
        """The form's values for the values of the clinic's file."""
        values = {name: document[name] for name in cls.settings}
        for which in ("safety", "backup"):
            contact = values.pop(f"{which}_contact") or dict.fromkeys(CONTACT_FIELDS, "")
            values |= {f"{which}_{name}": contact[name] for name in CONTACT_FIELDS}
            values[f"{which}_phone_number"] = typed_phone(contact["phone_number"])
        return values

    def wanted(self) -> dict[str, Any]:
        """The values for the clinic's file."""
        values = {name: self[name].data for name in self.settings if name in self}
        contacts = {f"{which}_contact": self._contact(which) for which in ("safety", "backup")}
        return {**values, **contacts, "reply_to": self.reply_to.address}

    def _check_contact(self, which: str) -> None:
        given = [bool(self[f"{which}_{name}"].data) for name in CONTACT_FIELDS]
        if any(given) and not all(given):
            raise ValidationError("Enter name, phone and email, or leave all three empty")

    def _contact(self, which: str) -> dict[str, str] | None:
        if not self[f"{which}_name"].data:
            return None
        return {
            "name": self[f"{which}_name"].data,
            "phone_number": self[f"{which}_phone_number"].e164,
            "email": self[f"{which}_email"].address,
        }
