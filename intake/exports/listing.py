"""Lists of requests, in parts and batches: what is in memory never grows with the list."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import defer

from intake.audit import log
from intake.core.db import db
from intake.core.paging import Cursor
from intake.scheduling.models import Appointment
from intake.submissions.models import Submission

PART = 10_000
"""Requests in one file."""
BATCH = 500
"""Requests in memory at the same time."""
CALLS = ("pending", "booked", "held", "no_show", "cancelled")
"""Statuses of an appointment that say something about a request."""


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Requests sent from `since` until before `until`, of these statuses; all if there are none.

    `start` is the first one of a part, `end` the first one after it; None is that of the whole.
    """

    since: datetime
    until: datetime
    statuses: tuple[str, ...] = ()
    start: Cursor | None = None
    end: Cursor | None = None


@dataclass(frozen=True)
class Part:
    """One file of a list: which requests, and how many there are now."""

    selection: Selection
    count: int


def parts(selection: Selection, *, size: int = PART) -> list[Part]:
    """A selection in parts. They stay what they are when requests are added or change."""
    starts: list[Cursor | None] = []
    found = _first(selection, 0)
    while found is not None:
        starts.append(found)
        found = _first(replace(selection, start=found), size)
    each = [replace(selection, start=start, end=end) for start, end in pairwise([*starts, None])]
    return [Part(one, size) for one in each[:-1]] + [Part(one, count(one)) for one in each[-1:]]


def count(selection: Selection) -> int:
    """How many requests there are."""
    query = select(func.count()).select_from(Submission).where(*_chosen(selection))
    return db.session.scalars(query).one()


def record_list(
    selection: Selection, number: int, *, days: str, actor: str, now: datetime, columns: str
) -> None:
    """Record in the current unit of work who takes a list of so many requests."""
    of = " ".join(selection.statuses) or "every status"
    detail = f"{number} requests sent {days}, {of}; {columns}"
    log.record("list exported", actor=actor, now=now, detail=detail)


def batches(
    selection: Selection, *, with_answers: bool, size: int = BATCH
) -> Iterator[Sequence[Submission]]:
    """The requests by the time they were sent. No transaction is open while a batch is used.

    Without answers, these are not even read.
    """
    hidden = [Submission.triage_sealed]
    if not with_answers:
        hidden.append(Submission.answers_sealed)
    order = Submission.sent_at, Submission.id
    query = select(Submission).options(*map(defer, hidden)).order_by(*order).limit(size)
    while True:
        found = db.session.scalars(query.where(*_chosen(selection))).all()
        db.session.expunge_all()
        db.session.rollback()
        if found:
            yield found
        if len(found) < size:
            return
        last = found[-1]
        assert last.sent_at is not None
        selection = replace(selection, start=_after(Cursor(0, last.sent_at, last.id)))


def calls_of(submission_ids: Sequence[UUID]) -> dict[UUID, Appointment]:
    """The latest call of each request; a cancelled one only where there is no other."""
    theirs = select(Appointment).where(
        Appointment.submission_id.in_(submission_ids), Appointment.status.in_(CALLS)
    )
    order = Appointment.status != "cancelled", Appointment.starts_at
    found = {row.submission_id: row for row in db.session.scalars(theirs.order_by(*order))}
    db.session.expunge_all()
    db.session.rollback()
    return found


def _after(cursor: Cursor) -> Cursor:
    """The place right after one; ids are whole numbers."""
    return cursor._replace(id=UUID(int=cursor.id.int + 1))


def _first(selection: Selection, skipped: int) -> Cursor | None:
    """The place of the first request of a selection, after some."""
    query = select(Submission.sent_at, Submission.id).where(*_chosen(selection))
    order = Submission.sent_at, Submission.id
    row = db.session.execute(query.order_by(*order).offset(skipped).limit(1)).first()
    return None if row is None else Cursor(0, row.sent_at, row.id)


def _chosen(selection: Selection) -> list[ColumnElement[bool]]:
    chosen = [Submission.sent_at >= selection.since, Submission.sent_at < selection.until]
    if selection.statuses:
        chosen.append(Submission.status.in_(selection.statuses))
    if selection.start is not None:
        start, same = selection.start, Submission.sent_at == selection.start.instant
        chosen.append(Submission.sent_at >= start.instant)
        chosen.append(
            or_(Submission.sent_at > start.instant, and_(same, Submission.id >= start.id))
        )
    if selection.end is not None:
        end, same = selection.end, Submission.sent_at == selection.end.instant
        chosen.append(or_(Submission.sent_at < end.instant, and_(same, Submission.id < end.id)))
    return chosen
