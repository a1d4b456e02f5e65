"""Requests that have much in common and are still of two people, as somebody of the staff said.

Such a pair is not proposed again, and cannot be merged, until somebody takes that back.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, or_, select, union

from intake.accounts.models import User
from intake.audit import log
from intake.core.db import db
from intake.submissions.models import Submission, ToldApart


def tell_apart(one: Submission, other: Submission, *, author: User, now: datetime) -> None:
    """Write down that these are two people; twice counts once. Both rows must be locked."""
    if between(one, other) is not None:
        return
    entry = ToldApart(one_id=one.id, other_id=other.id, author_id=author.id, created_at=now)
    db.session.add(entry)
    _record("requests told apart", one, other, author, now)
    db.session.flush()


def take_back(one: Submission, other: Submission, *, author: User, now: datetime) -> None:
    """They may be one person after all. Both rows must be locked; without effect if nobody said
    otherwise."""
    entry = between(one, other)
    if entry is None:
        return
    entry.undone_at = now
    _record("requests told apart undone", one, other, author, now)
    db.session.flush()


def between(one: Submission, other: Submission) -> ToldApart | None:
    """What counts of two requests, whichever of them was looked at; None if nobody said it."""
    ids = (one.id, other.id)
    its = (ToldApart.one_id.in_(ids), ToldApart.other_id.in_(ids))
    return db.session.scalar(select(ToldApart).where(_COUNTS, *its))


def entries_of(submission_id: UUID) -> Sequence[ToldApart]:
    """What counts of one request, the latest first."""
    its = or_(ToldApart.one_id == submission_id, ToldApart.other_id == submission_id)
    query = select(ToldApart).where(_COUNTS, its).order_by(ToldApart.created_at.desc())
    return db.session.scalars(query).all()


def others_than(submission_id: UUID) -> CompoundSelect[UUID]:
    """A query for the ids of requests that are not of the same person as this one."""
    return union(
        select(ToldApart.other_id).where(_COUNTS, ToldApart.one_id == submission_id),
        select(ToldApart.one_id).where(_COUNTS, ToldApart.other_id == submission_id),
    )


_COUNTS: ColumnElement[bool] = ToldApart.undone_at.is_(None)


def _record(action: str, one: Submission, other: Submission, author: User, now: datetime) -> None:
    for each, its in ((one, other), (other, one)):
        detail = f"{each.reference} and {its.reference}"
        log.record(action, actor=author.actor, now=now, subject_id=each.id, detail=detail)
