"""The clinic's own settings as one typed object, read from and written to a plain document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
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
    """Who is told at once of an urgent one."""
    reply_to: str
    crisis_lines: tuple[CrisisLine, ...] = US_CRISIS_LINES
    notice_version: str = "2026-11"
    """Version of the privacy notice people agree to; kept with each consent."""
    response_minutes: int = 480
    """Open minutes within which a routine request is answered: one business day."""
    hold_minutes: int = 15
    draft_days: int = 14
    """Days after the last change until an unfinished draft is deleted."""
    offers_asq: bool = True
    offers_gad7: bool = True
    languages: tuple[str, ...] = ("en",)
    closed: frozenset[date] = field(default=frozenset())

    @cached_property
    def phone(self) -> str:
        """The phone number as people write it, such as (312) 555-0142."""
        number = phonenumbers.parse(self.phone_number)
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)

    @property
    def phone_href(self) -> str:
        """A link that calls the clinic."""
        return f"tel:{self.phone_number}"

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
    for address in (clinic.reply_to, *clinic.staff_recipients, *clinic.on_call_recipients):
        _check_address(address)
    return clinic


def _check_address(address: str) -> None:
    try:
        validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise ClinicSettingsError(f"{address} is not an e-mail address.") from None


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
            hold_minutes=int(document["hold_minutes"]),
            draft_days=int(document["draft_days"]),
            offers_asq=bool(document["offers_asq"]),
            offers_gad7=bool(document["offers_gad7"]),
            languages=tuple(document["languages"]),
            closed=closed,
        )
    except ZoneInfoNotFoundError:
        raise ClinicSettingsError("The time_zone is not one like America/Chicago.") from None
    except KeyError as missing:
        raise ClinicSettingsError(f"The clinic's settings have no {missing}.") from None
    except (TypeError, ValueError) as error:
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
        "hold_minutes": clinic.hold_minutes,
        "draft_days": clinic.draft_days,
        "offers_asq": clinic.offers_asq,
        "offers_gad7": clinic.offers_gad7,
        "languages": list(clinic.languages),
    }


def _read_hours(document: Mapping[str, list[list[str]]]) -> dict[int, tuple[Window, ...]]:
    return {
        int(day): tuple((time.fromisoformat(a), time.fromisoformat(b)) for a, b in windows)
        for day, windows in document.items()
    }


EXAMPLE_CLINIC = Clinic(
    name="Iconic Infusions",
    phone_number="+13125550142",
    tz=ZoneInfo("America/Chicago"),
    weekly_hours={day: ((time(9), time(17)),) for day in range(5)},
    states=("IL",),
    staff_recipients=("desk@example.com",),
    on_call_recipients=("clinician@example.com",),
    reply_to="desk@example.com",
)
"""The clinic of the examples; also what a new clinic fills in."""
