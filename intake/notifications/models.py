"""The outbox table: one row is one e-mail, from its request to its delivery."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from intake.core.db import Base, UTCDateTime
from intake.core.encryption import EncryptedJSON
from intake.core.tokens import new_id
from intake.notifications.texts import Text

STATES = ("queued", "sent", "failed", "returned", "cancelled")
UNDELIVERED = ("failed", "returned")
"""Never taken by a mail server, or taken and sent back: somebody must reach the person by phone."""
IS_UNDELIVERED = "state IN ('failed', 'returned')"
WAITS_WITH_TOPIC = "state = 'queued' AND topic IS NOT NULL"


class Heartbeat(Base, kw_only=True):
    """When a worker was last heard of."""

    __tablename__ = "heartbeats"

    worker: Mapped[str] = mapped_column(String(100), primary_key=True)
    """Its machine and process, such as "web1:4711"."""
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Undeliverable(Base, kw_only=True):
    """An address that a mail server does not know. Kept as a keyed hash."""

    __tablename__ = "undeliverable"

    address: Mapped[str] = mapped_column(String(64), primary_key=True)
    since: Mapped[datetime] = mapped_column(UTCDateTime)


class MailText(Base, kw_only=True):
    """A version of a clinic's own words for one mail in one language. Versions are only added."""

    __tablename__ = "mail_texts"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    """Which mail."""
    language: Mapped[str] = mapped_column(String(5), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    opening: Mapped[str] = mapped_column(String(1000))
    """Words before the rest; "" for none."""
    closing: Mapped[str] = mapped_column(String(1000))
    """Words in place of the built-in last ones; "" for those."""
    written_by: Mapped[str] = mapped_column(String(80))
    written_at: Mapped[datetime] = mapped_column(UTCDateTime)
    failed_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    """When it first could not be used, and the built-in words went out."""

    @property
    def text(self) -> Text:
        """The words without who wrote them."""
        return Text(self.name, self.language, self.version, self.opening, self.closing)


class Message(Base, kw_only=True):
    """An e-mail of the outbox. Recipient and context are sealed; the name of the mail is not."""

    __tablename__ = "messages"
    __table_args__ = (
        CheckConstraint(
            "state IN ('queued', 'sent', 'failed', 'returned', 'cancelled')", name="state"
        ),
        Index(
            "ix_messages_due",
            text("is_alarm DESC"),
            "due_at",
            sqlite_where=text("state = 'queued'"),
        ),
        Index(
            "ix_messages_wanted_at",
            "wanted_at",
            sqlite_where=text("state = 'queued'"),
        ),
        Index(
            "ix_messages_undelivered",
            "created_at",
            sqlite_where=text(IS_UNDELIVERED),
        ),
        Index(
            "ix_messages_topic",
            "topic",
            sqlite_where=text(WAITS_WITH_TOPIC),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    name: Mapped[str] = mapped_column(String(60))
    """Which mail it is; also the name of its three templates."""
    language: Mapped[str] = mapped_column(String(5))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    """When it may be sent next. Claiming a message moves this past the end of the lease."""
    wanted_at: Mapped[datetime] = mapped_column(UTCDateTime)
    """When it was to leave. However often it is tried, this stays."""
    is_alarm: Mapped[bool] = mapped_column(default=False)
    """Whether it tells of somebody in danger: it goes first, and is never given up lightly."""
    not_after: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    """When it would come too late and is not sent any more; None if it is always worth sending."""
    unique_key: Mapped[str | None] = mapped_column(String(120), unique=True, default=None)
    """Makes asking for the same mail twice harmless, such as `received:<submission>`."""
    topic: Mapped[str | None] = mapped_column(String(80), default=None)
    """What the message depends on, such as `flag:<submission>`: `outbox.void` stops all of it."""
    submission_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("submissions.id", ondelete="CASCADE"), index=True, default=None
    )
    recipient_sealed: Mapped[bytes | None] = mapped_column(default=None, repr=False)
    context_sealed: Mapped[bytes | None] = mapped_column(default=None, repr=False)
    state: Mapped[str] = mapped_column(String(10), default="queued")
    lease: Mapped[str | None] = mapped_column(String(32), default=None)
    """Token of the worker that holds the message; a worker that lost it may not mark it."""
    failures: Mapped[int] = mapped_column(default=0)
    """Refusals by the mail server. A crash of the worker does not count."""
    last_error: Mapped[str | None] = mapped_column(String(200), default=None)
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)

    recipient = EncryptedJSON()
    context = EncryptedJSON()
