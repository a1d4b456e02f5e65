"""Staff words for levels, states, times and what people chose. Clinic time throughout."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from babel.dates import format_date

from intake.core.i18n import time_text

ROLES = {
    "front_desk": "Front desk",
    "clinician": "Clinician",
    "administrator": "Administrator",
    "auditor": "Auditor",
}
STATUSES = {
    "draft": "Not sent yet",
    "new": "New",
    "contacting": "Contacting",
    "booked": "Booked",
    "held": "Call held",
    "no_show": "No show",
    "closed": "Closed",
    "withdrawn": "Withdrawn",
    "quarantined": "Suspected spam",
    "merged": "Merged",
}
SETTLED = "Acknowledged, not sent"
"""A form that nobody sent, whose urgent flag somebody has acknowledged."""
CONDITIONS = {
    "depression": "Depression",
    "chronic_pain": "Chronic pain",
    "ptsd": "PTSD",
    "migraine": "Migraine",
    "other": "Something else",
}
CHANNELS = {"phone": "Phone", "video": "Video", "in_person": "In person"}
CONTACT_WAYS = {"call": "Call", "text": "Text", "email": "Email"}
BEST_TIMES = {
    "any": "Any time",
    "morning": "Mornings",
    "afternoon": "Afternoons",
    "evening": "Late afternoons",
}
DAYS = {"mon": "Mon", "tue": "Tue", "wed": "Wed", "thu": "Thu", "fri": "Fri"}
PARTS = {"morning": "Morning", "afternoon": "Afternoon", "evening": "Late day"}
"""Days and parts of the day in which people say when they can talk."""
LANGUAGES = {"en": "English", "es": "Spanish"}
FOR_WHOM = {"me": "Themselves", "someone_else": "Someone they care for"}
MESSAGES = {
    "received": "Receipt to the patient",
    "booked": "Confirmation to the patient",
    "moved": "New time to the patient",
    "place_changed": "New place to the patient",
    "reminder": "Reminder to the patient",
    "unfinished": "Reminder of the saved form, to the patient",
    "digest": "Daily summary to the front desk",
    "resume": "Link to go on, to the patient",
    "rebook": "Question for another time to the patient",
    "cancelled": "Cancellation to the patient",
    "missed": "Question for another time after a missed call",
    "restored": "Confirmation to the patient, again",
    "link_again": "New link to the patient",
    "closed": "Notice of closing to the patient",
    "withdrawn": "Notice to the patient that the request is taken back",
    "own_data": "Link to their data, to the patient",
    "earlier_time": "Offer of an earlier time to the patient",
    "appointment_changed": "Notice of a change to the front desk",
    "request_withdrawn": "Notice of a request taken back, to the front desk",
    "erasure_asked": "Notice of a wish to be deleted, to the front desk",
    "new_submission": "Notice to the front desk",
    "urgent": "Alert to staff on call",
    "escalation": "Alert to the backup contact",
    "answers_opened": "Notice of answers opened in an emergency",
    "failures": "Notice of emails that did not arrive",
    "test_of_address": "Test of an address",
}
TO_STAFF = (
    *("appointment_changed", "new_submission", "urgent", "escalation", "digest"),
    *("request_withdrawn", "erasure_asked", "answers_opened"),
    *("failures", "test_of_address"),
)
"""Those that go to staff."""
OUTCOMES = {
    "safe_plan": "Reached – safe for now, plan agreed",
    "emergency_called": "Reached – emergency services called",
    "handed_over": "Reached – handed to a clinician",
    "procedure_followed": "Not reached – crisis procedure followed",
    "no_answer_again": "No answer – will try again",
    "voicemail_again": "Voicemail left – will try again",
}
"""What came of a call about an urgent flag."""


CANCEL_REASONS = {
    "patient_asked": "They asked for it",
    "clinic_cannot": "We cannot keep this time",
    "clinic_other": "Something else",
}
"""Why staff cancel a call."""


TRIES = {
    "no_answer": "No answer",
    "voicemail": "Voicemail left",
    "call_back": "Reached – call back",
    "booked": "Reached – booked",
    "not_interested": "Reached – not interested",
    "wrong_number": "Wrong number",
}
"""What came of a call."""
CLOSED_FOR = {
    "not_reached": "We could not reach them",
    "not_interested": "They are not interested",
    "elsewhere": "They found help somewhere else",
    "not_suitable": "A clinician decided that we cannot help",
    "twice": "They asked twice: another request goes on",
    "spam": "It was spam",
    "other": "Something else",
}
"""Why a request is closed."""


SHARED = {"phone": "same phone", "email": "same email", "birthday": "same name and birth date"}
"""What two requests that may be of one person have in common."""


class Tag(NamedTuple):
    """A word with an icon, and what kind of matter it is."""

    label: str
    kind: str
    icon: str


LEVELS = (
    Tag("Routine", "", "done"),
    Tag("Clinician review", "warn", "flag"),
    Tag("Urgent: call today", "alert", "alert"),
    Tag("Urgent: call now", "alert", "shield"),
)
"""By the rank of a level."""


def listed(keys: Iterable[str], words: Mapping[str, str]) -> str:
    """Several choices as a list of words; an unknown one as it is."""
    return ", ".join(words.get(key, key) for key in keys)


def lasting(time: timedelta) -> str:
    """A length of time such as "9 min", "2 h 10 min" or "3 days 4 h"."""
    minutes = max(0, int(time.total_seconds()) // 60)
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days} day{'s' if days > 1 else ''}" + (f" {hours} h" if hours else "")
    if hours:
        return f"{hours} h" + (f" {rest} min" if rest else "")
    return f"{rest} min"


def opening(words: str) -> str:
    """Words at the beginning of a line."""
    return words[:1].upper() + words[1:]


def when(instant: datetime, tz: ZoneInfo, now: datetime) -> str:
    """An instant in clinic time: "today 8:25 am", "Sun 7:41 pm", "Nov 16, 7:41 pm"."""
    day, today = instant.astimezone(tz).date(), now.astimezone(tz).date()
    time = time_text(instant, tz, "en")
    if day == today:
        return f"today {time}"
    if abs(day - today) < timedelta(days=7):
        return f"{format_date(day, 'EEE', locale='en')} {time}"
    pattern = "MMM d" if day.year == today.year else "MMM d, y"
    return f"{format_date(day, pattern, locale='en')}, {time}"


def full_day(day: date) -> str:
    """A date in words with its year: "Thu, Dec 24, 2026"."""
    return format_date(day, "EEE, MMM d, y", locale="en")
