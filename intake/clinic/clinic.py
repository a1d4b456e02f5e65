"""The clinic's own settings as one typed object, read from and written to a plain document."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, time, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from intake.clinic.hours import OfficeHours, WeekdayHours, Window, describe


class ClinicSettingsError(Exception):
    """The clinic's settings are missing or wrong; the message says which and what to do."""


@dataclass(frozen=True)
class CrisisLine:
    """One line of help shown on every page: its words and the number in them."""

    text: str
    number: str

    @property
    def href(self) -> str:
        """A link that calls the number."""
        return f"tel:{''.join(self.number.split())}"


@dataclass(frozen=True, kw_only=True)
class Contact:
    """Somebody at the clinic who answers for people in danger."""

    name: str
    phone_number: str
    """In E.164 form."""
    email: str

    @property
    def phone(self) -> str:
        """The number as people write it."""
        return _as_written(self.phone_number)

    @property
    def phone_href(self) -> str:
        """A link that calls it."""
        return f"tel:{self.phone_number}"


PERIODS = (
    *("response_minutes", "acute_response_minutes", "escalation_minutes"),
    *("hold_minutes", "draft_days"),
)
"""Settings that are lengths of time."""
LONGEST_GRACE = 30
"""Minutes; a mail that leaves later than that is missed by whoever was just on the phone."""

US_CRISIS_LINES = (
    CrisisLine("In crisis? Call or text 988.", "988"),
    CrisisLine("Emergency? Call 911.", "911"),
)


@dataclass(frozen=True, kw_only=True)
class Clinic:
    """Name, whereabouts and rules of the clinic. Immutable; a change makes a new one."""

    name: str
    phone_number: str
    """In E.164 form, such as +13125550142."""
    tz: ZoneInfo
    weekly_hours: Mapping[int, tuple[Window, ...]]
    states: tuple[str, ...]
    """US states in which the clinic may see people, as two-letter codes."""
    staff_recipients: tuple[str, ...]
    """Who is told of a new submission."""
    on_call_recipients: tuple[str, ...]
    """Who is told at once of an urgent one, besides the safety contact."""
    reply_to: str
    safety_contact: Contact | None = None
    """Who answers for people in danger. Without one, real patients may not be asked by ASQ."""
    backup_contact: Contact | None = None
    """Who is told of an urgent flag that nobody acknowledges."""
    acute_response_minutes: int | None = None
    """Minutes within which somebody in acute danger is called while the clinic is open."""
    escalation_minutes: int = 15
    """Minutes, by day and by night, until the backup contact is told of an open flag."""
    crisis_lines: tuple[CrisisLine, ...] = US_CRISIS_LINES
    notice_version: str = "2026-11"
    """Version of the privacy notice people agree to; kept with each consent."""
    response_minutes: int = 480
    """Open minutes within which a routine request is answered: one business day."""
    grace_minutes: int = 3
    """Minutes for which mails about what staff did wait, so that it can be undone; 0: none."""
    hold_minutes: int = 15
    draft_days: int = 14
    """Days after the last change until an unfinished draft is deleted."""
    offers_asq: bool = True
    offers_gad7: bool = True
    reminder_hours: tuple[int, ...] = (24, 2)
    """Hours before a call at which its patient is reminded; none if empty."""
    retry_hours: tuple[int, ...] = (4, 24, 72, 168)
    """How long to wait after each call that reached nobody. After the last one the request is
    proposed for closing."""
    mail_name: str = ""
    """The name in mails and calendar files, if the clinic's own says what it treats; "" for that.

    Whoever sees an inbox over somebody's shoulder reads the sender (HHS, e-mail and HIPAA).
    """
    languages: tuple[str, ...] = ("en",)
    closed: frozenset[date] = field(default=frozenset())

    @cached_property
    def phone(self) -> str:
        """The phone number as people write it, such as (312) 555-0142."""
        return _as_written(self.phone_number)

    @property
    def phone_href(self) -> str:
        """A link that calls the clinic."""
        return f"tel:{self.phone_number}"

    @property
    def name_in_mail(self) -> str:
        """In whose name mails are sent."""
        return self.mail_name or self.name

    @cached_property
    def alarm_recipients(self) -> tuple[str, ...]:
        """Addresses that are told at once of an urgent submission, each of them once."""
        first = (self.safety_contact.email,) if self.safety_contact else ()
        known = {address.casefold(): address for address in (*self.on_call_recipients, *first)}
        order = dict.fromkeys(each.casefold() for each in (*first, *self.on_call_recipients))
        return tuple(known[each] for each in order)

    @property
    def grace(self) -> timedelta:
        """How long a mail about something staff did can still be stopped."""
        return timedelta(minutes=self.grace_minutes)

    @property
    def escalation_delay(self) -> timedelta:
        """How long a flag may stay open until the backup contact is told."""
        return timedelta(minutes=self.escalation_minutes)

    @cached_property
    def hours(self) -> OfficeHours:
        """When somebody is there to read requests."""
        return OfficeHours(self.weekly_hours, self.closed, self.tz)

    @cached_property
    def week(self) -> list[WeekdayHours]:
        """Its hours from Monday to Sunday, as runs of weekdays with the same hours."""
        return describe(self.hours)

    @property
    def in_us(self) -> bool:
        """Whether the lines of help are those of the US, which pages then name in full."""
        return self.crisis_lines == US_CRISIS_LINES


