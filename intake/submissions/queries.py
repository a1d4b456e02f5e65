"""Reading submissions for staff: one of them, what waits, and what is over."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ScalarSelect, Select, and_, func, or_, select, tuple_, union_all
from sqlalchemy.sql.elements import ColumnElement, TextClause

from intake.core.db import db
from intake.core.paging import Cursor, Page, read_cursor
from intake.screening.level import Level
from intake.submissions.filters import EVERYTHING, Chosen
from intake.submissions.models import Acknowledgement, Note, Submission
from intake.submissions.turns import (
    TURNS,
    Late,
    beginning_query,
    in_queue,
    of_turn,
    queue_query,
    rank_of,
    turn_of,
)

PAGE_SIZE = 25
LOOKED_AT = 200
"""So many rows are opened for one page where what was chosen is encrypted."""
HEAD = 5
"""Whoever watches the queue is told when one of so many first ones changes."""
MOST_COUNTED = 99
"""A badge says no more than "99+", so that no count takes long."""
IS_FOR_STAFF = or_(Submission.status != "draft", Submission.level_rank >= Level.URGENT.rank)
OVER = ("held", "no_show", "closed", "withdrawn")
KINDS_OVER = (*OVER, "draft")
"""What needs nothing more; of drafts, those whose urgent flag somebody has acknowledged."""


class Badges(NamedTuple):
    """How many wait by their turn in the queue, and how many look like spam."""

    by_turn: dict[int, int]
    quarantined: int

    @property
    def by_rank(self) -> dict[int, int]:
        """How many wait by their rank in the queue."""
        counts: Counter[int] = Counter()
        for turn, count in self.by_turn.items():
            counts[rank_of(turn)] += count
        return dict(counts)


def for_staff(submission_id: UUID, *, lock: bool = False) -> Submission | None:
    """A submission that staff may open: a sent one, or a draft that raised an urgent flag.

    `lock` keeps it for this transaction.
    """
    query = select(Submission).where(Submission.id == submission_id, IS_FOR_STAFF)
    return db.session.scalar(query.with_for_update() if lock else query)


def by_reference(reference: str) -> Submission | None:
    """A submission that staff may open, by what its patient calls it."""
    return db.session.scalar(
        select(Submission).where(Submission.reference == reference, IS_FOR_STAFF)
    )


def references_of(submission_ids: Collection[UUID]) -> dict[UUID, str]:
    """The references of those ids that are submissions, by id."""
    query = select(Submission.id, Submission.reference).where(Submission.id.in_(submission_ids))
    return {row.id: row.reference for row in db.session.execute(query)}


def by_ids(submission_ids: Collection[UUID]) -> dict[UUID, Submission]:
    """Those of the submissions that staff may open, by id."""
    query = select(Submission).where(Submission.id.in_(submission_ids), IS_FOR_STAFF)
    return {found.id: found for found in db.session.scalars(query)}


def to_do(
    late: Late,
    after: str = "",
    *,
    columns: Sequence[ColumnElement[bool]] = (),
    chosen: Chosen = EVERYTHING,
) -> Page[Submission]:
    """What waits for the clinic: open flags first, then who is overdue, then by level, each time
    who has waited longest.

    `columns` and what is encrypted of `chosen` narrow it down; see `submissions.filters`.
    """
    most = (LOOKED_AT if chosen.looks_inside else PAGE_SIZE) + 1
    query = beginning_query(most)
    if after or columns:
        query = queue_query(read_cursor(after), columns=columns, most=most)
    rows = db.session.scalars(query, late.values)
    return _sifted(list(rows), chosen, late) if chosen.looks_inside else _turned(list(rows), late)


def acute(most: int) -> list[Submission]:
    """Those in acute danger of whom nobody has written what came of it, the longest first."""
    query = to_do_query().where(Submission.queue_rank == Level.URGENT_ACUTE.rank)
    return list(db.session.scalars(query.limit(most)))


def head(late: Late) -> list[UUID]:
    """Who stands first in the queue: whom to call next."""
    return [each.id for each in db.session.scalars(beginning_query(HEAD), late.values)]


def to_do_query() -> Select[Submission]:
    """Everybody in the queue in the order of its index: by rank, then who has waited longest."""
    query = select(Submission).where(*in_queue())
    return query.order_by(Submission.queue_rank.desc(), Submission.waiting_since, Submission.id)


def badges(late: Late) -> Badges:
    """How many wait, counted no further than one can take in, in one statement."""
    *counts, quarantined = db.session.execute(_COUNTS, late.values).one()
    return Badges({turn: count for turn, count in enumerate(counts) if count}, quarantined)


def _counted(*conditions: TextClause | ColumnElement[bool]) -> ScalarSelect[int]:
    some = select(1).select_from(Submission).where(*conditions).limit(MOST_COUNTED + 1)
    return select(func.count()).select_from(some.subquery()).scalar_subquery()


_COUNTS = select(
    *(_counted(*of_turn(turn)) for turn in TURNS), _counted(Submission.status == "quarantined")
)
"""Put together once, for every page of the staff site asks it."""


def to_do_counts() -> dict[int, int]:
    """How many wait, by their rank in the queue: all of them, for whoever asks once a day."""
    rows = db.session.execute(
        select(Submission.queue_rank, func.count().label("waiting"))
        .where(*in_queue())
        .group_by(Submission.queue_rank)
    )
    return {row.queue_rank: row.waiting for row in rows}


def over(after: str = "", *, status: str = "") -> Page[Submission]:
    """What needs nothing more, the latest first; also drafts whose flag is acknowledged.

    `status` shows one of `KINDS_OVER` only.
    """
    return _page(over_query(read_cursor(after), status))


def over_query(cursor: Cursor | None, status: str) -> Select[Submission]:
    """The statement behind `over`: the latest of each kind, from its part of the index."""
    kinds = {each: Submission.status == each for each in OVER} | {"draft": _is_unsent_but_settled()}
    chosen = [kinds[status]] if status in kinds else list(kinds.values())
    latest = union_all(*(_latest_of(kind, cursor) for kind in chosen)).subquery()
    ids = select(latest.c.id).order_by(latest.c.waiting_since.desc(), latest.c.id.desc())
    query = select(Submission).where(Submission.id.in_(ids.limit(PAGE_SIZE + 1)))
    return query.order_by(Submission.waiting_since.desc(), Submission.id.desc())


def _latest_of(kind: ColumnElement[bool], cursor: Cursor | None) -> Select[UUID, datetime]:
    place = (Submission.waiting_since, Submission.id)
    query = select(Submission.id, Submission.waiting_since).where(kind)
    if cursor is not None:
        query = query.where(tuple_(*place) < (cursor.instant, cursor.id))
    some = query.order_by(*(each.desc() for each in place)).limit(PAGE_SIZE + 1).subquery()
    return select(some.c.id, some.c.waiting_since)


def notes_of(submission_id: UUID) -> list[Note]:
    """The notes about a submission, the latest first."""
    query = select(Note).where(Note.submission_id == submission_id)
    return list(db.session.scalars(query.order_by(Note.created_at.desc(), Note.id)))


def acknowledgements_of(submission_id: UUID) -> list[Acknowledgement]:
    """What staff did about the urgent flags of a submission, the latest first."""
    query = select(Acknowledgement).where(Acknowledgement.submission_id == submission_id)
    return list(
        db.session.scalars(query.order_by(Acknowledgement.created_at.desc(), Acknowledgement.id))
    )


def latest_acknowledgements(submission_ids: Collection[UUID]) -> dict[UUID, Acknowledgement]:
    """The entry that counts for each submission: what closed its latest alarm, or the last try."""
    entry = Acknowledgement
    query = select(entry).where(entry.submission_id.in_(submission_ids))
    ordered = query.order_by(entry.alarm, entry.closed, entry.created_at)
    return {found.submission_id: found for found in db.session.scalars(ordered)}


def _is_unsent_but_settled() -> ColumnElement[bool]:
    return and_(
        Submission.status == "draft",
        Submission.level_rank >= Level.URGENT.rank,
        Submission.queue_rank < Level.URGENT.rank,
    )


def _sifted(rows: list[Submission], chosen: Chosen, late: Late) -> Page[Submission]:
    """A page of those that fit, of the next rows; there may be more behind a page of few."""
    fitting = [each for each in rows[:LOOKED_AT] if chosen.fits(each)]
    if len(fitting) > PAGE_SIZE:
        return _turned(fitting, late)
    return Page(fitting, _turn_place(rows[LOOKED_AT - 1], late) if len(rows) > LOOKED_AT else "")


def _turned(rows: list[Submission], late: Late) -> Page[Submission]:
    shown = rows[:PAGE_SIZE]
    return Page(shown, _turn_place(shown[-1], late) if len(rows) > PAGE_SIZE else "")


def _turn_place(row: Submission, late: Late) -> str:
    return Cursor(turn_of(row, late), row.waiting_since, row.id).text


def _page(query: Select[Submission]) -> Page[Submission]:
    rows = list(db.session.scalars(query.limit(PAGE_SIZE + 1)))
    shown = rows[:PAGE_SIZE]
    if len(rows) <= PAGE_SIZE:
        return Page(shown, "")
    last = shown[-1]
    return Page(shown, Cursor(0, last.waiting_since, last.id).text)


def with_merged(submission: Submission) -> list[Submission]:
    """A request and all that went on in it, the first one first."""
    found = [submission]
    for each in found:  # grows: what went on in this one may hold others itself
        gone = select(Submission).where(Submission.merged_into == each.id)
        found += db.session.scalars(gone.order_by(Submission.created_at, Submission.id))
    return found
