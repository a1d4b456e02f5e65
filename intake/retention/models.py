"""Requests that must be kept for now, whatever the rules say."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from intake.core.db import Base, UTCDateTime
from intake.core.encryption import EncryptedJSON
from intake.core.tokens import new_id


class LegalHold(Base, kw_only=True):
    """A request that may not be deleted, such as during a dispute: by whom, since when, and why.

    Ending a hold deletes the row. While it is there, the database itself refuses to delete the
    request: the key does not cascade.
    """

    __tablename__ = "legal_holds"

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    submission_id: Mapped[UUID] = mapped_column(ForeignKey("submissions.id"), unique=True)
    author_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    placed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    reason_sealed: Mapped[bytes | None] = mapped_column(default=None, repr=False)

    reason = EncryptedJSON()
