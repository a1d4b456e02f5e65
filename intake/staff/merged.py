"""On a record: which requests were merged into it, or into which one it was merged."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import url_for

from intake.accounts.queries import names_of
from intake.clinic.clinic import Clinic
from intake.scheduling.merging import merges_of
from intake.staff.person import Person
from intake.staff.words import when
from intake.submissions.models import Merge, Submission
from intake.submissions.queries import by_ids


@dataclass(frozen=True)
class Merged:
    """One merge. `went` says that the request of the record is the one that went."""

    went: bool
    href: str
    name: str
    small: str


def merged_with(submission: Submission, clinic: Clinic, *, now: datetime) -> list[Merged]:
    """The merges that count, the latest first."""
    entries = merges_of(submission.id)
    if not entries:
        return []
    others = by_ids([_other_id(each, submission) for each in entries])
    names = names_of(each.author_id for each in entries)
    return [
        Merged(
            went=each.submission_id == submission.id,
            href=url_for("staff.show", submission_id=other.id),
            name=f"{other.reference}, {Person(other).name}",
            small=f"{names.get(each.author_id, '')}, {when(each.created_at, clinic.tz, now)}",
        )
        for each in entries
        if (other := others.get(_other_id(each, submission))) is not None
    ]


def _other_id(entry: Merge, submission: Submission) -> UUID:
    return entry.into_id if entry.submission_id == submission.id else entry.submission_id
