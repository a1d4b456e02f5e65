"""What a clinic must have settled before it may ask real people about danger. Pure."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from intake.clinic.clinic import EXAMPLE_CLINIC, Clinic, Contact
from intake.screening.level import Level

EXAMPLE_DOMAINS = ("example.com", "example.net", "example.org")
"""RFC 2606, section 3: nobody ever gets a mail there."""
EXAMPLE_PROVIDER = "Dr. First Example"
EXAMPLE_CONTACTS = (EXAMPLE_CLINIC.safety_contact, EXAMPLE_CLINIC.backup_contact)
EXAMPLE_PHONES = frozenset(
    {EXAMPLE_CLINIC.phone_number, *(each.phone_number for each in EXAMPLE_CONTACTS if each)}
)


def gaps(clinic: Clinic) -> list[str]:
    """What keeps this clinic from asking real people about danger, setting by setting.

    A form cannot keep anybody safe: it takes a person who is told, another who is told if the
    first one does not act, a phone, hours, and a time until the call. A clinic that has switched
    the ASQ off has decided not to ask. Settings are named, their values are not.
    """
    if not clinic.offers_asq:
        return []
    needed: dict[str, object] = {
        "safety_contact": clinic.safety_contact,
        "backup_contact": clinic.backup_contact,
        "phone_number": clinic.phone_number,
        "weekly_hours": any(clinic.weekly_hours.values()),
        "acute_response_minutes": clinic.acute_response_minutes,
    }
    missing = [f"{name} is missing" for name, value in needed.items() if not value]
    return missing + [f"{name} is still the example's" for name in example_values(clinic)]


def example_values(clinic: Clinic) -> list[str]:
    """Names of the settings that still hold an address or a phone number of the example."""
    return [name for name, value in _reachable(clinic) if _is_example(value)]


def uses_example_provider(document: Mapping[str, Any]) -> bool:
    """Whether a settings file would open a calendar for somebody who does not exist."""
    return EXAMPLE_PROVIDER in document.get("providers", [])


def call_by(clinic: Clinic, level: Level, flagged_at: datetime) -> datetime:
    """By when somebody with an urgent flag should be called.

    In acute danger: within the clinic's minutes while it is open, else when it opens. Otherwise
    by the end of the business day. Both are the product's defaults; no guideline names a time.
    """
    if level is not Level.URGENT_ACUTE:
        return clinic.hours.end_of_business_day(flagged_at)
    if not clinic.hours.is_open(flagged_at):
        return clinic.hours.next_opening(flagged_at)
    return flagged_at + timedelta(minutes=clinic.acute_response_minutes or 0)


class PromisedCall(NamedTuple):
    """When somebody with an urgent flag is told that we call them, as an instant."""

    at: datetime
    when_opening: bool
    """Whether that is when the clinic opens; else it is by then."""


def promised_call(clinic: Clinic, level: Level, flagged_at: datetime) -> PromisedCall:
    """What we promise to somebody with an urgent flag: never sooner than `call_by`.

    In acute danger that is meant to be minutes while the clinic is open; what is promised is the
    business day, since a promise of minutes that is broken once does harm. Raises NeverOpenError.
    """
    due = call_by(clinic, level, flagged_at)
    if level is Level.URGENT_ACUTE and not clinic.hours.is_open(flagged_at):
        return PromisedCall(due, when_opening=True)
    return PromisedCall(max(due, clinic.hours.end_of_business_day(flagged_at)), when_opening=False)


def _reachable(clinic: Clinic) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every setting by which somebody is reached, with its addresses and numbers."""
    yield "phone_number", (clinic.phone_number,)
    yield "staff_recipients", clinic.staff_recipients
    yield "on_call_recipients", clinic.on_call_recipients
    yield "change_recipients", clinic.change_recipients
    yield "digest_recipients", clinic.digest_recipients
    yield "failure_recipients", clinic.failure_recipients
    yield "reply_to", (clinic.reply_to,)
    yield "safety_contact", _ways(clinic.safety_contact)
    yield "backup_contact", _ways(clinic.backup_contact)


def _ways(contact: Contact | None) -> tuple[str, ...]:
    return (contact.phone_number, contact.email) if contact else ()


def _is_example(values: tuple[str, ...]) -> bool:
    domains = (value.rpartition("@")[2].lower() for value in values)
    return any(domain in EXAMPLE_DOMAINS for domain in domains) or not EXAMPLE_PHONES.isdisjoint(
        values
    )