def read_clinic(document: Mapping[str, Any], closed: frozenset[date] = frozenset()) -> Clinic:
    """The clinic of a stored document; raises ClinicSettingsError naming what is wrong."""
    clinic = _read(document, closed)
    if not any(clinic.weekly_hours.values()):
        raise ClinicSettingsError("The clinic's settings have no office hours (weekly_hours).")
    for name in ("staff_recipients", "on_call_recipients"):
        if not getattr(clinic, name):
            raise ClinicSettingsError(f"Nobody would be told: {name} is empty.")
    _check_periods(clinic)
    contacts = [each for each in (clinic.safety_contact, clinic.backup_contact) if each]
    for address in (clinic.reply_to, *clinic.staff_recipients, *clinic.alarm_recipients):
        _check_address(address)
    for contact in contacts:
        _check_address(contact.email)
    for number in (clinic.phone_number, *(contact.phone_number for contact in contacts)):
        _check_phone(number)
    return clinic


def refuse_unknown(document: object, *, known: Collection[str] = ()) -> None:
    """Raise ClinicSettingsError for a name in a settings file that means nothing.

    A slip in a name would leave the default in place without a word, such as for escalation.
    """
    if not isinstance(document, dict):
        raise ClinicSettingsError('The file must hold one JSON object: { "name": ..., ... }.')
    unknown = set(document).difference(write_clinic(EXAMPLE_CLINIC), known)
    if unknown:
        raise ClinicSettingsError(f"There is no setting {', '.join(sorted(unknown))}.")


def _check_periods(clinic: Clinic) -> None:
    for name in PERIODS:
        length = getattr(clinic, name)
        if length is not None and length < 1:
            raise ClinicSettingsError(f"{name} must be 1 or more.")
    if not 0 <= clinic.grace_minutes <= LONGEST_GRACE:
        raise ClinicSettingsError(f"grace_minutes must be 0 to {LONGEST_GRACE}.")
    for name in ("reminder_hours", "retry_hours"):
        if any(hours < 1 for hours in getattr(clinic, name)):
            raise ClinicSettingsError(f"{name} must be 1 or more each.")


def _check_address(address: str) -> None:
    try:
        validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise ClinicSettingsError(f"{address} is not an e-mail address.") from None


def _check_phone(number: str) -> None:
    try:
        is_usable = phonenumbers.is_possible_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        is_usable = False
    if not is_usable:
        raise ClinicSettingsError(f"{number or 'Nothing'} is not a phone number like +13125550142.")


def _as_written(phone_number: str) -> str:
    number = phonenumbers.parse(phone_number)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)


