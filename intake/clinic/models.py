"""The one row that holds the clinic's own settings, and the dates on which it is closed."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from intake.core.db import Base, UTCDateTime


class ClinicSettings(Base, kw_only=True):
    """The clinic's settings as one document, checked by `clinic.document.read_clinic`."""

    __tablename__ = "clinic_settings"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    changes: Mapped[dict[str, list[str]]] = mapped_column(JSON, default_factory=dict)
    """Who changed each setting last, and when: its name to actor and instant (ISO 8601)."""
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy declares it


class Closure(Base, kw_only=True):
    """A date on which the whole clinic is closed, with the words that say why."""

    __tablename__ = "closures"

    day: Mapped[date] = mapped_column(primary_key=True)
    label: Mapped[str] = mapped_column(String(100))
