"""Counted figures of days, weeks and months."""

from datetime import date, datetime
from uuid import UUID, uuid5

from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from intake.core.db import Base, UTCDateTime
from intake.core.encryption import EncryptedJSON

DEPARTED = "gone"
"""The kind of figures that hold what was counted of requests that are deleted by now, by day."""
FAMILY = UUID("4f7c6a3e-8a0b-5d52-9f6e-2b1d6c0e7a91")
"""The name space of the ids, which follow from kind and date: a value is sealed for its id."""


class Figures(Base, kw_only=True):
    """What was counted of the requests sent in a day, week or month of the clinic.

    Sealed: on a quiet day the count of a condition is the condition of one person.
    """

    __tablename__ = "figures"
    __table_args__ = (
        CheckConstraint("kind IN ('day', 'week', 'month', 'gone')", name="kind"),
        UniqueConstraint("kind", "start"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(5))
    start: Mapped[date]
    """The first day, in the clinic's zone."""
    counted_at: Mapped[datetime] = mapped_column(UTCDateTime)
    counts_sealed: Mapped[bytes | None] = mapped_column(default=None, repr=False)

    counts = EncryptedJSON()
    """A document of `exports.figures`."""


def figures_id(kind: str, start: date) -> UUID:
    """The id of the figures of a day, week or month."""
    return uuid5(FAMILY, f"{kind} {start.isoformat()}")
