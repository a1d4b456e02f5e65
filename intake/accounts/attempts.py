"""Trying a secret: counted before it is looked at, given back when it was right."""

from collections.abc import Callable
from datetime import datetime

from intake.accounts import throttle
from intake.accounts.models import User
from intake.audit import log
from intake.core.db import unit_of_work


def is_right(
    check: Callable[[], bool], tries: throttle.Tries, *, user: User, refused: str, now: datetime
) -> bool:
    """Whether what a user tries is right; if not, `refused` goes into the audit log.

    Not in a unit of work: some checks take a tenth of a second. Raises LimitReached.
    """
    with unit_of_work():
        throttle.count(tries, now=now)
    found = check()
    with unit_of_work():
        if found:
            throttle.forgive(tries)
        else:
            log.record(refused, actor=user.actor, now=now, subject_id=user.id)
    return found
