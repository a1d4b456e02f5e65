"""Mails that come back: a mailbox of delivery reports (RFC 3464) marks addresses that do not work.

A report counts only if it names one of our messages, whose ids are secrets of 128 random bits; so
nobody can switch off another person's address by a forged report. What it says is not kept.
Only the worker reads them, and only there the mailboxes' library is loaded.
"""

import email
import email.policy
import logging
import mailbox
import re
from collections.abc import Iterator
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import update

from intake.core.db import unit_of_work
from intake.notifications import bounces
from intake.notifications.models import Message

log = logging.getLogger(__name__)

_OURS = re.compile(r"^message-id:\s*<([0-9a-f-]{36})@", re.I | re.M)
_FAILED = re.compile(r"^action:\s*failed", re.I | re.M)


def read_reports(path: Path, *, now: datetime) -> int:
    """Take in what came back since the last look; returns how many messages it was.

    `path` is a Maildir, or a file in mbox form. Reports are removed once they are taken in; all
    else stays where it is.
    """
    box: mailbox.Mailbox[Any] = (
        mailbox.Maildir(path, create=False) if path.is_dir() else mailbox.mbox(path, create=False)
    )
    box.lock()
    try:
        done = 0
        for key, mail in _unread(box):
            if _take_in(mail, now):
                box.remove(key)
                done += 1
        box.flush()
        return done
    finally:
        box.unlock()
        box.close()


def _unread(box: mailbox.Mailbox[Any]) -> Iterator[tuple[str, EmailMessage]]:
    for key in box.keys():  # noqa: SIM118  a mailbox yields its mails, not their keys
        raw = box.get_bytes(key)
        mail = email.message_from_bytes(raw, policy=email.policy.default)
        if mail.get_content_type() == "multipart/report":
            yield key, mail


def _take_in(report: EmailMessage, now: datetime) -> bool:
    message_id = _failed_message(report)
    if message_id is None:
        return False
    returning = update(Message).where(Message.id == message_id, Message.state == "sent")
    with unit_of_work() as session:
        message = session.scalar(
            returning.values(state="returned", last_error="returned").returning(Message)
        )
        if message is not None:
            bounces.mark(message.recipient, now=now)
            log.warning("message %s came back", message_id)
        return session.get(Message, message_id) is not None


def _failed_message(report: EmailMessage) -> UUID | None:
    """The message of ours that a report says could not be delivered, if it says so."""
    has_failed, ours = False, None
    for part in report.walk():
        if part.get_content_type() == "message/delivery-status":
            has_failed = has_failed or bool(_FAILED.search(part.as_string()))
        elif part.get_content_type() in ("message/rfc822", "text/rfc822-headers"):
            ours = _OURS.search(part.as_string()) or ours
    try:
        return UUID(ours[1]) if has_failed and ours else None
    except ValueError:
        return None
