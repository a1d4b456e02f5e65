"""The only sender of mail: takes messages from the outbox one by one and hands them over.

The steps, none of which loses a message when the process dies after it:
1. `claim`: one statement marks a due message with a fresh lease token and moves its due time past
   the end of the lease. Another worker cannot take it until then.
2. The message is rendered and, if it was not cancelled in between, handed to the mail server. No
   transaction is open meanwhile.
3. It is marked as sent, failed or due again later, but only while the lease token is still ours;
   the same commit takes the next one.
After a crash between 2 and 3 it is sent again, with the same Message-ID; a claim alone never
counts as a failure.
"""

import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from random import SystemRandom
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import delete, select
from sqlalchemy.exc import SQLAlchemyError

from intake.core import clock
from intake.core.db import db, unit_of_work
from intake.core.encryption import open_json
from intake.notifications import bounces, queries
from intake.notifications.backoff import MOST_FAILURES, retry_delay
from intake.notifications.leases import (
    Claimed,
    Outcome,
    claim,
    finish,
    finish_and_claim,
    mend_times,
    smtp_settings,
)
from intake.notifications.models import Heartbeat, Message
from intake.notifications.own_words import words_for
from intake.notifications.render import render
from intake.notifications.transport import Mail, Refused, Retry, Transport, compose
from intake.notifications.wakeup import bell

log = logging.getLogger(__name__)

POLL_SECONDS = 1.0
HOUR_SECONDS = 3600
MINUTE_SECONDS = 60
_random = SystemRandom()


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
                    _try(hourly)
                if time.monotonic() >= next_minute:
                    next_minute += MINUTE_SECONDS
                    beat(clock.now())
                    mend_times(clock.now())
                    _try(every_minute)
                if queries.is_due(clock.now()):
                    run_once(stop)
            except SQLAlchemyError:
                log.exception("the outbox could not be read or written")
                db.session.rollback()
            commits.wait(stop, POLL_SECONDS)
    log.info("the worker for messages has stopped")


def _try(job: Callable[[], None]) -> None:
    """Do something from time to time; whatever is wrong with it, mails must still leave."""
    try:
        job()
    except Exception:
        log.exception("something that is done from time to time has failed")
        db.session.rollback()


def beat(now: datetime) -> None:
    """Write down that this worker runs, for the operator; forget those not heard of for a day."""
    name = f"{socket.gethostname()[:80]}:{os.getpid()}"
    with unit_of_work() as session:
        session.execute(delete(Heartbeat).where(Heartbeat.seen_at < now - timedelta(days=1)))
        session.merge(Heartbeat(worker=name, seen_at=now))


def run_once(stop: threading.Event | None = None) -> int:
    """Send over one connection until nothing is due; returns the number of tries."""
    transport = Transport(current_app.extensions["mail"], smtp_settings())
    tries = 0
    try:
        claimed = [] if stop and stop.is_set() else claim(clock.now(), limit=1)
        while claimed:
            [message] = claimed
            outcome = attempt(message, transport, now=clock.now())
            tries += 1
            if stop and stop.is_set():
                finish(message, outcome, now=clock.now())
                break
            claimed = finish_and_claim(message, outcome, now=clock.now())
    finally:
        transport.close()
    return tries


def deliver(message: Claimed, transport: Transport, *, now: datetime) -> None:
    """Send one claimed message and mark how it went."""
    finish(message, attempt(message, transport, now=now), now=now)


def attempt(message: Claimed, transport: Transport, *, now: datetime) -> Outcome:
    """Render and send one claimed message; one bad message stops nothing."""
    recipient = ""
    try:
        if message.not_after and message.not_after <= now:
            log.info("message %s would come too late", message.id)
            return Outcome({"state": "cancelled", "last_error": "late"})
        recipient = _opened(message.recipient_sealed, "recipient", message.id)
        mail = _compose(message, recipient, now)
        if not _is_wanted(message, recipient):
            log.info("message %s is no longer wanted", message.id)
            return Outcome()
        transport.send(mail)
    except Refused as refusal:
        return _refused(message, refusal, recipient, now)
    except Retry as fault:
        return _postponed(message, str(fault), now)
    except Exception as fault:  # a mail that cannot be made must not hold up the others
        transport.close()
        log.exception("message %s could not be made", message.id)
        return _postponed(message, f"fault-{type(fault).__name__}", now)
    log.info("message %s sent", message.id)
    return Outcome({"state": "sent", "sent_at": now, "last_error": None})


def _compose(message: Claimed, recipient: str, now: datetime) -> Mail:
    context = _opened(message.context_sealed, "context", message.id)
    own = words_for(message.name, message.language, context, now=now)
    return compose(
        message.id,
        recipient,
        render(message.name, context, message.language, own=own),
        smtp=smtp_settings(),
        sender_name=context["clinic_name"],
        reply_to=context["reply_to"],
        unsubscribe=context["unsubscribe"],
        calendar=context["calendar"],
        calendar_method=context["calendar_method"],
        now=now,
    )


def _is_wanted(message: Claimed, recipient: str) -> bool:
    """Whether nobody has cancelled the message since; raises Refused where mails came back.

    An alarm is always tried: the address may work again.
    """
    query = select(Message.id).where(Message.id == message.id, Message.state == "queued")
    wanted, is_bad = db.session.scalar(query) is not None, bounces.is_marked(recipient)
    db.session.rollback()  # no transaction stays open while the mail server answers
    if wanted and is_bad and not message.is_alarm:
        raise Refused("address-came-back")
    return wanted


def _opened(sealed: bytes | None, column: str, message_id: UUID) -> Any:
    if sealed is None:
        raise ValueError(f"a message without {column}")
    return open_json(sealed, Message.__tablename__, column, message_id)


def _refused(message: Claimed, refusal: Refused, recipient: str, now: datetime) -> Outcome:
    word = str(refusal)
    if message.is_alarm:  # a relay that is set up wrongly answers the same as an unknown address
        return _postponed(message, word, now)
    return _failed(message, word, bad_address=recipient if refusal.is_of_address else "")


def _postponed(message: Claimed, word: str, now: datetime) -> Outcome:
    failures = message.failures + 1
    if failures >= MOST_FAILURES:
        return _failed(message, word)
    due_at = now + retry_delay(failures, _random.random())
    log.warning("message %s is tried again after failure %d: %s", message.id, failures, word)
    return Outcome({"failures": failures, "last_error": word, "due_at": due_at})


def _failed(message: Claimed, word: str, *, bad_address: str = "") -> Outcome:
    log.error("message %s is given up: %s", message.id, word)
    values = {"state": "failed", "failures": message.failures + 1, "last_error": word}
    return Outcome(values, bad_address)
