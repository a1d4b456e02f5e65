"""What one network may begin without finishing it. What is sent does not count.

A hospital, a shelter or a phone company may stand behind one address, so this is far more than
people do, and just enough to keep a program from filling the calendar and the disk.
"""

from contextlib import suppress
from datetime import datetime, timedelta

from intake.submissions.suspicion import NETWORK, PERSON
from intake.web.limits import Limit, LimitReached, give_back, is_used_up, network, spend

BEGUN = Limit("begun", burst=30, every=timedelta(seconds=10))
"""Drafts that were begun, and times that were kept for them."""


def count_begun(*, now: datetime) -> None:
    """Count a new draft or a kept time, in the current unit of work. Raises LimitReached."""
    where = network()
    if where:
        spend(BEGUN, where, now=now)


def forgive(*, with_time: bool) -> None:
    """Take back what a request counted that is sent now; `with_time`: with a time kept for it."""
    where = network()
    if where:
        give_back(BEGUN, where, times=2 if with_time else 1)


LINKS_ASKED = Limit("links asked", burst=10, every=timedelta(minutes=1))
"""Questions for a lost link from one network."""
LINKS_SENT = Limit("links sent", burst=3, every=timedelta(minutes=20))
"""Links that one person can have sent."""


def count_asking(*, now: datetime) -> None:
    """Count a question for a lost link, in the current unit of work. Raises LimitReached."""
    where = network()
    if where:
        spend(LINKS_ASKED, where, now=now)


def count_link(person: str, *, now: datetime) -> None:
    """Count a new link for somebody, known to us or not. Raises LimitReached."""
    spend(LINKS_SENT, person, now=now)


SENT = Limit("sent", burst=30, every=timedelta(minutes=2))
"""Requests from one network that pass for people's."""
SENT_BY_ONE = Limit("sent by one", burst=4, every=timedelta(hours=6))
"""Requests with one address or phone number that pass for a person's."""


def sends_too_much(person: str, *, now: datetime) -> str:
    """Who has sent more by now than people do, `network` or `person`; "" if neither has."""
    where = network()
    if where and is_used_up(SENT, where, now=now):
        return NETWORK
    return PERSON if person and is_used_up(SENT_BY_ONE, person, now=now) else ""


def count_sent(person: str, *, now: datetime) -> None:
    """Count a request that is sent, in the current unit of work: as far as limits reach."""
    for limit, who in ((SENT, network()), (SENT_BY_ONE, person)):
        with suppress(LimitReached):
            if who:
                spend(limit, who, now=now)


CHANGES = Limit("changes", burst=20, every=timedelta(minutes=10))
"""Changes of one call or request by its patient: each of them is mailed."""


def count_change(what: str, *, now: datetime) -> None:
    """Count a change of a call or a request, in the current unit of work. Raises LimitReached."""
    spend(CHANGES, what, now=now)
