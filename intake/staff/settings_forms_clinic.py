"""The forms of the clinic's own settings: who is told, and the clinic itself."""

from collections.abc import Mapping
from typing import Any, ClassVar

from wtforms.validators import ValidationError

from intake.clinic.clinic import phone_text
from intake.clinic.document import read_clinic
from intake.clinic.hours import Window
from intake.core.i18n import LANGUAGES
from intake.staff.list_fields import (
    AddressesField,
    HelpLinesField,
    StatesField,
)
from intake.staff.settings_document import SettingsForm
from intake.staff.settings_forms import WEEKDAYS, HoursField, WeeklyForm
from intake.staff.wall_hours import hours_words
from intake.staff.words import LANGUAGES as LANGUAGE_WORDS
from intake.web.fields import (
    ChoiceField,
    ChoicesField,
    ConsentField,
    EmailField,
    PhoneField,
    Stored,
    TextField,
)
from intake.web.question import Question

CONTACT_FIELDS = ("name", "phone_number", "email")


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


class ClinicForm(SettingsForm, WeeklyForm):
    """What patients read about the clinic."""

    settings: ClassVar[tuple[str, ...]] = (
        *("name", "mail_name", "phone_number", "weekly_hours", "states"),
        *("languages", "crisis_lines", "notice_version", "offers_gad7", "part_2"),
    )

    name = TextField("Name", hint="On every page.", missing="Enter the clinic's name")
    mail_name = TextField(
        "Name in emails and calendars",
        hint="If the name says what you treat, write a neutral one. Others see an inbox, too.",
        optional=True,
    )
    phone_number = PhoneField("Phone", hint="On every page and in every email.", autocomplete="off")
    states = StatesField(
        "States in which you may see people",
        hint="Like IL, WI. A request from elsewhere is marked, not refused. Empty marks nobody.",
        optional=True,
        mark_optional=False,
    )
    languages = ChoicesField(
        "Languages",
        choices=[(code, LANGUAGE_WORDS[code]) for code in LANGUAGES],
        missing="Select at least one language",
    )
    first_language = ChoiceField(
        "For whoever asks for neither",
        choices=[(code, LANGUAGE_WORDS[code]) for code in LANGUAGES],
    )
    crisis_lines = HelpLinesField(
        "Lines of help on every page",
        rows=3,
        hint="One a line, each with the number to call. The two of the US come in all languages;"
        " others are shown as you write them. Emails name 911 and 988 in any case.",
    )
    notice_version = TextField(
        "Version of your privacy notice",
        hint="Kept with everybody's consent. Change it when the notice changes, like 2027-01.",
        missing="Enter a version, like 2027-01",
        max_length=20,
    )

    offers_gad7 = ConsentField(
        "Ask about anxiety (GAD-7)",
        optional=True,
        mark_optional=False,
        hint="Seven questions more. Whether the suicide screen is asked is set on the server.",
    )

    part_2 = ConsentField(
        "We are a program under 42 CFR Part 2",
        optional=True,
        mark_optional=False,
        hint="You hold yourself out as treating substance use, and get federal help. What people"
        " say about alcohol and drugs is then handed on only with their written consent.",
    )

    def validate_day_6(self, _field: HoursField) -> None:
        """Somebody must be there at some time of the week."""
        if not any(field.windows for field in self.week if not field.errors):
            raise ValidationError("Enter office hours on at least one day")

    def validate_first_language(self, field: ChoiceField) -> None:
        """The first language is one that is offered."""
        if field.data and self.languages.data and field.data not in self.languages.data:
            raise ValidationError("Select a language that you offer")

    @classmethod
    def shown(cls, document: Mapping[str, Any]) -> dict[str, Stored]:
        """The form's values for the values of the clinic's file."""
        clinic = read_clinic(document)
        hours = (hours_words(clinic.weekly_hours.get(day, ())) for day in range(len(WEEKDAYS)))
        return {
            **{name: document[name] for name in cls.settings if name != "weekly_hours"},
            **{f"day_{number}": words for number, words in enumerate(hours)},
            "phone_number": typed_phone(clinic.phone_number),
            "first_language": clinic.languages[0],
            "languages": [code for code in LANGUAGES if code in clinic.languages],
            "crisis_lines": [line.text for line in clinic.crisis_lines],
        }

    def wanted(self) -> dict[str, Any]:
        """The values for the clinic's file."""
        same = {name: self[name].data for name in ("name", "mail_name", "states", "notice_version")}
        first = self.first_language.data
        others = [code for code in self.languages.data if code != first]
        return {
            **same,
            "phone_number": self.phone_number.e164,
            "weekly_hours": weekly_document(self.weekly),
            "languages": [first, *others],
            "crisis_lines": self.crisis_lines.lines,
            "offers_gad7": self.offers_gad7.data,
            "part_2": self.part_2.data,
        }


def weekly_document(weekly: Mapping[int, tuple[Window, ...]]) -> dict[str, list[list[str]]]:
    """Weekly hours as the clinic's file has them; closed days are left out."""
    return {
        str(day): [[opens.isoformat(), closes.isoformat()] for opens, closes in windows]
        for day, windows in weekly.items()
        if windows
    }
