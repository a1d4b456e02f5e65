"""Asking for e-mails: a message is a row that commits with whatever it tells of."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Protocol, TypedDict
from uuid import UUID

from sqlalchemy import ColumnElement, Insert, and_, bindparam, exists, insert, or_, select, update

from intake.core.db import db
from intake.notifications import bounces
from intake.notifications.models import UNDELIVERED, Message

TABLE = Message.metadata.tables[Message.__tablename__]
COLUMNS = tuple(column.name for column in TABLE.columns)


@dataclass(frozen=True, kw_only=True)
class MailContext:
    """All a mail's templates can see. Subclasses add plain words and times, never an answer.

    Health information is kept out by construction: a template has no way to reach a record.
    """

    clinic_name: str
    clinic_phone: str
    reply_to: str = ""
    """Where a reply goes; "" for the sender."""
    unsubscribe: str = ""
    """Where one click stops mails of this kind (RFC 8058), or "": only reminders can be stopped."""
    calendar: str = ""
    """An iCalendar file to attach, or ""."""
    calendar_method: str = ""
    """REQUEST or CANCEL when there is a calendar file."""


class Sender(Protocol):
    """The clinic in whose name a mail is sent."""

    @property
    def name_in_mail(self) -> str:
        """The clinic's name as mails give it, which may be a neutral one."""

    @property
    def phone(self) -> str:
        """Its phone number in words."""

    @property
    def reply_to(self) -> str:
        """Where somebody reads the answers."""


class Letterhead(TypedDict):
    """What every mail says of the clinic."""

    clinic_name: str
    clinic_phone: str
    reply_to: str


def letterhead(clinic: Sender) -> Letterhead:
    """The first values of any context: `BookedMail(**letterhead(clinic), when=…)`."""
    return {
        "clinic_name": clinic.name_in_mail,
        "clinic_phone": clinic.phone,
        "reply_to": clinic.reply_to,
    }


class Plan(TypedDict, total=False):
    """What `enqueue` is told of a mail besides its words."""

    due_at: datetime | None
    not_after: datetime | None
    unique_key: str | None
    topic: str | None
    is_alarm: bool


def enqueue(
    name: str,
    *,
    to: str,
    context: MailContext,
    language: str,
    now: datetime,
    due_at: datetime | None = None,
    not_after: datetime | None = None,
    unique_key: str | None = None,
    topic: str | None = None,
    submission_id: UUID | None = None,
    is_alarm: bool = False,
) -> UUID:
    """Put a mail into the outbox in the current unit of work; the caller commits. Returns its id.

    A second mail with the same `unique_key` is left out: asking twice must never undo whatever it
    was asked with. `name` picks the templates `emails/<name>.subject.txt`, `.txt` and `.html`.

    A mail for later has a `due_at`, an instant. If something may overtake it, such as a reminder
    of a call that can be moved, it has a `topic` too: `void(topic)` stops it until it is sent.
    With `not_after`, a worker that was down for long does not send what is stale. An alarm goes
    before all other mails, and is tried again whatever the mail server says.
    """
    message = Message(
        name=name,
        language=language,
        created_at=now,
        due_at=due_at or now,
        wanted_at=due_at or now,
        not_after=not_after,
        unique_key=unique_key,
        topic=topic,
        submission_id=submission_id,
        is_alarm=is_alarm,
    )
    message.recipient = to
    message.context = asdict(context)
    db.session.execute(_add(), {f"new_{name}": getattr(message, name) for name in COLUMNS})
    return message.id


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


def stop(submission_id: UUID, names: Collection[str]) -> list[UUID]:
    """Cancel those mails about a submission that were not sent yet. Returns their ids."""
    chosen = (Message.submission_id == submission_id, Message.name.in_(names))
    stopped = update(Message).where(*chosen, Message.state == "queued").values(state="cancelled")
    return list(db.session.scalars(stopped.returning(Message.id)))


def put_back(message_ids: Collection[UUID]) -> None:
    """Queue mails again that were stopped."""
    stopped = (Message.id.in_(message_ids), Message.state == "cancelled")
    db.session.execute(update(Message).where(*stopped).values(state="queued", lease=None))


def hand_over(topic: str, to: str, *, only: Collection[UUID] | None = None) -> list[UUID]:
    """Give the mails of a topic that were not sent yet to another one, all or some of them: what
    voids that voids them. Returns their ids."""
    chosen = [Message.topic == topic, Message.state == "queued"]
    if only is not None:
        chosen.append(Message.id.in_(only))
    moved = update(Message).where(*chosen).values(topic=to)
    return list(db.session.scalars(moved.returning(Message.id)))


def waiting(topic: str) -> set[str]:
    """The names of the mails of a topic that were not sent yet."""
    names = select(Message.name).where(Message.topic == topic, Message.state == "queued")
    return set(db.session.scalars(names))


def due_times(topic: str) -> list[datetime]:
    """When the mails of a topic that were not sent yet are due."""
    due = select(Message.due_at).where(Message.topic == topic, Message.state == "queued")
    return list(db.session.scalars(due))


def send_again(message_id: UUID, *, now: datetime) -> Message | None:
    """Queue a mail that did not arrive once more, or one that waits for its next try.

    Part of the current unit of work. It keeps its Message-ID, and its address is trusted again.
    Returns None, changing nothing, when it was sent, cancelled or is on its way.
    """
    may_be = or_(
        Message.state.in_(UNDELIVERED), and_(Message.state == "queued", Message.failures > 0)
    )
    found = _change(
        message_id, may_be, state="queued", failures=0, due_at=now, wanted_at=now, lease=None
    )
    if found is not None:
        bounces.forget(found.recipient)
    return found


def cancel(message_id: UUID) -> Message | None:
    """Give up a mail that was not delivered; it then counts as seen to. None if it was sent.

    Part of the current unit of work. A worker that holds it looks once more before it sends.
    """
    return _change(message_id, Message.state.in_(("queued", *UNDELIVERED)), state="cancelled")


def _change(message_id: UUID, may_be: ColumnElement[bool], **values: Any) -> Message | None:
    changing = update(Message).where(Message.id == message_id, may_be).values(**values)
    return db.session.scalar(changing.returning(Message))


@lru_cache(maxsize=1)
def _add() -> Insert:
    """Adds a message unless one with its key is there: one statement, as patients wait for it."""
    values = [bindparam(f"new_{column.name}", type_=column.type) for column in TABLE.columns]
    key = bindparam("new_unique_key", type_=TABLE.c.unique_key.type)
    known = select(TABLE.c.id).where(TABLE.c.unique_key == key)
    return insert(TABLE).from_select(COLUMNS, select(*values).where(~exists(known)))
