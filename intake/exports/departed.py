"""What was counted of requests that are deleted: the figures of their days stay what they were."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from intake.clinic.clinic import Clinic
from intake.exports.counting import day_of, departed_on, facts_where, store
from intake.exports.figures import added, counted
from intake.exports.models import DEPARTED
from intake.submissions.models import Submission


def keep_counts_of(ids: Collection[UUID], clinic: Clinic, *, now: datetime) -> None:
    """Add these requests to the counts of deleted ones of their days, in the current unit of work.

    To be called before they are deleted.
    """
    sent = (Submission.id.in_(ids), Submission.sent_at.is_not(None))
    for sent_at, facts in facts_where(clinic, *sent):
        day = day_of(sent_at, clinic)
        store(DEPARTED, day, added([departed_on(day), counted([facts])]), now)
