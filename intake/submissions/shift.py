"""What whoever comes next at the desk must know: what is open, and what was done since a time.

Every list is short and read along an index, whatever the size of the clinic's history.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, select

from intake.clinic.clinic import Clinic
from intake.core.db import db
from intake.screening.level import Level
from intake.submissions.filters import is_held
from intake.submissions.models import Submission, Try
from intake.submissions.queries import to_do_query

MOST = 50
"""Rows of one list. Whoever has more to hand over works from the queue."""


def open_flags() -> list[Submission]:
    """Urgent flags of which nobody has written what came of them, the gravest first."""
    return _some(to_do_query().where(Submission.queue_rank >= Level.URGENT.rank))


def taken_now(clinic: Clinic, *, now: datetime) -> list[Submission]:
    """What somebody has taken to call."""
    return _some(to_do_query().where(is_held(clinic, now)))


def calls_due(*, until: datetime) -> list[Submission]:
    """Whom somebody promised or planned to call again by then."""
    planned = Submission.call_at == Submission.waiting_since
    return _some(to_do_query().where(planned, Submission.call_at <= until))


def sent_since(since: datetime) -> list[Submission]:
    """New requests, the latest first."""
    query = select(Submission).where(Submission.sent_at >= since)
    return _some(query.order_by(Submission.sent_at.desc(), Submission.id.desc()))


def calls_since(since: datetime) -> Sequence[tuple[Try, Submission]]:
    """Calls that were written down and not undone, the latest first."""
    query = (
        select(Try, Submission)
        .join(Submission, Submission.id == Try.submission_id)
        .where(Try.created_at >= since, Try.undone_at.is_(None))
        .order_by(Try.created_at.desc(), Try.id)
        .limit(MOST + 1)
    )
    return [(row.Try, row.Submission) for row in db.session.execute(query)]


def _some(query: Select[Submission]) -> list[Submission]:
    """One row more than is shown, which tells that there are more."""
    return list(db.session.scalars(query.limit(MOST + 1)))
