"""Two requests side by side: who, how to reach them, how they stand, and what is ahead."""

from dataclasses import dataclass
from datetime import datetime

from intake.clinic.clinic import Clinic
from intake.core.i18n import moment_text
from intake.scheduling import queries
from intake.scheduling.merging import why_not
from intake.staff.flag import level_tag
from intake.staff.person import Person
from intake.staff.words import LANGUAGES, STATUSES, when
from intake.submissions.models import Submission

TELLING = ("Name", "Born", "Phone", "Email")
"""What one person has in common with themselves."""
CALLS = {"hold": "Kept", "pending": "Asked for", "booked": "Booked"}


@dataclass(frozen=True)
class Pair:
    """One line. `differs` marks what speaks against one person."""

    term: str
    one: str
    other: str
    differs: bool


@dataclass(frozen=True)
class Compared:
    """The lines, and the ids of the requests that may stay, the proposed one first.

    `why_not` is a key, "" if one may.
    """

    pairs: list[Pair]
    may_stay: list[str]
    why_not: str

    @property
    def is_other_birthday(self) -> bool:
        """Whether both gave a date of birth, and not the same one."""
        return any(pair.term == "Born" and pair.differs for pair in self.pairs)


def compared(one: Submission, other: Submission, clinic: Clinic, *, now: datetime) -> Compared:
    """Both as they stand."""
    sides = [_side(each, clinic, now) for each in (one, other)]
    pairs = [
        Pair(term, mine, sides[1][term], differs=_differs(term, mine, sides[1][term]))
        for term, mine in sides[0].items()
        if mine or sides[1][term]
    ]
    return Compared(pairs, *_ways(one, other))


def _ways(one: Submission, other: Submission) -> tuple[list[str], str]:
    """Which may stay: one with a call first, then the one that was sent first."""
    ways = [(one, why_not(one, other)), (other, why_not(other, one))]
    possible = [stays for stays, why in ways if not why]
    possible.sort(key=lambda each: (each.status != "booked", each.sent_at or each.created_at))
    return [str(each.id) for each in possible], "" if possible else ways[0][1]


def _side(submission: Submission, clinic: Clinic, now: datetime) -> dict[str, str]:
    person, facts = Person(submission), dict(Person(submission).facts(clinic, now=now))
    kept = queries.kept_for(submission.id)
    call = f"{CALLS[kept.status]}: {moment_text(kept.starts_at, clinic.tz, 'en')}" if kept else ""
    return {
        "Name": facts.get("Legal name") or person.name,
        "Born": facts.get("Born", ""),
        "Phone": person.phone,
        "Email": facts.get("Email", ""),
        "Contact by": facts.get("Contact by", ""),
        "Wants help with": person.conditions,
        "Language": LANGUAGES.get(submission.language, submission.language),
        "State": STATUSES[submission.status],
        "Level": level_tag(submission).label,
        "Call": call or "No call ahead",
        "Calls made": f"{submission.tries} without an answer" if submission.tries else "",
        "Sent": when(submission.sent_at, clinic.tz, now) if submission.sent_at else "Not sent yet",
        "Last change": when(submission.updated_at, clinic.tz, now),
    }


def _differs(term: str, mine: str, theirs: str) -> bool:
    """Whether both gave something, and not the same."""
    return term in TELLING and bool(mine and theirs) and mine.casefold() != theirs.casefold()
