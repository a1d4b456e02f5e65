"""Who a submission is about and how to reach them: its contact part in words."""

import logging
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date

from intake.clinic.clinic import Clinic
from intake.core.encryption import UnreadableField
from intake.core.i18n import zone_text
from intake.core.phones import phone_text
from intake.staff.words import (
    BEST_TIMES,
    CHANNELS,
    CONDITIONS,
    CONTACT_WAYS,
    DAYS,
    FOR_WHOM,
    LANGUAGES,
    PARTS,
    listed,
    opening,
    when,
)
from intake.submissions import spoken
from intake.submissions.models import Submission

log = logging.getLogger(__name__)

Fact = tuple[str, str]

UNREADABLE = {"contact": {"given_name": "Record cannot be read"}}
"""What lists show of a contact part that does not open: the row stays."""


class Person:
    """The contact part of one submission, opened once; a draft may lack any of it."""

    def __init__(self, submission: Submission) -> None:
        contact = _contact_of(submission)
        self.language = submission.language
        self.start: dict[str, Any] = contact.get("start", {})
        self.reach: dict[str, Any] = contact.get("contact", {})
        self.times: dict[str, Any] = contact.get("times", {})

    @property
    def call_name(self) -> str:
        """The name to address the person by, or "" while it is not known."""
        return self._text("preferred_name") or self._text("given_name")

    @property
    def name(self) -> str:
        """The whole name as the person wants it used."""
        return f"{self.call_name} {self._text('family_name')}".strip() or "Name not given yet"

    @property
    def conditions(self) -> str:
        """What the person would like help with."""
        return listed(self.start.get("conditions") or [], CONDITIONS) or "Not said"

    @property
    def gets_mail(self) -> bool:
        """Whether the person allowed e-mail and gave an address."""
        return "email" in (self.reach.get("contact_by") or []) and bool(self._text("email"))

    @property
    def phone(self) -> str:
        """The number as people read it, or ""."""
        return phone_text(self._text("phone"))

    @property
    def phone_href(self) -> str:
        """A link that calls it."""
        return f"tel:{self._text('phone_e164') or self.phone}"

    @property
    def may_call(self) -> bool:
        """Whether the person chose calls as a way to reach them."""
        return "call" in (self.reach.get("contact_by") or [])

    @property
    def may_text(self) -> bool:
        """Whether the person chose text messages as a way to reach them."""
        return "text" in (self.reach.get("contact_by") or [])

    @property
    def availability(self) -> frozenset[str]:
        """Parts of the week that suit, such as "tue-morning", in the person's own zone."""
        return frozenset(self.times.get("availability") or ())

    @property
    def may_leave_voicemail(self) -> bool:
        """Whether anything may be left on voicemail."""
        return self._text("voicemail_ok") in ("clinic", "name_only")

    @property
    def may_name_clinic(self) -> bool:
        """Whether whoever hears a message, or answers, may learn which clinic called."""
        return self._text("voicemail_ok") == "clinic"

    @property
    def best_times(self) -> list[str]:
        """The parts of the day in which the person would like to be called."""
        best = self.reach.get("best_time") or []
        return [best] if isinstance(best, str) else list(best)

    def zone(self, clinic: Clinic) -> ZoneInfo:
        """The person's time zone; the clinic's while it is not known."""
        name = self.times.get("time_zone")
        return ZoneInfo(name) if name else clinic.tz

    def voicemail(self) -> str:
        """What may be left on voicemail."""
        words = {
            "clinic": "Voicemail: may say it is the clinic",
            "name_only": "Voicemail: first name and number only",
            "no": "No voicemail",
        }
        return words.get(self._text("voicemail_ok"), "Voicemail: not asked, so leave none")

    def voicemail_rule(self) -> str:
        """What to mind about voicemail when the call is for the person's safety."""
        if self.may_leave_voicemail:
            return "Say nothing about the form, their answers or why you call."
        return "Leave no message, also now: call again, and write down each try."

    def voicemail_script(self, caller: str, clinic: Clinic) -> spoken.Script | None:
        """What to say on voicemail; None when nothing may be left."""
        if not self.may_leave_voicemail:
            return None
        return spoken.voicemail(
            self.language,
            name=self.call_name,
            caller=caller,
            clinic=clinic.name if self.may_name_clinic else "",
            phone=clinic.phone,
        )

    def opening_script(self, caller: str, clinic: Clinic) -> spoken.Script:
        """How to begin a call: whoever answers learns of the clinic only if that is allowed."""
        named = clinic.name if self.may_name_clinic else ""
        return spoken.opening(self.language, name=self.call_name, caller=caller, clinic=named)

    def opening_rule(self) -> str:
        """What not to say before the right person is on the phone; "" if nothing."""
        return "" if self.may_name_clinic else "Name the clinic only once you speak with them."

    def facts(self, clinic: Clinic, *, now: datetime) -> list[Fact]:
        """What the record shows about the person; nothing about their health."""
        facts = [
            ("Legal name", self._legal_name()),
            ("Born", self._born(now.astimezone(clinic.tz).date())),
            ("Email", self._text("email")),
            ("Contact by", listed(self.reach.get("contact_by") or [], CONTACT_WAYS)),
            ("Best time", self._best_time()),
            ("Suits", self._suits(clinic)),
            ("Talk by", CHANNELS.get(self.times.get("channel") or "", "")),
            ("For", FOR_WHOM.get(self.start.get("for_whom") or "", "")),
            ("Needs", self.times.get("needs") or ""),
            ("State", self._text("state")),
            ("Language", LANGUAGES.get(self.language, self.language)),
            ("Agreed", self._agreed(clinic, now)),
        ]
        return [(term, value) for term, value in facts if value]

    def _text(self, key: str) -> str:
        return self.reach.get(key) or ""

    def _legal_name(self) -> str:
        """Given and family name, where the person goes by another one."""
        if not self._text("preferred_name"):
            return ""
        return f"{self._text('given_name')} {self._text('family_name')}".strip()

    def _born(self, today: date) -> str:
        if not self._text("dob"):
            return ""
        born = date.fromisoformat(self._text("dob"))
        age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
        return f"{format_date(born, 'long', locale='en')} ({age})"

    def _best_time(self) -> str:
        return listed(self.best_times, BEST_TIMES)

    def _suits(self, clinic: Clinic) -> str:
        """Days with their parts: "Tue morning, late day; Fri morning", and the zone if not ours."""
        days = []
        for day, name in DAYS.items():
            parts = [
                words.lower()
                for part, words in PARTS.items()
                if f"{day}-{part}" in self.availability
            ]
            if parts:
                days.append(f"{name} {', '.join(parts)}")
        zone = self.zone(clinic)
        abroad = f" ({zone_text(zone, 'en')})" if days and zone != clinic.tz else ""
        return "; ".join(days) + abroad

    def _agreed(self, clinic: Clinic, now: datetime) -> str:
        if not (self.reach.get("consent_privacy") and self._text("consented_at")):
            return ""
        at = when(datetime.fromisoformat(self._text("consented_at")), clinic.tz, now)
        return f"{opening(at)}, notice {self._text('notice')}"


def _contact_of(submission: Submission) -> dict[str, Any]:
    try:
        return submission.contact or {}
    except UnreadableField:
        log.error("A contact part cannot be read: submission %s", submission.id)
        return UNREADABLE
