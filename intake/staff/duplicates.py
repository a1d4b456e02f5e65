"""Other requests on a record that may be of the same person, with why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from intake.clinic.clinic import Clinic
from intake.screening.level import Level
from intake.staff.person import Person
from intake.staff.words import SHARED, STATUSES, opening, when
from intake.submissions.duplicates import possible_duplicates
from intake.submissions.models import MERGED, Submission


@dataclass(frozen=True, kw_only=True)
class Other:
    """One line; `href` is "" for a form that is still its person's own, and nobody opens.

    `compare` leads to both side by side, "" where they cannot be merged.
    """

    href: str
    compare: str
    name: str
    small: str
    why: str


def others_of(submission: Submission, clinic: Clinic, *, now: datetime) -> list[Other]:
    """The lines, most in common first; a request that was merged has none of its own."""
    if submission.status == MERGED:
        return []
    found = possible_duplicates(submission)
    return [_line(submission, each.submission, each.why, clinic, now) for each in found]


def shared_words(why: Iterable[str]) -> str:
    """What two requests have in common: "Same phone, same email"."""
    return opening(", ".join(SHARED[kind] for kind in why))


def _line(
    submission: Submission, other: Submission, why: Iterable[str], clinic: Clinic, now: datetime
) -> Other:
    since = other.sent_at or other.created_at
    is_open = not other.is_draft or other.level_rank >= Level.URGENT.rank
    is_sent = not (submission.is_draft or other.is_draft)
    compare = url_for("staff.compare", submission_id=submission.id, other_id=other.id)
    state, at = STATUSES[other.status], when(since, clinic.tz, now)
    return Other(
        href=url_for("staff.show", submission_id=other.id) if is_open else "",
        compare=compare if is_sent else "",
        name=Person(other).name,
        small=f"{other.reference} · {state}, {at}",
        why=shared_words(why),
    )
