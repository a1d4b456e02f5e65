"""The only sender of mail: takes messages from the outbox one by one and hands them over.

The steps, none of which loses a message when the process dies after it:
1. `claim`: one statement marks a due message with a fresh lease token and moves its due time past
   the end of the lease. Another worker cannot take it until then.
2. The message is rendered and, if it was not cancelled in between, handed to the mail server. No
   transaction is open meanwhile.
3. It is marked as sent, failed or due again later, but only while the lease token is still ours.
After a crash between 2 and 3 it is sent again, with the same Message-ID; a claim alone never
counts as a failure.
"""

import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import SystemRandom
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import delete, or_, select, update
from sqlalchemy.exc import SQLAlchemyError

from config import Smtp
from intake.core import clock
from intake.core.db import db, unit_of_work
from intake.core.encryption import open_json
from intake.core.tokens import new_id
from intake.notifications import bounces, queries
from intake.notifications.backoff import LONGEST, MOST_FAILURES, retry_delay
from intake.notifications.models import Heartbeat, Message
from intake.notifications.render import render
from intake.notifications.transport import Mail, Refused, Retry, Transport, compose
from intake.notifications.wakeup import bell

log = logging.getLogger(__name__)

POLL_SECONDS = 1.0
HOUR_SECONDS = 3600
MINUTE_SECONDS = 60
STEPS = 12
"""Waits on the mail server in one delivery, from the name look-up to its last answer."""
_random = SystemRandom()


@dataclass(frozen=True)
class Claimed:
    """A message this worker may send while its lease lasts."""

    id: UUID
    name: str
    language: str
    failures: int
    not_after: datetime | None
    recipient_sealed: bytes | None
    context_sealed: bytes | None
    lease: str


def run(
    stop: threading.Event, *, hourly: Callable[[], None], every_minute: Callable[[], None]
) -> None:
    """Send what is due, again and again, until `stop` is set; the mail in hand is finished.

    Calls `hourly` and `every_minute` at the start and then as often as they say. Needs an
    application context of its own.
    """
    log.info("the worker for messages has started")
    next_hour = next_minute = time.monotonic()
    with bell() as commits:
        while not stop.is_set():
            try:
                if time.monotonic() >= next_hour:
                    next_hour += HOUR_SECONDS
                    hourly()
                if time.monotonic() >= next_minute:
                    next_minute += MINUTE_SECONDS
                    beat(clock.now())
                    mend_times(clock.now())
                    every_minute()
                if queries.is_due(clock.now()):
                    run_once(stop)
            except SQLAlchemyError:
                log.exception("the outbox could not be read or written")
                db.session.rollback()
            commits.wait(stop, POLL_SECONDS)
    log.info("the worker for messages has stopped")


def beat(now: datetime) -> None:
    """Write down that this worker runs, for the operator; forget those not heard of for a day."""
    name = f"{socket.gethostname()[:80]}:{os.getpid()}"
    with unit_of_work() as session:
        session.execute(delete(Heartbeat).where(Heartbeat.seen_at < now - timedelta(days=1)))
        session.merge(Heartbeat(worker=name, seen_at=now))


def mend_times(now: datetime) -> None:
    """Bring forward what waits longer than any lease or delay: its worker's clock was wrong."""
    longest = now + max(LONGEST, lease_time(_smtp()))
    was_tried = or_(Message.lease.is_not(None), Message.failures > 0)
    waits = (Message.state == "queued", Message.due_at > longest, was_tried)
    with unit_of_work() as session:
        session.execute(update(Message).where(*waits).values(due_at=now, lease=None))


def run_once(stop: threading.Event | None = None) -> int:
    """Send over one connection until nothing is due; returns the number of tries."""
    transport = Transport(current_app.extensions["mail"], _smtp())
    tries = 0
    try:
        while not (stop and stop.is_set()):
            claimed = claim(clock.now(), limit=1)
            if not claimed:
                break
            for message in claimed:
                deliver(message, transport, now=clock.now())
            tries += len(claimed)
    finally:
        transport.close()
    return tries


