"""Things to test with: believable answers, drafts, submissions, users."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from intake.accounts.models import User
from intake.accounts.service import create_user
from intake.clinic.service import current_clinic, save_clinic
from intake.core.db import unit_of_work
from intake.scheduling import queries
from intake.scheduling.slots import free_slots
from intake.submissions import drafts, service
from intake.submissions.models import Submission
from intake.submissions.turns import Late, late_at

MONDAY_MORNING = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
"""10:00 in Chicago, on an ordinary working day."""

START = {"conditions": ["depression", "chronic_pain"], "for_whom": "me", "age18": "yes"}

CONTACT = {
    "given_name": "Dana",
    "family_name": "Whitfield",
    "preferred_name": "",
    "dob": "1985-03-27",
    "phone": "312 555 0198",
    "phone_e164": "+13125550198",
    "email": "dana@example.org",
    "state": "IL",
    "contact_by": ["call", "email"],
    "voicemail_ok": "name_only",
    "best_time": "any",
    "consent_privacy": True,
}

TIMES = {
    "slot_chosen": False,
    "availability": ["tue-morning"],
    "channel": "phone",
    "time_zone": "America/Chicago",
    "needs": "",
}

NO_THOUGHTS = {"q1": "no", "q2": "no", "q3": "no", "q4": "no"}
MILD_MOOD = {f"q{number}": 0 for number in range(1, 10)} | {"q1": 1, "q10": 0}


def begin(now: datetime = MONDAY_MORNING, **start: Any) -> Submission:
    """A draft with its first page saved."""
    with unit_of_work():
        draft, _token = drafts.begin({**START, **start}, current_clinic(), language="en", now=now)
    return draft


def fill(draft: Submission, now: datetime = MONDAY_MORNING, **contact: Any) -> Submission:
    """Save contact, a quiet safety page, and availability."""
    clinic = current_clinic()
    with unit_of_work():
        drafts.save_contact(draft, {**CONTACT, **contact}, clinic, now=now)
        drafts.save_answers(draft, "asq", NO_THOUGHTS, clinic, now=now)
        drafts.save_answers(draft, "phq9", MILD_MOOD, clinic, now=now)
        drafts.save_times(draft, TIMES, clinic, now=now)
    return draft


def sent(now: datetime = MONDAY_MORNING, **contact: Any) -> Submission:
    """A submission that was sent."""
    return submit(fill(begin(now), now, **contact), now)


def submit(draft: Submission, now: datetime = MONDAY_MORNING) -> Submission:
    """Send a draft."""
    with unit_of_work():
        service.submit(draft, current_clinic(), now=now)
    return draft


def free_keys(now: datetime = MONDAY_MORNING) -> list[str]:
    """The names of the first provider's free slots in time order."""
    diary = queries.diary(now=now)
    busy, booked = diary.busy.get(1, ()), diary.booked_per_day.get(1, {})
    slots = free_slots(
        diary.calendars[1], diary.type.rules, busy=busy, now=now, booked_per_day=booked
    )
    return [queries.slot_key(slot) for slot in slots]


def settle(**settings: Any) -> None:
    """Change settings of the clinic."""
    with unit_of_work():
        save_clinic(replace(current_clinic(), **settings), now=MONDAY_MORNING)


def user(email: str = "new@example.com", *roles: str) -> User:
    """A member of staff."""
    with unit_of_work():
        return create_user(
            email, "New Person", roles=roles or ("front_desk",), actor="system", now=MONDAY_MORNING
        )


def this_morning(now: datetime = MONDAY_MORNING) -> Late:
    """What counts as overdue on that Monday morning."""
    return late_at(now, current_clinic())
