"""Who may send a message now: taking one for a time, and writing down what became of it."""

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from config import Smtp
from intake.core.db import unit_of_work
from intake.core.tokens import new_id
from intake.notifications import bounces
from intake.notifications.backoff import LONGEST
from intake.notifications.models import Message

log = logging.getLogger(__name__)

STEPS = 12
"""Waits on the mail server in one delivery, from the name look-up to its last answer."""


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


@dataclass(frozen=True)
class Outcome:
    """What became of a message: what to write into its row, and an address that does not work."""

    values: dict[str, Any] = field(default_factory=dict)
    bad_address: str = ""


def claim(now: datetime, limit: int) -> list[Claimed]:
    """Take up to `limit` due messages, alarms and longest due first, for the time of one lease.

    The worker takes them singly, so that a slow delivery never holds up a message that another
    worker could send, nor outlasts the lease of those behind it.
    """
    with unit_of_work() as session:
        return _take(session, now, limit)


def finish(message: Claimed, outcome: Outcome, *, now: datetime) -> None:
    """Write down what became of a message, unless its lease ran out and somebody else has it."""
    with unit_of_work() as session:
        _mark(session, message, outcome, now)


def finish_and_claim(message: Claimed, outcome: Outcome, *, now: datetime) -> list[Claimed]:
    """The same, and take the next one: one commit for each mail, not two."""
    with unit_of_work() as session:
        _mark(session, message, outcome, now)
        return _take(session, now, 1)


def _take(session: Session, now: datetime, limit: int) -> list[Claimed]:
    due = (
        select(Message.id)
        .where(Message.state == "queued", Message.due_at <= now)
        .order_by(Message.is_alarm.desc(), Message.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)  # SQLite has no such clause; its writers wait in line
    )
    columns = (
        Message.id,
        Message.name,
        Message.language,
        Message.failures,
        Message.is_alarm,
        Message.not_after,
        Message.recipient_sealed,
        Message.context_sealed,
    )
    lease = new_id().hex
    taking = (
        update(Message)
        .where(Message.id.in_(due))
        .values(lease=lease, due_at=now + lease_time(smtp_settings()))
        .returning(*columns)
        .execution_options(synchronize_session=False)
    )
    return [Claimed(**row._mapping, lease=lease) for row in session.execute(taking)]


def _mark(session: Session, message: Claimed, outcome: Outcome, now: datetime) -> None:
    """What was cancelled while the mail server had it already counts as sent, if it was."""
    if not outcome.values:
        return
    states = ("queued", "cancelled") if outcome.values.get("state") == "sent" else ("queued",)
    ours = (Message.id == message.id, Message.lease == message.lease, Message.state.in_(states))
    marking = update(Message).where(*ours).values(lease=None, **outcome.values)
    marking = marking.returning(Message.id).execution_options(synchronize_session=False)
    if session.scalar(marking) is None:
        log.warning("message %s was no longer ours to mark", message.id)
    if outcome.bad_address:
        bounces.mark(outcome.bad_address, now=now)


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