def claim(now: datetime, limit: int) -> list[Claimed]:
    """Take up to `limit` due messages, longest due first, for the time of one lease.

    The worker takes them singly, so that a slow delivery never holds up a message that another
    worker could send, nor outlasts the lease of those behind it.
    """
    due = (
        select(Message.id)
        .where(Message.state == "queued", Message.due_at <= now)
        .order_by(Message.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)  # SQLite has no such clause; its writers wait in line
    )
    columns = (
        Message.id,
        Message.name,
        Message.language,
        Message.failures,
        Message.not_after,
        Message.recipient_sealed,
        Message.context_sealed,
    )
    lease = new_id().hex
    taking = (
        update(Message)
        .where(Message.id.in_(due))
        .values(lease=lease, due_at=now + lease_time(_smtp()))
        .returning(*columns)
        .execution_options(synchronize_session=False)
    )
    with unit_of_work() as session:
        return [Claimed(*row, lease) for row in session.execute(taking)]


def lease_time(smtp: Smtp) -> timedelta:
    """How long a message stays ours: longer than its delivery can take."""
    return timedelta(seconds=max(60.0, STEPS * smtp.timeout))


def deliver(message: Claimed, transport: Transport, *, now: datetime) -> None:
    """Render and send one claimed message and mark how it went; one bad message stops nothing."""
    try:
        if message.not_after and message.not_after <= now:
            _mark(message, state="cancelled", last_error="late")
            log.info("message %s would come too late", message.id)
            return
        recipient = _opened(message.recipient_sealed, "recipient", message.id)
        mail = _compose(message, recipient, now)
        if not _is_wanted(message, recipient):
            log.info("message %s is no longer wanted", message.id)
            return
        transport.send(mail)
    except Refused as refusal:
        _fail(message, str(refusal))
        if str(refusal) in bounces.UNKNOWN:
            with unit_of_work():
                bounces.mark(recipient, now=now)
    except Retry as fault:
        _postpone(message, str(fault), now)
    except Exception as fault:  # a mail that cannot be made must not hold up the others
        transport.close()
        log.exception("message %s could not be made", message.id)
        _postpone(message, f"fault-{type(fault).__name__}", now)
    else:
        _mark(message, state="sent", sent_at=now, last_error=None)
        log.info("message %s sent", message.id)


def _compose(message: Claimed, recipient: str, now: datetime) -> Mail:
    context = _opened(message.context_sealed, "context", message.id)
    return compose(
        message.id,
        recipient,
        render(message.name, context, message.language),
        smtp=_smtp(),
        sender_name=context["clinic_name"],
        reply_to=context["reply_to"],
        unsubscribe=context["unsubscribe"],
        calendar=context["calendar"],
        calendar_method=context["calendar_method"],
        now=now,
    )


def _is_wanted(message: Claimed, recipient: str) -> bool:
    """Whether nobody has cancelled the message since; raises Refused where mails came back."""
    query = select(Message.id).where(Message.id == message.id, Message.state == "queued")
    wanted, is_bad = db.session.scalar(query) is not None, bounces.is_marked(recipient)
    db.session.rollback()  # no transaction stays open while the mail server answers
    if wanted and is_bad:
        raise Refused("address-came-back")
    return wanted


def _opened(sealed: bytes | None, column: str, message_id: UUID) -> Any:
    if sealed is None:
        raise ValueError(f"a message without {column}")
    return open_json(sealed, Message.__tablename__, column, message_id)


def _postpone(message: Claimed, word: str, now: datetime) -> None:
    failures = message.failures + 1
    if failures >= MOST_FAILURES:
        _fail(message, word)
        return
    due_at = now + retry_delay(failures, _random.random())
    _mark(message, failures=failures, last_error=word, due_at=due_at)
    log.warning("message %s is tried again after failure %d: %s", message.id, failures, word)


def _fail(message: Claimed, word: str) -> None:
    _mark(message, state="failed", failures=message.failures + 1, last_error=word)
    log.error("message %s is given up: %s", message.id, word)


def _mark(message: Claimed, **values: Any) -> None:
    """Write down how it went, unless the lease ran out and somebody else has the message now.

    What was cancelled while the mail server had it already counts as sent, if it was.
    """
    states = ("queued", "cancelled") if values.get("state") == "sent" else ("queued",)
    ours = (Message.id == message.id, Message.lease == message.lease, Message.state.in_(states))
    marking = update(Message).where(*ours).values(lease=None, **values).returning(Message.id)
    with unit_of_work() as session:
        marked = session.scalar(marking.execution_options(synchronize_session=False))
    if marked is None:
        log.warning("message %s was no longer ours to mark", message.id)


def _smtp() -> Smtp:
    smtp: Smtp = current_app.config["SETTINGS"].smtp
    return smtp
