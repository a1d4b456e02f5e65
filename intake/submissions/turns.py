"""Whose turn it is in the queue: open urgent flags, then who is overdue, then who is due.

Being overdue depends on the time of day, so it is no column. It follows from one: in the order of
the queue's index, those of one rank who have waited for longer than their target are the first
ones, and a planned call is overdue when its time has come. Each turn is read from its part of the
index.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import NamedTuple

from sqlalchemy import Select, and_, bindparam, literal, or_, select, text, union_all
from sqlalchemy.sql.elements import ColumnElement, TextClause

from intake.clinic.clinic import Clinic
from intake.core.db import UTCDateTime
from intake.core.paging import Cursor
from intake.screening.level import Level
from intake.submissions.models import FLAGGED, IN_QUEUE, Submission

OVERDUE = (3, 2)
"""Turns of whoever is overdue, by rank 1 and 0. Open flags of rank 3 and 2 have the turns above,
all others their rank."""
TURNS = range(FLAGGED + max(OVERDUE) + 1)


NOW = bindparam("now", type_=UTCDateTime)
SINCE = tuple(bindparam(f"since_{rank}", type_=UTCDateTime) for rank in range(FLAGGED))
"""What depends on the time of day; `Late.values` has it."""


class Late(NamedTuple):
    """What counts as overdue at one instant.

    `since` tells for rank 0 and 1 since when somebody has waited too long for an answer.
    """

    now: datetime
    since: tuple[datetime, datetime]

    @property
    def values(self) -> dict[str, datetime]:
        """The same, to execute statements with that are made of turns."""
        return {"now": self.now, **{f"since_{rank}": at for rank, at in enumerate(self.since)}}


def late_at(now: datetime, clinic: Clinic) -> Late:
    """The same for the targets and open hours of a clinic."""
    targets = (clinic.target_minutes(each) for each in (Level.ROUTINE, Level.CLINICIAN_REVIEW))
    routine, review = (clinic.hours.subtract_open_minutes(now, target) for target in targets)
    return Late(now, (routine, review))


def rank_of(turn: int) -> int:
    """The rank in the queue of whoever has a turn."""
    return turn - FLAGGED if turn > max(OVERDUE) else turn % FLAGGED


def turn_of(submission: Submission, late: Late) -> int:
    """The turn of somebody in the queue; the highest comes first."""
    rank = submission.queue_rank
    if submission.is_flagged:
        return rank + FLAGGED
    limit = late.now if submission.is_planned else late.since[rank]
    return rank + FLAGGED if submission.waiting_since <= limit else rank


def queue_query(
    cursor: Cursor | None, *, columns: Sequence[ColumnElement[bool]] = (), most: int
) -> Select[Submission]:
    """So many of the queue from the cursor on, whose rank is a turn; `columns` narrow it down.

    To be executed with `Late.values`.
    """
    left = TURNS[: cursor.rank + 1] if cursor else TURNS
    parts = [_part(turn, cursor, columns).limit(most).subquery() for turn in left]
    all_of_them = union_all(*(select(part) for part in parts)).subquery()
    row = all_of_them.c
    order = (row.turn.desc(), row.waiting_since, row.id)
    first = select(all_of_them).order_by(*order).limit(most).subquery()
    its = first.c
    query = select(Submission).join(first, its.id == Submission.id)
    return query.order_by(its.turn.desc(), its.waiting_since, its.id)


@cache
def beginning_query(most: int) -> Select[Submission]:
    """So many of the queue from its beginning: put together once, for it is asked all day."""
    return queue_query(None, most=most)


def in_queue() -> tuple[TextClause, ColumnElement[bool]]:
    """The condition of the queue's index, word for word.

    SQLite would rather take three other indexes and sort, unless the first column is compared too.
    """
    return text(f"({IN_QUEUE})"), Submission.queue_rank.in_(range(len(Level)))


def is_later(cursor: Cursor) -> ColumnElement[bool]:
    """Whether somebody began to wait after the one of the cursor."""
    same_time = and_(Submission.waiting_since == cursor.instant, Submission.id > cursor.id)
    return or_(Submission.waiting_since > cursor.instant, same_time)


def _part(
    turn: int, cursor: Cursor | None, columns: Sequence[ColumnElement[bool]]
) -> Select[int, datetime, object]:
    """Those of one turn, who waits longest first."""
    place = (Submission.waiting_since, Submission.id)
    query = select(literal(turn).label("turn"), *place).where(*of_turn(turn), *columns)
    if cursor is not None and turn == cursor.rank:
        query = query.where(is_later(cursor))
    return query.order_by(*place)


def of_turn(turn: int) -> list[ColumnElement[bool] | TextClause]:
    """The conditions on whoever has a turn: a range of the queue's index."""
    rank = rank_of(turn)
    has_rank = (text(f"({IN_QUEUE})"), Submission.queue_rank == rank)
    if turn > max(OVERDUE):
        return [*has_rank]
    waiting, since = Submission.waiting_since, SINCE[rank]
    if turn in OVERDUE:
        is_planned = Submission.call_at == waiting
        return [*has_rank, waiting <= NOW, or_(waiting <= since, is_planned)]
    is_not_planned = Submission.call_at.is_distinct_from(waiting)
    return [*has_rank, waiting > since, or_(waiting > NOW, is_not_planned)]
