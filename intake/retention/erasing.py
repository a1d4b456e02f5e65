"""Deleting all that is kept about one person's request, and of those that went on in it.

What goes: every row that belongs to it in any table, by the foreign keys of the database, and that
mails to their address came back. What stays: the audit log, which holds ids and no word about
anybody; and the counted figures, in which nobody can be told apart.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, Table, delete, func, select

from intake.audit import log
from intake.clinic.clinic import Clinic
from intake.core.db import db
from intake.exports import departed
from intake.notifications import bounces
from intake.retention.holds import hold_on
from intake.scheduling.models import LIVE, Appointment
from intake.submissions.models import Submission
from intake.submissions.resume import own_address

ERASED = "record erased"
Family = Sequence[Submission]
"""A request and those that were merged into it; see `queries.with_merged`."""


class NotToErase(Exception):
    """It must stay for now: `why` is of `held`, `flag` or `call`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def why_not(family: Family) -> str:
    """Why a request must stay for now; "" if it may go.

    `held`: there is a legal hold; `flag`: somebody in danger waits for a call; `call`: a call is
    asked for or booked, and would vanish from the calendar without a word.
    """
    ids = [each.id for each in family]
    if hold_on(ids) is not None:
        return "held"
    if any(each.is_flagged for each in family):
        return "flag"
    ahead = select(Appointment.id).where(
        Appointment.submission_id.in_(ids), Appointment.status.in_(LIVE)
    )
    return "call" if db.session.scalar(ahead.limit(1)) is not None else ""


def erase(family: Family, clinic: Clinic, *, actor: str, reason: str, now: datetime) -> None:
    """Delete it, in the current unit of work; the rows must be locked. Raises NotToErase.

    `reason` is a word of ours, such as the name of a rule.
    """
    if why := why_not(family):
        raise NotToErase(why)
    ids = [each.id for each in family]
    departed.keep_counts_of(ids, clinic, now=now)
    for each in family:
        if address := own_address(each):
            bounces.forget(address)
        log.record(ERASED, actor=actor, now=now, subject_id=each.id, detail=reason)
    db.session.execute(delete(Submission).where(Submission.id.in_(ids)))
    db.session.expire_all()


def rows_of(family: Family) -> dict[str, int]:
    """How many rows of each table would go with it; tables with none are left out."""
    ids = [each.id for each in family]
    found = {}
    for table in tables_about():
        (column, *_) = (key.parent for key in table.foreign_keys if _is_about(key))
        count = select(func.count()).select_from(table).where(column.in_(ids))
        found[table.name] = db.session.scalar(count) or 0
    return {name: number for name, number in found.items() if number}


def tables_about() -> list[Table]:
    """All tables whose rows belong to a request."""
    return [
        table
        for table in db.metadata.sorted_tables
        if any(map(_is_about, table.foreign_keys)) and table.name != Submission.__tablename__
    ]


def _is_about(key: ForeignKey) -> bool:
    return bool(key.column.table.name == Submission.__tablename__)
