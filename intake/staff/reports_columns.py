"""The columns of a list of requests, and who may have them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from intake.accounts.models import User
from intake.accounts.permissions import Permission
from intake.clinic.clinic import Clinic
from intake.core.encryption import UnreadableField
from intake.exports.listing import Selection, batches, calls_of
from intake.scheduling.models import Appointment
from intake.screening.catalog import load_catalog
from intake.screening.plan import HISTORY
from intake.staff.person import Person
from intake.staff.scores import scores_of
from intake.staff.words import (
    CHANNELS,
    CLOSED_FOR,
    CONTACT_WAYS,
    LANGUAGES,
    LEVELS,
    STATUSES,
    listed,
)
from intake.submissions.models import Submission

CALL_STATES = {
    "pending": "Asked for",
    "booked": "Booked",
    "held": "Held",
    "no_show": "No show",
    "cancelled": "Cancelled",
}
DAMAGED = "This request cannot be opened. Tell whoever runs the server."
SCORES = ("PHQ-9", "GAD-7", "PC-PTSD-5", "PEG", "Headache days")


@dataclass(frozen=True)
class Line:
    """One request with what its row is made of; times are the clinic's."""

    submission: Submission
    person: Person
    call: Appointment | None
    clinic: Clinic

    def at(self, instant: datetime | None) -> str:
        """An instant as spreadsheets read it, in clinic time; "" for none."""
        return f"{instant.astimezone(self.clinic.tz):%Y-%m-%d %H:%M}" if instant else ""

    @cached_property
    def scores(self) -> dict[str, int | None]:
        """The totals by name; None while answers are missing."""
        stored, now = self.submission.answers or {}, self.submission.updated_at
        return {each.name: each.value for each in scores_of(stored, tz=self.clinic.tz, now=now)}

    def score(self, name: str) -> str:
        """A total that is known, else ""."""
        total = self.scores.get(name)
        return "" if total is None else str(total)

    def heard(self) -> str:
        """How the person heard of the clinic."""
        item = load_catalog()[HISTORY].item("heard")
        value = (self.submission.answers or {}).get(HISTORY, {}).get("heard")
        return ", ".join(option.label["en"] for option in item.chosen(value))


Column = tuple[str, Callable[[Line], str]]

FOR_ALL: tuple[Column, ...] = (
    ("Reference", lambda line: line.submission.reference),
    ("Sent", lambda line: line.at(line.submission.sent_at)),
    ("State", lambda line: STATUSES[line.submission.status]),
    ("Closed because", lambda line: CLOSED_FOR.get(line.submission.closed_for, "")),
    ("Level", lambda line: LEVELS[line.submission.level_rank].label),
    ("Given name", lambda line: line.person.reach.get("given_name") or ""),
    ("Family name", lambda line: line.person.reach.get("family_name") or ""),
    ("Goes by", lambda line: line.person.call_name),
    ("Born", lambda line: line.person.reach.get("dob") or ""),
    ("Phone", lambda line: line.person.phone),
    ("Email", lambda line: line.person.reach.get("email") or ""),
    ("Home state", lambda line: line.person.reach.get("state") or ""),
    ("Language", lambda line: LANGUAGES.get(line.submission.language, line.submission.language)),
    ("Contact by", lambda line: listed(line.person.reach.get("contact_by") or [], CONTACT_WAYS)),
    ("Help with", lambda line: line.person.conditions),
    ("Call", lambda line: CALL_STATES[line.call.status] if line.call else ""),
    ("Call at", lambda line: line.at(line.call.starts_at) if line.call else ""),
    ("Call by", lambda line: CHANNELS.get(line.call.channel, "") if line.call else ""),
    ("Tries without reaching", lambda line: str(line.submission.tries)),
)
WITH_ANSWERS: tuple[Column, ...] = (
    *((name, lambda line, name=name: line.score(name)) for name in SCORES),
    ("Heard of us by", Line.heard),
)
"""For those who may see answers, besides the others."""


def sees_answers(user: User) -> bool:
    """Whether a list holds what this user may see of answers."""
    return user.may(Permission.SEE_ANSWERS)


def columns_for(user: User) -> tuple[Column, ...]:
    """The columns of a list for this user."""
    return FOR_ALL + WITH_ANSWERS if sees_answers(user) else FOR_ALL


def rows_of(
    selection: Selection, columns: Sequence[Column], clinic: Clinic, *, with_answers: bool
) -> Iterator[list[str]]:
    """The rows of a list, batch after batch."""
    for batch in batches(selection, with_answers=with_answers):
        calls = calls_of([each.id for each in batch])
        for each in batch:
            yield _row(each, calls.get(each.id), columns, clinic)


def _row(
    submission: Submission, call: Appointment | None, columns: Sequence[Column], clinic: Clinic
) -> list[str]:
    """The cells of one request. One that is damaged says so, and does not stop the list."""
    try:
        line = Line(submission, Person(submission), call, clinic)
        return [value(line) for _name, value in columns]
    except UnreadableField:
        return [submission.reference, DAMAGED, *[""] * (len(columns) - 2)]
