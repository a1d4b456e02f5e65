"""Reading submissions for staff: one of them, what waits, and what is over."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ScalarSelect, Select, and_, func, or_, select, text, tuple_, union_all
from sqlalchemy.sql.elements import ColumnElement, TextClause

from intake.core.db import db
from intake.core.paging import Cursor, Page, read_cursor
from intake.screening.level import Level
from intake.submissions.filters import EVERYTHING, Chosen
from intake.submissions.models import IN_QUEUE, Acknowledgement, Note, Submission

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
    """How many wait by their rank in the queue, and how many look like spam."""

    by_rank: dict[int, int]
    quarantined: int


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
    after: str = "", *, columns: Sequence[ColumnElement[bool]] = (), chosen: Chosen = EVERYTHING
) -> Page[Submission]:
    """What waits for the clinic: open flags first, then by level, then who has waited longest.

    `columns` and what is encrypted of `chosen` narrow it down; see `submissions.filters`.
    """
    query = to_do_query(read_cursor(after)).where(*columns)
    return _sifted(query, chosen) if chosen.looks_inside else _page(query)


def acute(most: int) -> list[Submission]:
    """Those in acute danger of whom nobody has written what came of it, the longest first."""
    query = to_do_query(None).where(Submission.queue_rank == Level.URGENT_ACUTE.rank)
    return list(db.session.scalars(query.limit(most)))


def head() -> list[UUID]:
    """Who stands first in the queue: whom to call next."""
    return list(db.session.scalars(to_do_query(None).with_only_columns(Submission.id).limit(HEAD)))


def to_do_query(cursor: Cursor | None) -> Select[Submission]:
    """The statement behind `to_do`, in the words and order of the queue's index."""
    query = select(Submission).where(*_in_queue())
    if cursor is not None:
        same_rank = and_(Submission.queue_rank == cursor.rank, is_later(cursor))
        query = query.where(or_(Submission.queue_rank < cursor.rank, same_rank))
    return query.order_by(Submission.queue_rank.desc(), Submission.waiting_since, Submission.id)


def badges() -> Badges:
    """How many wait, counted no further than one can take in, in one statement."""
    ranks = range(len(Level))
    of_rank = [_counted(text(f"({IN_QUEUE})"), Submission.queue_rank == rank) for rank in ranks]
    suspected = _counted(Submission.status == "quarantined")
    *waiting, quarantined = db.session.execute(select(*of_rank, suspected)).one()
    by_rank = {rank: count for rank, count in zip(ranks, waiting, strict=True) if count}
    return Badges(by_rank, quarantined)


def _counted(*conditions: TextClause | ColumnElement[bool]) -> ScalarSelect[int]:
    some = select(1).select_from(Submission).where(*conditions).limit(MOST_COUNTED + 1)
    return select(func.count()).select_from(some.subquery()).scalar_subquery()


def to_do_counts() -> dict[int, int]:
    """How many wait, by their rank in the queue: all of them, for whoever asks once a day."""
    rows = db.session.execute(
        select(Submission.queue_rank, func.count().label("waiting"))
        .where(*_in_queue())
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


def is_later(cursor: Cursor) -> ColumnElement[bool]:
    """Whether somebody began to wait after the one of the cursor."""
    same_time = and_(Submission.waiting_since == cursor.instant, Submission.id > cursor.id)
    return or_(Submission.waiting_since > cursor.instant, same_time)


def _in_queue() -> tuple[TextClause, ColumnElement[bool]]:
    """The condition of the queue's index, word for word.

    SQLite would rather take three other indexes and sort, unless the first column is compared too.
    """
    return text(f"({IN_QUEUE})"), Submission.queue_rank.in_(range(len(Level)))


def _sifted(query: Select[Submission], chosen: Chosen) -> Page[Submission]:
    """A page of those that fit, of the next rows; there may be more behind a page of few."""
    rows = list(db.session.scalars(query.limit(LOOKED_AT + 1)))
    fitting = [each for each in rows[:LOOKED_AT] if chosen.fits(each)]
    shown = fitting[:PAGE_SIZE]
    if len(fitting) > PAGE_SIZE:
        return Page(shown, _place(shown[-1]))
    return Page(shown, _place(rows[LOOKED_AT - 1]) if len(rows) > LOOKED_AT else "")


def _place(row: Submission) -> str:
    return Cursor(row.queue_rank, row.waiting_since, row.id).text


def _page(query: Select[Submission]) -> Page[Submission]:
    rows = list(db.session.scalars(query.limit(PAGE_SIZE + 1)))
    shown = rows[:PAGE_SIZE]
    if len(rows) <= PAGE_SIZE:
        return Page(shown, "")
    return Page(shown, _place(shown[-1]))


def with_merged(submission: Submission) -> list[Submission]:
    """A request and all that went on in it, the first one first."""
    found = [submission]
    for each in found:  # grows: what went on in this one may hold others itself
        gone = select(Submission).where(Submission.merged_into == each.id)
        found += db.session.scalars(gone.order_by(Submission.created_at, Submission.id))
    return found
