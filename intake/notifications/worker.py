"""The only sender of mail: takes messages from the outbox one by one and hands them over.

The steps, none of which loses a message when the process dies after it:
1. `claim`: one statement marks a due message with a fresh lease token and moves its due time past
   the end of the lease. Another worker cannot take it until then.
2. The message is made into a mail and, if it was not cancelled in between, handed to the mail
   server. No transaction is open while that answers; but while it stores the mail, which takes it
   longest, steps 1 and 2 are done for the next message, up to handing that over.
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
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import delete
from sqlalchemy.exc import SQLAlchemyError

from intake.core import clock
from intake.core.db import db, unit_of_work
from intake.notifications import queries
from intake.notifications.delivery import Ready, attempt, make
from intake.notifications.leases import claim, finish, give_back, mend_times, smtp_settings
from intake.notifications.models import Heartbeat
from intake.notifications.transport import Transport
from intake.notifications.wakeup import bell

log = logging.getLogger(__name__)

POLL_SECONDS = 1.0
HOUR_SECONDS = 3600
MINUTE_SECONDS = 60


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
    line, tries = _Line(stop or threading.Event()), 0
    try:
        while ready := line.next():
            outcome = attempt(ready, transport, now=clock.now(), meanwhile=line.look_ahead)
            if outcome:
                finish(ready.message, outcome, now=clock.now())
            tries += 1
    finally:
        transport.close()
        line.leave()
    return tries


class _Line:
    """The messages that are due, one after the other, until the worker is to stop."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self._ahead: Ready | None = None

    def next(self) -> Ready | None:
        """The next message, made into a mail; None when nothing is due, or at the end."""
        if self._stop.is_set():
            return None
        ready, self._ahead = self._ahead, None
        return ready or _claimed()

    def look_ahead(self) -> None:
        """Make the next one while the mail server is busy. Whatever is wrong, it has one now."""
        if self._stop.is_set():
            return
        try:
            self._ahead = _claimed()
        except SQLAlchemyError:
            log.exception("the outbox could not be read or written")
            db.session.rollback()

    def leave(self) -> None:
        """Let other workers have what was made and not sent."""
        if self._ahead is not None:
            give_back(self._ahead.message, now=clock.now())


def _claimed() -> Ready | None:
    now = clock.now()
    return next((make(message, now=now) for message in claim(now, limit=1)), None)
