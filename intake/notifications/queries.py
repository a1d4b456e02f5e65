"""What became of messages: plain rows that name no recipient and no content."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text

from intake.core.db import db
from intake.notifications.models import (
    IS_UNDELIVERED,
    STATES,
    UNDELIVERED,
    Heartbeat,
    Message,
)

COLUMNS: tuple[Any, ...] = (
    Message.id,
    Message.name,
    Message.state,
    Message.created_at,
    Message.due_at,
    Message.sent_at,
    Message.failures,
    Message.last_error,
    Message.lease,
    Message.submission_id,
)
PATIENCE = timedelta(minutes=5)
PATIENCE_WITH_ONE = timedelta(hours=1)
OF_ONE_MAIL = ("recipient-", "data-")
"""Beginnings of what a try met that may speak against one mail only."""
ARE_UNDELIVERED = text(IS_UNDELIVERED)
"""In the very words of the index: SQLite does not use it for a state that is a parameter."""


@dataclass(frozen=True)
class MessageState:
    """One message as the record page shows it."""

    id: UUID
    name: str
    state: str
    created_at: datetime
    due_at: datetime
    sent_at: datetime | None
    failures: int
    last_error: str | None
    lease: str | None
    submission_id: UUID | None

    @property
    def can_be_sent_again(self) -> bool:
        """Whether it did not arrive, or waits for another try."""
        return self.state in UNDELIVERED or (self.state == "queued" and self.failures > 0)

    @property
    def can_be_cancelled(self) -> bool:
        """Whether it was not delivered."""
        return self.state in ("queued", *UNDELIVERED)

    def is_for_later(self, now: datetime) -> bool:
        """Whether it was asked for later, and that is why it was not sent."""
        was_tried = self.failures or self.lease is not None
        return self.due_at > max(now, self.created_at) and not was_tried


def counts() -> dict[str, int]:
    """How many messages are in each state; every state is there."""
    found = dict.fromkeys(STATES, 0)
    for state, number in db.session.execute(
        select(Message.state, func.count()).group_by(Message.state)
    ):
        found[state] = number
    return found


def undelivered(limit: int) -> list[MessageState]:
    """Messages that did not arrive and that nobody has seen to, the latest first."""
    query = select(*COLUMNS).where(ARE_UNDELIVERED)
    rows = db.session.execute(query.order_by(Message.created_at.desc(), Message.id).limit(limit))
    return [MessageState(*row) for row in rows]


def undelivered_count() -> int:
    """How many messages did not arrive and wait for somebody to see to it."""
    query = select(func.count()).select_from(Message).where(ARE_UNDELIVERED)
    return db.session.scalar(query) or 0


def waiting_since(now: datetime) -> datetime | None:
    """Since when the oldest message that was to leave by now waits; None when none does."""
    return min(_waiting(now).values(), default=None)


def stuck_since(now: datetime) -> datetime | None:
    """Since when messages wait longer than they should; None while mails leave as they should.

    Then no worker runs, or no mail server takes what it sends. A server that does not take one mail
    for now, as many do with a sender they have not seen before, gets more time.
    """
    waiting = _waiting(now).items()
    stuck = (since for error, since in waiting if now - since >= _patience(error))
    return min(stuck, default=None)


def _waiting(now: datetime) -> dict[str | None, datetime]:
    """Since when the oldest message waits, by what its last try met."""
    late = (Message.state == "queued", Message.wanted_at <= now)
    oldest = select(Message.last_error, func.min(Message.wanted_at).label("since"))
    rows = db.session.execute(oldest.where(*late).group_by(Message.last_error))
    return {row.last_error: row.since for row in rows}


def _patience(error: str | None) -> timedelta:
    is_of_one_mail = (error or "").startswith(OF_ONE_MAIL)
    return PATIENCE_WITH_ONE if is_of_one_mail else PATIENCE


def is_due(now: datetime) -> bool:
    """Whether there is a message to send; unlike claiming one, asking locks nothing."""
    due = select(Message.id).where(Message.state == "queued", Message.due_at <= now)
    found = db.session.scalar(due.limit(1)) is not None
    db.session.rollback()
    return found


def heartbeats() -> list[Heartbeat]:
    """When each worker of the last day was heard of."""
    return list(db.session.scalars(select(Heartbeat).order_by(Heartbeat.worker)))


def of_submission(submission_id: UUID) -> list[MessageState]:
    """The messages about one submission, oldest first."""
    query = select(*COLUMNS).where(Message.submission_id == submission_id)
    rows = db.session.execute(query.order_by(Message.created_at, Message.id))
    return [MessageState(*row) for row in rows]


def with_keys(unique_keys: Collection[str]) -> dict[str, MessageState]:
    """Messages by the unique keys they were asked for with, of those that exist."""
    query = select(*COLUMNS, Message.unique_key).where(Message.unique_key.in_(unique_keys))
    return {row.unique_key: MessageState(*row[:-1]) for row in db.session.execute(query)}
