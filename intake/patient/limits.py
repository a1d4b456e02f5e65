"""What one network may begin without finishing it. What is sent does not count.

A hospital, a shelter or a phone company may stand behind one address, so this is far more than
people do, and just enough to keep a program from filling the calendar and the disk.
"""

from datetime import datetime, timedelta

from intake.web.limits import Limit, give_back, network, spend

DRAFTS = Limit("drafts", burst=30, every=timedelta(seconds=10))
HOLDS = Limit("holds", burst=20, every=timedelta(seconds=30))


def count_draft(*, now: datetime) -> None:
    """Count a new draft, in the current unit of work. Raises LimitReached."""
    _count(DRAFTS, now)


def count_hold(*, now: datetime) -> None:
    """Count a time that is kept for a draft, in the current unit of work. Raises LimitReached."""
    _count(HOLDS, now)


def forgive(*, with_time: bool) -> None:
    """Take back what a request counted that is sent now; `with_time`: with a time kept for it."""
    where = network()
    if where:
        give_back(DRAFTS, where)
        if with_time:
            give_back(HOLDS, where)


def _count(limit: Limit, now: datetime) -> None:
    where = network()
    if where:
        spend(limit, where, now=now)
