"""Who may send a message now: taking one for a time, and writing down what became of it."""

import logging
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import ColumnElement, Select, Update, and_, bindparam, exists, or_, select, update

from config import Smtp
from intake.core.db import db, repeatable_work, unit_of_work
from intake.core.tokens import new_id
from intake.notifications import bounces
from intake.notifications.backoff import LONGEST
from intake.notifications.faults import Refused
from intake.notifications.models import Message, Undeliverable

log = logging.getLogger(__name__)

STEPS = 13
"""Waits on the mail server while a message is ours: for the last answer to the mail before it, then
from the name look-up to the last answer to its own."""
TABLE = Message.metadata.tables[Message.__tablename__]
MARKED = ("state", "due_at", "failures", "last_error", "sent_at")


@dataclass(frozen=True)
class Claimed:
    """A message this worker may send while its lease lasts."""

    id: UUID
    name: str
    language: str
    failures: int
    is_alarm: bool
    not_after: datetime | None
    recipient_sealed: bytes | None
    context_sealed: bytes | None
    lease: str


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of a message: how its row reads now, and an address that does not work."""

    state: str
    due_at: datetime
    failures: int
    last_error: str | None = None
    sent_at: datetime | None = None
    bad_address: str = ""


def claim(now: datetime, limit: int) -> list[Claimed]:
    """Take up to `limit` due messages, alarms and longest due first, for the time of one lease.

    The worker takes them singly, and at most one ahead, so that a slow delivery hardly holds up
    what another worker could send, nor outlasts the lease of what is behind it.
    """
    lease = new_id().hex
    until = now + lease_time(smtp_settings())
    taking = {"at": now, "most": limit, "new_lease": lease, "until": until}
    with repeatable_work() as connection:
        rows = connection.execute(_take(), taking).all()
    return [Claimed(**row._mapping, lease=lease) for row in rows]


def finish(message: Claimed, outcome: Outcome, *, now: datetime) -> None:
    """Write down what became of a message, unless its lease ran out and somebody else has it.

    What was cancelled while the mail server had it already counts as sent, if it was.
    """
    if outcome.bad_address:
        with unit_of_work():
            bounces.mark(outcome.bad_address, now=now)
    with repeatable_work() as connection:
        marked = connection.scalar(_mark(), {**_ours(message), **_values(outcome)})
    if marked is None:
        log.warning("message %s was no longer ours to mark", message.id)


def give_back(message: Claimed, *, now: datetime) -> None:
    """Let another worker have a message that was not tried."""
    finish(message, Outcome(state="queued", due_at=now, failures=message.failures), now=now)


def is_wanted(message: Claimed, recipient: str) -> bool:
    """Whether nobody has cancelled the message, nor taken it after its lease, since the claim.

    Raises Refused where mails came back. An alarm is always tried: the address may work again.
    """
    asked = {**_ours(message), "address": bounces.address_key(recipient)}
    db.session.rollback()  # no transaction stays open while the mail server answers
    with db.engine.connect() as connection:
        came_back = connection.scalar(_wanted(), asked)
    if came_back and not message.is_alarm:
        raise Refused("address-came-back")
    return came_back is not None


def _ours(message: Claimed) -> dict[str, Any]:
    return {"its_id": message.id, "its_lease": message.lease}


def _values(outcome: Outcome) -> dict[str, Any]:
    return {f"new_{name}": getattr(outcome, name) for name in MARKED}


# Putting a statement together takes longer than running it, so each is put together once.


@lru_cache(maxsize=1)
def _take() -> Update:
    due = (
        select(TABLE.c.id)
        .where(TABLE.c.state == "queued", TABLE.c.due_at <= bindparam("at"))
        .order_by(TABLE.c.is_alarm.desc(), TABLE.c.due_at)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True)  # SQLite has no such clause; its writers wait in line
    )
    taken = [TABLE.c[each.name] for each in fields(Claimed) if each.name != "lease"]
    leased: dict[str, Any] = {"lease": bindparam("new_lease"), "due_at": bindparam("until")}
    return update(TABLE).where(TABLE.c.id.in_(due)).values(leased).returning(*taken)


@lru_cache(maxsize=1)
def _mark() -> Update:
    was_sent = bindparam("new_state", type_=TABLE.c.state.type) == "sent"
    may_be = or_(TABLE.c.state == "queued", and_(TABLE.c.state == "cancelled", was_sent))
    values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in MARKED}
    marking = update(TABLE).where(*_is_leased(), may_be).values(lease=None, **values)
    return marking.returning(TABLE.c.id)


@lru_cache(maxsize=1)
def _wanted() -> Select[bool]:
    """Whether mails to the address came back; nothing for a message that is not ours any more."""
    came_back = exists().where(Undeliverable.address == bindparam("address"))
    return select(came_back).where(*_is_leased(), TABLE.c.state == "queued")


def _is_leased() -> tuple[ColumnElement[bool], ...]:
    return TABLE.c.id == bindparam("its_id"), TABLE.c.lease == bindparam("its_lease")


def lease_time(smtp: Smtp) -> timedelta:
    """How long a message stays ours: longer than its delivery can take."""
    return timedelta(seconds=max(60.0, STEPS * smtp.timeout))


def mend_times(now: datetime) -> None:
    """Bring forward what waits longer than any lease or delay: its worker's clock was wrong."""
    longest = now + max(LONGEST, lease_time(smtp_settings()))
    was_tried = or_(Message.lease.is_not(None), Message.failures > 0)
    waits = (Message.state == "queued", Message.due_at > longest, was_tried)
    with unit_of_work() as session:
        session.execute(update(Message).where(*waits).values(due_at=now, lease=None))


def smtp_settings() -> Smtp:
    """How mails are handed over."""
    smtp: Smtp = current_app.config["SETTINGS"].smtp
    return smtp
