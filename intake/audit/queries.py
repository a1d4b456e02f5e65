"""Reading the audit log: what was done to one record, or by one person. The latest comes first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from intake.audit.models import AuditEntry
from intake.core.db import db

LOOKS = (
    *("record viewed", "record exported", "list exported", "searched"),
    *("queue viewed", "calendar viewed", "calls to move viewed", "shift viewed", "emails viewed"),
    *("form of a record viewed", "access refused"),
)
"""What lets somebody see data of patients, or was meant to."""
BATCH = 500


@dataclass(frozen=True, kw_only=True)
class Search:
    """Which entries: about a record, by an actor, from an instant until before another, before a
    number; None does not limit. `looks` leaves out what only changed something."""

    subject_id: UUID | None = None
    actor: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    looks: bool = True
    before: int | None = None


def entries(search: Search, most: int) -> Sequence[AuditEntry]:
    """The latest entries, at most so many."""
    query = select(AuditEntry).where(*_conditions(search))
    return db.session.scalars(query.order_by(AuditEntry.seq.desc()).limit(most)).all()


def changes_of(subject_id: UUID, most: int) -> Sequence[AuditEntry]:
    """The latest entries about a record but for looks at it, at most so many."""
    its = (AuditEntry.subject_id == subject_id, AuditEntry.action.not_in(LOOKS))
    query = select(AuditEntry).where(*its).order_by(AuditEntry.seq.desc())
    return db.session.scalars(query.limit(most)).all()


def about_no_record(action: str, most: int) -> Sequence[AuditEntry]:
    """The latest entries of one kind that are about no record, such as a setting that changed."""
    query = select(AuditEntry).where(AuditEntry.subject_id.is_(None), AuditEntry.action == action)
    return db.session.scalars(query.order_by(AuditEntry.seq.desc()).limit(most)).all()


def count(search: Search) -> int:
    """How many entries there are."""
    query = select(func.count()).select_from(AuditEntry).where(*_conditions(search))
    return db.session.scalars(query).one()


def batches(search: Search, *, size: int = BATCH) -> Iterator[Sequence[AuditEntry]]:
    """All entries in batches; no transaction is open while one is used."""
    found = entries(search, size)
    while found:
        db.session.expunge_all()
        db.session.rollback()
        yield found
        found = entries(replace(search, before=found[-1].seq), size)


def _conditions(search: Search) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if search.subject_id is not None:
        found.append(AuditEntry.subject_id == search.subject_id)
    if search.actor is not None:
        found.append(AuditEntry.actor == search.actor)
    if search.since is not None:
        found.append(AuditEntry.at >= search.since)
    if search.until is not None:
        found.append(AuditEntry.at < search.until)
    if search.looks:
        found.append(AuditEntry.action.in_(LOOKS))
    if search.before is not None:
        found.append(AuditEntry.seq < search.before)
    return found
