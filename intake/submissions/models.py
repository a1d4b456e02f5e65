"""Submissions and the notes about them. An unfinished submission is a draft."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from intake.core.db import Base, UTCDateTime
from intake.core.encryption import EncryptedJSON
from intake.core.tokens import new_id

OPEN = ("new", "contacting", "booked")
MERGED = "merged"
STATUSES = ("draft", *OPEN, "held", "no_show", "closed", "withdrawn", "quarantined", MERGED)
LEVELS = ("routine", "clinician_review", "urgent", "urgent_acute")
FLAGGED = 2
"""The rank of `urgent`, from which a level is an urgent flag."""
IN_QUEUE = "status IN ('new', 'contacting') OR queue_rank >= 2"
"""What waits for the front desk: open submissions, and everybody whose urgent flag nobody has
acknowledged, whatever the status: an appointment later this week does not answer "call today"."""
OUTCOMES = (
    *("safe_plan", "emergency_called", "handed_over", "procedure_followed"),
    *("voicemail_again", "no_answer_again"),
)
"""What came of an urgent flag; see `submissions.flags` for which of them close it."""
TRIES = ("no_answer", "voicemail", "call_back", "booked", "not_interested", "wrong_number")
"""What came of a call to somebody who asked for a consultation; see `submissions.contacting`."""
CLOSED_FOR = (
    *("not_reached", "not_interested", "elsewhere", "not_suitable", "twice", "spam", "other"),
)
"""Why staff close a request."""


class Submission(Base, kw_only=True):
    """One person's request for a consultation, from its first saved page to its end."""

    __tablename__ = "submissions"
    __table_args__ = (
        CheckConstraint(f"status IN ({', '.join(repr(word) for word in STATUSES)})", name="status"),
        CheckConstraint("(status = 'merged') = (merged_into IS NOT NULL)", name="merged"),
        CheckConstraint("level_rank BETWEEN 0 AND 3", name="level_rank"),
        CheckConstraint("queue_rank BETWEEN 0 AND level_rank", name="queue_rank"),
        Index(
            "ix_submissions_queue",
            text("queue_rank DESC"),
            "waiting_since",
            "id",
            "call_at",
            sqlite_where=text(IN_QUEUE),
        ),
        Index(None, "status", "waiting_since", "id"),
        Index(None, "sent_at", "id", "status"),
        Index("ix_submissions_changed", "updated_at", sqlite_where=text("sent_at IS NOT NULL")),
        Index(
            "ix_submissions_merged",
            "merged_into",
            sqlite_where=text("merged_into IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    reference: Mapped[str] = mapped_column(String(10), unique=True)
    cookie_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    """Hash of the token in the browser that fills in the form."""
    language: Mapped[str] = mapped_column(String(5))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    waiting_since: Mapped[datetime] = mapped_column(UTCDateTime)
    """When the clinic first had something to do: sent, or flagged while still a draft."""
    expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    """When an unfinished draft is deleted."""
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    status: Mapped[str] = mapped_column(String(12), default="draft")
    level_rank: Mapped[int] = mapped_column(default=0)
    queue_rank: Mapped[int] = mapped_column(default=0)
    """The rank that counts in the queue: that of the level, but no more than a clinician's review
    once the urgent flag is acknowledged."""
    alarms: Mapped[int] = mapped_column(default=0)
    """How many alarms were raised so far; the number of the latest one."""
    flagged_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    """Since when the urgent flag is open, or was when it was acknowledged."""
    tries: Mapped[int] = mapped_column(default=0)
    """How often staff have called without reaching the person."""
    last_try: Mapped[str] = mapped_column(String(20), default="")
    """What came of the last call, of `TRIES`."""
    call_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    """When to call next, as planned after the last call. `waiting_since` is the same instant until
    something else happens."""
    closed_for: Mapped[str] = mapped_column(String(20), default="")
    """Why it was closed, of `CLOSED_FOR`."""
    suspicion: Mapped[str] = mapped_column(String(10), default="")
    """Why it looks like a program's, of `suspicion.WHY`; "" if it does not."""
    erasure_asked_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    """When the person asked us to delete what we keep about them."""
    claimed_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"), default=None)
    """Who took it to call; see `submissions.claims` for how long it counts."""
    claimed_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    merged_into: Mapped[UUID | None] = mapped_column(
        ForeignKey("submissions.id", ondelete="CASCADE"), default=None
    )
    """The other request of the same person that goes on in its place; see `submissions.merged`."""
    resume_hash: Mapped[str | None] = mapped_column(String(64), unique=True, default=None)
    """Hash of the token in the mailed link with which the request can be taken up again."""
    resume_expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    contact_sealed: Mapped[bytes | None] = mapped_column(default=None, repr=False)
    answers_sealed: Mapped[bytes | None] = mapped_column(default=None, repr=False)
    triage_sealed: Mapped[bytes | None] = mapped_column(default=None, repr=False)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy declares it

    contact = EncryptedJSON()
    """Who, how to reach them, what for and when: by step, `start`, `contact`, `times`."""
    answers = EncryptedJSON()
    """Safety, screening, health and history answers: by instrument id."""
    triage = EncryptedJSON()
    """Level with every reason and note, as of the last save."""

    @property
    def level(self) -> str:
        """The triage level, such as "clinician_review"."""
        return LEVELS[self.level_rank]

    @property
    def is_flagged(self) -> bool:
        """Whether an urgent flag is open: raised, and not acknowledged yet."""
        return self.queue_rank >= FLAGGED

    @property
    def is_planned(self) -> bool:
        """Whether the next call has a time, which nothing has overtaken."""
        return self.call_at is not None and self.call_at == self.waiting_since

    @property
    def is_draft(self) -> bool:
        """Whether the person has not sent it yet."""
        return self.status == "draft"


class Consent(Base, kw_only=True):
    """One way of contact that a person allowed: when, by which text, and until when."""

    __tablename__ = "consents"
    __table_args__ = (
        CheckConstraint(
            "channel IN ('call', 'voicemail', 'text', 'email', 'reminders', 'substances')",
            name="channel",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    submission_id: Mapped[UUID] = mapped_column(
        ForeignKey("submissions.id", ondelete="CASCADE"), index=True
    )
    channel: Mapped[str] = mapped_column(String(10))
    text_version: Mapped[str] = mapped_column(String(40))
    """Version of the notice that stood beside the question."""
    given_at: Mapped[datetime] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)


class Note(Base, kw_only=True):
    """What a member of staff wrote about a submission; patients never see it."""

    __tablename__ = "notes"

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    submission_id: Mapped[UUID] = mapped_column(
        ForeignKey("submissions.id", ondelete="CASCADE"), index=True
    )
    author_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    body_sealed: Mapped[bytes | None] = mapped_column(default=None, repr=False)

    body = EncryptedJSON()


class Acknowledgement(Base, kw_only=True):
    """What a member of staff did about an urgent flag. Rows are added, never changed."""

    __tablename__ = "acknowledgements"
    __table_args__ = (
        CheckConstraint(
            f"outcome IN ({', '.join(repr(word) for word in OUTCOMES)})", name="outcome"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    submission_id: Mapped[UUID] = mapped_column(
        ForeignKey("submissions.id", ondelete="CASCADE"), index=True
    )
    author_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    alarm: Mapped[int]
    """The number of the alarm that the author saw."""
    outcome: Mapped[str] = mapped_column(String(20))
    closed: Mapped[bool]
    """Whether it closed the flag."""
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    try_again_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    note_sealed: Mapped[bytes | None] = mapped_column(default=None, repr=False)

    note = EncryptedJSON()


class Try(Base, kw_only=True):
    """A call to somebody who asked for a consultation: who called, when, and what came of it.

    Rows are added. Undo marks one and says how the submission stood before it.
    """

    __tablename__ = "tries"
    __table_args__ = (
        CheckConstraint(f"outcome IN ({', '.join(repr(word) for word in TRIES)})", name="outcome"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    submission_id: Mapped[UUID] = mapped_column(
        ForeignKey("submissions.id", ondelete="CASCADE"), index=True
    )
    author_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    outcome: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    """How the submission stood before."""
    call_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    """When to call next."""
    undone_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)


class Merge(Base, kw_only=True):
    """A request that went on in another one of the same person. Undo marks it."""

    __tablename__ = "merges"

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    submission_id: Mapped[UUID] = mapped_column(
        ForeignKey("submissions.id", ondelete="CASCADE"), index=True
    )
    into_id: Mapped[UUID] = mapped_column(
        ForeignKey("submissions.id", ondelete="CASCADE"), index=True
    )
    author_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    before_sealed: Mapped[bytes | None] = mapped_column(default=None, repr=False)

    before = EncryptedJSON()
    """How both stood before and after, and what was moved."""


class ToldApart(Base, kw_only=True):
    """Two requests that are not of one person, as a member of staff said. Undo marks it."""

    __tablename__ = "told_apart"

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    one_id: Mapped[UUID] = mapped_column(
        ForeignKey("submissions.id", ondelete="CASCADE"), index=True
    )
    other_id: Mapped[UUID] = mapped_column(
        ForeignKey("submissions.id", ondelete="CASCADE"), index=True
    )
    author_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)


class SearchTerm(Base, kw_only=True):
    """One thing by which a person is found, as a keyed hash; see `submissions.search`."""

    __tablename__ = "search_terms"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012  SQLAlchemy declares it

    term: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UTCDateTime, primary_key=True)
    """When the submission was begun: the terms of one kind stand in the order of results."""
    submission_id: Mapped[UUID] = mapped_column(
        ForeignKey("submissions.id", ondelete="CASCADE"), primary_key=True, index=True
    )
