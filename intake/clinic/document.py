"""The clinic's settings as a plain document: reading, writing, refusing what makes no sense."""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import date, time
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from intake.clinic.clinic import EXAMPLE_CLINIC, Clinic, ClinicSettingsError, Contact, CrisisLine
from intake.clinic.hours import Window
from intake.clinic.pause import read_pause, write_pause

KEPT_FOR = ("request_days", "consultation_days", "quarantine_days", "mail_days")
"""Settings that say how long something is kept."""
PERIODS = (
    *("response_minutes", "acute_response_minutes", "escalation_minutes"),
    *("review_minutes", "hold_minutes", "claim_minutes", "draft_days", *KEPT_FOR),
)
"""Settings that are lengths of time."""
RECIPIENTS = (
    *("staff_recipients", "on_call_recipients"),
    *("change_recipients", "digest_recipients", "failure_recipients"),
)
"""Settings that are lists of addresses."""
OPTIONAL = (
    *("change_recipients", "digest_recipients", "failure_recipients"),
    *("safety_contact", "backup_contact", "acute_response_minutes", "escalation_minutes"),
    *("review_minutes", "claim_minutes", "grace_minutes", "reminder_hours", "retry_hours"),
    *("booking_pause", "mail_name", "part_2", *KEPT_FOR),
)
"""Settings that a file may leave out; then they stay as they are."""
LONGEST_GRACE = 30
"""Minutes; a mail that leaves later than that is missed by whoever was just on the phone."""


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
    lists = (getattr(clinic, name) for name in RECIPIENTS)
    for address in (clinic.reply_to, *chain(*lists), *(each.email for each in contacts)):
        _check_address(address)
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
    if (clinic.review_minutes or 0) > clinic.response_minutes:
        raise ClinicSettingsError("review_minutes must not be more than response_minutes.")
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
            change_recipients=tuple(document.get("change_recipients", ())),
            digest_recipients=tuple(document.get("digest_recipients", ())),
            failure_recipients=tuple(document.get("failure_recipients", ())),
            reply_to=document["reply_to"],
            crisis_lines=tuple(CrisisLine(*line) for line in document["crisis_lines"]),
            notice_version=document["notice_version"],
            response_minutes=int(document["response_minutes"]),
            review_minutes=_read_minutes(document.get("review_minutes")),
            grace_minutes=int(document.get("grace_minutes", Clinic.grace_minutes)),
            hold_minutes=int(document["hold_minutes"]),
            claim_minutes=int(document.get("claim_minutes", Clinic.claim_minutes)),
            draft_days=int(document["draft_days"]),
            **{name: int(document.get(name, getattr(Clinic, name))) for name in KEPT_FOR},
            safety_contact=_read_contact(document, "safety_contact"),
            backup_contact=_read_contact(document, "backup_contact"),
            acute_response_minutes=_read_minutes(document.get("acute_response_minutes")),
            escalation_minutes=int(document.get("escalation_minutes", Clinic.escalation_minutes)),
            offers_asq=_read_switch(document, "offers_asq"),
            offers_gad7=_read_switch(document, "offers_gad7"),
            part_2=_read_switch({"part_2": False, **document}, "part_2"),
            reminder_hours=tuple(
                int(each) for each in document.get("reminder_hours", Clinic.reminder_hours)
            ),
            retry_hours=tuple(
                int(each) for each in document.get("retry_hours", Clinic.retry_hours)
            ),
            booking_pause=read_pause(document.get("booking_pause")),
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
        "change_recipients": list(clinic.change_recipients),
        "digest_recipients": list(clinic.digest_recipients),
        "failure_recipients": list(clinic.failure_recipients),
        "reply_to": clinic.reply_to,
        "crisis_lines": [[line.text, line.number] for line in clinic.crisis_lines],
        "notice_version": clinic.notice_version,
        "response_minutes": clinic.response_minutes,
        "review_minutes": clinic.review_minutes,
        "grace_minutes": clinic.grace_minutes,
        "hold_minutes": clinic.hold_minutes,
        "claim_minutes": clinic.claim_minutes,
        "draft_days": clinic.draft_days,
        **{name: getattr(clinic, name) for name in KEPT_FOR},
        "safety_contact": asdict(clinic.safety_contact) if clinic.safety_contact else None,
        "backup_contact": asdict(clinic.backup_contact) if clinic.backup_contact else None,
        "acute_response_minutes": clinic.acute_response_minutes,
        "escalation_minutes": clinic.escalation_minutes,
        "offers_asq": clinic.offers_asq,
        "offers_gad7": clinic.offers_gad7,
        "part_2": clinic.part_2,
        "reminder_hours": list(clinic.reminder_hours),
        "retry_hours": list(clinic.retry_hours),
        "booking_pause": write_pause(clinic.booking_pause),
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
