"""The clinic's own settings as one typed object."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

import phonenumbers

from intake.clinic.hours import OfficeHours, WeekdayHours, Window, describe
from intake.clinic.pause import Pause
from intake.screening.level import Level


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
        return phone_text(self.phone_number)

    @property
    def phone_href(self) -> str:
        """A link that calls it."""
        return f"tel:{self.phone_number}"


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
    change_recipients: tuple[str, ...] = ()
    """Who is told of calls that patients change; if nobody, whoever is told of new requests."""
    digest_recipients: tuple[str, ...] = ()
    """Who gets the numbers of the day; the same if nobody."""
    failure_recipients: tuple[str, ...] = ()
    """Who is told of mails that did not arrive; the same if nobody."""
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
    review_minutes: int | None = None
    """The same for a request that a clinician must look at; None for the same time."""
    grace_minutes: int = 3
    """Minutes for which mails about what staff did wait, so that it can be undone; 0: none."""
    hold_minutes: int = 15
    claim_minutes: int = 20
    """Minutes for which a request stays with the member of staff who took it to call."""
    draft_days: int = 14
    """Days after the last change until an unfinished draft is deleted."""
    request_days: int = 365
    """The same for a request that is over and led to no consultation."""
    consultation_days: int = 3650
    """The same after a consultation: states ask for up to ten years of medical records."""
    quarantine_days: int = 90
    """The same for what looked like spam, and nobody has decided on."""
    mail_days: int = 90
    """Days for which mails are kept after they were written."""
    offers_asq: bool = True
    offers_gad7: bool = True
    part_2: bool = False
    """Whether the clinic is a program under 42 CFR Part 2: answers about alcohol and drugs are then
    handed on only with the patient's written consent, and with a notice."""
    reminder_hours: tuple[int, ...] = (24, 2)
    """Hours before a call at which its patient is reminded; none if empty."""
    retry_hours: tuple[int, ...] = (4, 24, 72, 168)
    """How long to wait after each call that reached nobody. After the last one the request is
    proposed for closing."""
    booking_pause: Pause | None = None
    """While it lasts, patients choose no times by themselves; see `is_paused`."""
    mail_name: str = ""
    """The name in mails and calendar files, if the clinic's own says what it treats; "" for that.

    Whoever sees an inbox over somebody's shoulder reads the sender (HHS, e-mail and HIPAA).
    """
    languages: tuple[str, ...] = ("en",)
    closed: frozenset[date] = field(default=frozenset())

    @cached_property
    def phone(self) -> str:
        """The phone number as people write it, such as (312) 555-0142."""
        return phone_text(self.phone_number)

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
    def changes_to(self) -> tuple[str, ...]:
        """Addresses that are told of calls that patients change."""
        return self.change_recipients or self.staff_recipients

    @property
    def digest_to(self) -> tuple[str, ...]:
        """Addresses that get the numbers of the day."""
        return self.digest_recipients or self.staff_recipients

    @property
    def failures_to(self) -> tuple[str, ...]:
        """Addresses that are told of mails that did not arrive."""
        return self.failure_recipients or self.staff_recipients

    def is_paused(self, now: datetime) -> bool:
        """Whether online booking is paused at this instant."""
        pause = self.booking_pause
        return pause is not None and pause.is_on(now.astimezone(self.tz).date())

    def target_minutes(self, level: Level) -> int:
        """Open minutes within which a request of this level is answered, as staff see it.

        Patients are promised one time, whatever their level: it would tell them what we think.
        """
        if self.review_minutes and level is Level.CLINICIAN_REVIEW:
            return self.review_minutes
        return self.response_minutes

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


def phone_text(phone_number: str) -> str:
    """A number in E.164 form as people of its country write it."""
    number = phonenumbers.parse(phone_number)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)


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
