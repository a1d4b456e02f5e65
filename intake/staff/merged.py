"""On a record: which requests were merged into it, or into which one it was merged."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from flask import url_for

from intake.accounts.queries import names_of
from intake.clinic.clinic import Clinic
from intake.scheduling.merging import merges_of
from intake.staff.person import Person
from intake.staff.words import when
from intake.submissions.models import Merge, Submission, ToldApart
from intake.submissions.queries import by_ids

Entry = TypeVar("Entry", Merge, ToldApart)


@dataclass(frozen=True)
class Merged:
    """One merge. `went` says that the request of the record is the one that went."""

    went: bool
    href: str
    name: str
    small: str


def merged_with(submission: Submission, clinic: Clinic, *, now: datetime) -> list[Merged]:
    """The merges that count, the latest first."""
    entries = [(each, _other_id(each, submission)) for each in merges_of(submission.id)]
    return [
        Merged(
            went=each.submission_id == submission.id,
            href=url_for("staff.show", submission_id=other.id),
            name=name_beside(other),
            small=small,
        )
        for each, other, small in beside(entries, clinic, now=now)
    ]


def beside(
    entries: Sequence[tuple[Entry, UUID]], clinic: Clinic, *, now: datetime
) -> list[tuple[Entry, Submission, str]]:
    """What was said of a request and another one, by its id: the entry, the other request as far as
    staff may open it, and who said it when."""
    others = by_ids([other_id for _, other_id in entries]) if entries else {}
    names = names_of(each.author_id for each, _ in entries) if entries else {}
    return [
        (each, others[other_id], f"{names.get(each.author_id, '')}, {_when(each, clinic, now)}")
        for each, other_id in entries
        if other_id in others
    ]


def name_beside(other: Submission) -> str:
    """Another request in a line: reference and name."""
    return f"{other.reference}, {Person(other).name}"


def _when(entry: Merge | ToldApart, clinic: Clinic, now: datetime) -> str:
    return when(entry.created_at, clinic.tz, now)


def _other_id(entry: Merge, submission: Submission) -> UUID:
    return entry.into_id if entry.submission_id == submission.id else entry.submission_id
