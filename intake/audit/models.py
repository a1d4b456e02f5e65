"""The audit log's table."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from intake.core.db import Base, UTCDateTime


class AuditEntry(Base, kw_only=True):
    """One thing somebody did. Holds ids and words of ours, never a value a patient entered."""

    __tablename__ = "audit_log"
    __table_args__ = (Index(None, "subject_id", "seq"), Index(None, "actor", "seq"))

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    actor: Mapped[str] = mapped_column(String(80))
    """`user:<id>`, `patient`, `system` or `command line`."""
    action: Mapped[str] = mapped_column(String(60))
    subject_id: Mapped[UUID | None] = mapped_column(default=None)
    """The record it is about, mostly a submission."""
    detail: Mapped[str] = mapped_column(String(2000), default="")
    request_id: Mapped[str] = mapped_column(String(32), default="")
    chain: Mapped[str] = mapped_column(String(64), default="")
    """HMAC-SHA256 over this entry and the chain value of the entry before it."""
