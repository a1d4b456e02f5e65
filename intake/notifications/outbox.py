"""Asking for e-mails: a message is a row that commits with whatever it tells of."""

from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select, update

from intake.core.db import db
from intake.notifications.models import Message

WITH_KEY = select(Message).where(Message.unique_key == bindparam("unique_key"))


@dataclass(frozen=True, kw_only=True)
class MailContext:
    """All a mail's templates can see. Subclasses add plain words and times, never an answer.

    Health information is kept out by construction: a template has no way to reach a record.
    """

    clinic_name: str
    clinic_phone: str
    reply_to: str = ""
    """Where a reply goes; "" for the sender."""
    calendar: str = ""
    """An iCalendar file to attach, or ""."""
    calendar_method: str = ""
    """REQUEST or CANCEL when there is a calendar file."""


def enqueue(
    name: str,
    *,
    to: str,
    context: MailContext,
    language: str,
    now: datetime,
    due_at: datetime | None = None,
    unique_key: str | None = None,
    topic: str | None = None,
    submission_id: UUID | None = None,
) -> Message:
    """Put a mail into the outbox in the current unit of work; the caller flushes or commits.

    A second mail with the same `unique_key` is left out: asking twice must never undo whatever it
    was asked with. `name` picks the templates `emails/<name>.subject.txt`, `.txt` and `.html`.

    A mail for later has a `due_at`, an instant. If something may overtake it, such as a reminder
    of a call that can be moved, it has a `topic` too: `void(topic)` stops it until it is sent.
    """
    known = _with_key(unique_key)
    if known is not None:
        return known
    message = Message(
        name=name,
        language=language,
        created_at=now,
        due_at=due_at or now,
        unique_key=unique_key,
        topic=topic,
        submission_id=submission_id,
    )
    message.recipient = to
    message.context = asdict(context)
    db.session.add(message)
    return message


def void(topic: str) -> int:
    """Cancel every mail of a topic that was not sent yet. Returns how many.

    Part of the current unit of work: if that comes to nothing, the mails still go out. A worker
    that holds one of them looks once more before it sends.
    """
    stopped = (
        update(Message)
        .where(Message.topic == topic, Message.state == "queued")
        .values(state="cancelled")
        .returning(Message.id)
    )
    return len(db.session.scalars(stopped).all())


def _with_key(unique_key: str | None) -> Message | None:
    if unique_key is None:
        return None
    return db.session.scalar(WITH_KEY, {"unique_key": unique_key})
