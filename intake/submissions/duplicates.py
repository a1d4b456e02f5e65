"""Other requests that may be of the same person, found by the keyed hashes of the search.

They share a phone number, an e-mail address, or name and date of birth. That is a hint and no more:
families share phones and addresses. Nothing is ever merged unless a person decides so, and what a
person has told apart is not found again.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, and_, select, union_all

from intake.core.db import db
from intake.submissions.models import MERGED, SearchTerm, Submission
from intake.submissions.search import blind
from intake.submissions.terms import same_person
from intake.submissions.told_apart import others_than

MOST = 10
"""So many requests are looked at for each thing in common: the latest."""


class Duplicate(NamedTuple):
    """Another request, and what it has in common: of "phone", "email", "birthday"."""

    submission: Submission
    why: tuple[str, ...]


def possible_duplicates(submission: Submission) -> list[Duplicate]:
    """Other requests that may be of the same person, drafts too: most in common first."""
    kinds = {
        blind(term): kind
        for kind, term in same_person((submission.contact or {}).get("contact", {})).items()
    }
    if not kinds:
        return []
    others, why = {}, defaultdict[UUID, set[str]](set)
    for other, term in db.session.execute(_sharing(submission, kinds)):
        others[other.id] = other
        why[other.id].add(kinds[term])
    rows = [Duplicate(other, _ordered(why[key], kinds)) for key, other in others.items()]
    return sorted(rows, key=lambda row: (-len(row.why), row.submission.created_at))


def what_they_share(one: Submission, other: Submission) -> tuple[str, ...]:
    """What two requests have in common; nothing if no rule says that they may be one person's."""
    mine, theirs = (same_person((each.contact or {}).get("contact", {})) for each in (one, other))
    return tuple(kind for kind, term in mine.items() if theirs.get(kind) == term)


def _ordered(why: set[str], kinds: Mapping[int, str]) -> tuple[str, ...]:
    return tuple(kind for kind in kinds.values() if kind in why)


def _sharing(submission: Submission, kinds: Mapping[int, str]) -> Select[Submission, int]:
    """The latest of each term along its index, then their submissions: one statement."""
    places = []
    for term in kinds:
        latest = (
            select(SearchTerm.submission_id, SearchTerm.term)
            .where(SearchTerm.term == term, SearchTerm.submission_id != submission.id)
            .where(SearchTerm.submission_id.not_in(others_than(submission.id)))
            .order_by(SearchTerm.at.desc(), SearchTerm.submission_id.desc())
            .limit(MOST)
            .subquery()
        )
        places.append(select(latest.c.submission_id, latest.c.term))
    all_of_them = union_all(*places).subquery()
    its = (Submission.id == all_of_them.c.submission_id, Submission.status != MERGED)
    return select(Submission, all_of_them.c.term).join(all_of_them, and_(*its))
