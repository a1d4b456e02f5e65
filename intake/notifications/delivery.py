"""The delivery of one claimed message: making the mail, handing it over, and what came of it."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from random import SystemRandom
from typing import Any
from uuid import UUID

from intake.core.encryption import open_json
from intake.notifications.backoff import MOST_FAILURES, retry_delay
from intake.notifications.faults import DeliveryError, Refused
from intake.notifications.leases import Claimed, Outcome, finish, is_wanted, smtp_settings
from intake.notifications.mail import Mail, compose
from intake.notifications.models import Message
from intake.notifications.own_words import words_for
from intake.notifications.render import render
from intake.notifications.transport import Transport, nothing

log = logging.getLogger(__name__)

_random = SystemRandom()


@dataclass(frozen=True)
class Ready:
    """A claimed message and its mail, or why there is none."""

    message: Claimed
    recipient: str = ""
    mail: Mail | None = None
    fault: Outcome | None = None


def deliver(message: Claimed, transport: Transport, *, now: datetime) -> None:
    """Send one claimed message and mark how it went."""
    outcome = attempt(make(message, now=now), transport, now=now)
    if outcome:
        finish(message, outcome, now=now)


def make(message: Claimed, *, now: datetime) -> Ready:
    """Open and render a claimed message. One that cannot be made must not hold up the others."""
    try:
        recipient = _opened(message.recipient_sealed, "recipient", message.id)
        return Ready(message, recipient, _compose(message, recipient, now))
    except Refused as error:
        return Ready(message, fault=_undelivered(message, error, "", now))
    except Exception as fault:
        log.exception("message %s could not be made", message.id)
        return Ready(message, fault=_postponed(message, f"fault-{type(fault).__name__}", now))


def attempt(
    ready: Ready,
    transport: Transport,
    *,
    now: datetime,
    meanwhile: Callable[[], None] = nothing,
) -> Outcome | None:
    """Hand over a mail that is still wanted; None for one that is not ours any more.

    Calls `meanwhile` while the mail server stores it.
    """
    message = ready.message
    if message.not_after and message.not_after <= now:
        log.info("message %s would come too late", message.id)
        failures = message.failures
        return Outcome(state="cancelled", due_at=now, failures=failures, last_error="late")
    try:
        if not is_wanted(message, ready.recipient):
            log.info("message %s is no longer wanted", message.id)
            return None
        if ready.mail is None:
            return ready.fault
        transport.send(ready.mail, meanwhile)
    except DeliveryError as error:
        return _undelivered(message, error, ready.recipient, now)
    except Exception as fault:  # one bad mail stops nothing
        transport.close()
        log.exception("message %s could not be handed over", message.id)
        return _postponed(message, f"fault-{type(fault).__name__}", now)
    log.info("message %s sent", message.id)
    return Outcome(state="sent", sent_at=now, due_at=now, failures=message.failures)


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


def _opened(sealed: bytes | None, column: str, message_id: UUID) -> Any:
    if sealed is None:
        raise ValueError(f"a message without {column}")
    return open_json(sealed, Message.__tablename__, column, message_id)


def _undelivered(message: Claimed, error: DeliveryError, recipient: str, now: datetime) -> Outcome:
    """An alarm is always tried again: a relay that is set up wrongly answers the same as an unknown
    address."""
    if message.is_alarm or not isinstance(error, Refused):
        return _postponed(message, str(error), now)
    bad_address = recipient if error.is_of_address else ""
    return _given_up(message, str(error), now, bad_address=bad_address)


def _postponed(message: Claimed, word: str, now: datetime) -> Outcome:
    failures = message.failures + 1
    if failures >= MOST_FAILURES:
        return _given_up(message, word, now)
    due_at = now + retry_delay(failures, _random.random())
    log.warning("message %s is tried again after failure %d: %s", message.id, failures, word)
    return Outcome(state="queued", due_at=due_at, failures=failures, last_error=word)


def _given_up(message: Claimed, word: str, now: datetime, *, bad_address: str = "") -> Outcome:
    log.error("message %s is given up: %s", message.id, word)
    return Outcome(
        state="failed",
        due_at=now,
        failures=message.failures + 1,
        last_error=word,
        bad_address=bad_address,
    )