def _read(document: Mapping[str, Any], closed: frozenset[date]) -> Clinic:
    try:
        return Clinic(
            name=document["name"],
            phone_number=document["phone_number"],
            tz=ZoneInfo(document["time_zone"]),
            weekly_hours=_read_hours(document["weekly_hours"]),
            states=tuple(document["states"]),
            staff_recipients=tuple(document["staff_recipients"]),
            on_call_recipients=tuple(document["on_call_recipients"]),
            reply_to=document["reply_to"],
            crisis_lines=tuple(CrisisLine(*line) for line in document["crisis_lines"]),
            notice_version=document["notice_version"],
            response_minutes=int(document["response_minutes"]),
            grace_minutes=int(document.get("grace_minutes", Clinic.grace_minutes)),
            hold_minutes=int(document["hold_minutes"]),
            draft_days=int(document["draft_days"]),
            safety_contact=_read_contact(document, "safety_contact"),
            backup_contact=_read_contact(document, "backup_contact"),
            acute_response_minutes=_read_minutes(document.get("acute_response_minutes")),
            escalation_minutes=int(document.get("escalation_minutes", Clinic.escalation_minutes)),
            offers_asq=_read_switch(document, "offers_asq"),
            offers_gad7=_read_switch(document, "offers_gad7"),
            reminder_hours=tuple(
                int(each) for each in document.get("reminder_hours", Clinic.reminder_hours)
            ),
            retry_hours=tuple(
                int(each) for each in document.get("retry_hours", Clinic.retry_hours)
            ),
            mail_name=str(document.get("mail_name", "")).strip(),
            languages=tuple(document["languages"]),
            closed=closed,
        )
    except ZoneInfoNotFoundError:
        raise ClinicSettingsError("The time_zone is not one like America/Chicago.") from None
    except KeyError as missing:
        raise ClinicSettingsError(f"The clinic's settings have no {missing}.") from None
    except (AttributeError, TypeError, ValueError) as error:
        raise ClinicSettingsError("A value in the clinic's settings is wrong.") from error


def write_clinic(clinic: Clinic) -> dict[str, Any]:
    """The document `read_clinic` reads back."""
    return {
        "name": clinic.name,
        "phone_number": clinic.phone_number,
        "time_zone": clinic.tz.key,
        "weekly_hours": {
            str(day): [[opens.isoformat(), closes.isoformat()] for opens, closes in windows]
            for day, windows in clinic.weekly_hours.items()
        },
        "states": list(clinic.states),
        "staff_recipients": list(clinic.staff_recipients),
        "on_call_recipients": list(clinic.on_call_recipients),
        "reply_to": clinic.reply_to,
        "crisis_lines": [[line.text, line.number] for line in clinic.crisis_lines],
        "notice_version": clinic.notice_version,
        "response_minutes": clinic.response_minutes,
        "grace_minutes": clinic.grace_minutes,
        "hold_minutes": clinic.hold_minutes,
        "draft_days": clinic.draft_days,
        "safety_contact": asdict(clinic.safety_contact) if clinic.safety_contact else None,
        "backup_contact": asdict(clinic.backup_contact) if clinic.backup_contact else None,
        "acute_response_minutes": clinic.acute_response_minutes,
        "escalation_minutes": clinic.escalation_minutes,
        "offers_asq": clinic.offers_asq,
        "offers_gad7": clinic.offers_gad7,
        "reminder_hours": list(clinic.reminder_hours),
        "retry_hours": list(clinic.retry_hours),
        "mail_name": clinic.mail_name,
        "languages": list(clinic.languages),
    }


def _read_hours(document: Mapping[str, list[list[str]]]) -> dict[int, tuple[Window, ...]]:
    return {
        int(day): tuple((time.fromisoformat(a), time.fromisoformat(b)) for a, b in windows)
        for day, windows in document.items()
    }


def _read_contact(document: Mapping[str, Any], name: str) -> Contact | None:
    found = document.get(name)
    if found is None:
        return None
    values = {key: found.get(key) for key in ("name", "phone_number", "email")}
    if not all(isinstance(value, str) and value.strip() for value in values.values()):
        raise ClinicSettingsError(f"{name} needs a name, a phone_number and an email.")
    return Contact(**values)


def _read_minutes(value: object) -> int | None:
    return None if value is None else int(str(value))


def _read_switch(document: Mapping[str, Any], name: str) -> bool:
    """True or false and nothing else, so that nothing is switched off by a slip."""
    if not isinstance(document[name], bool):
        raise ClinicSettingsError(f"{name} must be true or false.")
    return bool(document[name])


EXAMPLE_CLINIC = Clinic(
    name="Iconic Infusions",
    phone_number="+13125550142",
    tz=ZoneInfo("America/Chicago"),
    weekly_hours={day: ((time(9), time(17)),) for day in range(5)},
    states=("IL",),
    staff_recipients=("desk@example.com",),
    on_call_recipients=("clinician@example.com",),
    reply_to="desk@example.com",
    safety_contact=Contact(
        name="Dr. Priya Nair", phone_number="+13125550143", email="clinician@example.com"
    ),
    backup_contact=Contact(
        name="Dr. Samuel Okafor", phone_number="+13125550144", email="backup@example.com"
    ),
    acute_response_minutes=15,
    languages=("en", "es"),
)
"""The clinic of the examples; also what a new clinic fills in."""
