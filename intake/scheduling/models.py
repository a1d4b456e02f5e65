"""Providers with their hours, consultation types, closures, and appointments.

Every row of `appointments` whose status blocks keeps its provider's time from `blocked_from` to
`blocked_until` (buffers included). Blocking rows of one provider never overlap: PostgreSQL refuses
it by an exclusion constraint, SQLite by triggers, both written in the migration.
"""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from intake.core.db import Base, UTCDateTime
from intake.core.tokens import new_id
from intake.scheduling.slots import OpenHours, ProviderCalendar, Rules, Window

BLOCKING = ("hold", "offer", "pending", "booked", "held", "no_show")
STATUSES = (*BLOCKING, "cancelled", "released")
EXPIRING = ("hold", "offer")
"""Statuses that block until `hold_expires_at`: a draft's choice, an earlier time on offer."""
LIVE = ("pending", "booked")
"""Statuses of the one appointment a submission can have ahead of it."""
CHANNELS = ("phone", "video", "in_person")
PATIENT = "patient"
"""Who changed an appointment, where its patient did; staff are named by their `User.actor`."""
FEED_SHOWS = ("busy", "reference")


def _words(values: tuple[str, ...]) -> str:
    return ", ".join(f"'{value}'" for value in values)


class Provider(Base, kw_only=True):
    """A clinician whose calendar can be booked."""

    __tablename__ = "providers"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    name: Mapped[str] = mapped_column(String(100))
    time_zone: Mapped[str] = mapped_column(String(60))
    active: Mapped[bool] = mapped_column(default=True)
    weekly: Mapped[list["WeeklyHours"]] = relationship(
        default_factory=list, cascade="all, delete-orphan", lazy="selectin"
    )
    dated: Mapped[list["DatedHours"]] = relationship(
        default_factory=list, cascade="all, delete-orphan", lazy="selectin"
    )
    video_link: Mapped[str] = mapped_column(String(300), default="")
    """Where their own calls by video take place; "" for the one of the consultation type."""
    changed_by: Mapped[str] = mapped_column(String(80), default="")
    changed_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    """When and by whom the hours were changed last; every change writes it, so that the version
    of this row is the version of them all."""
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy declares it

    def calendar(self, closed: frozenset[date]) -> ProviderCalendar:
        """The hours as the slot rules read them; `closed` are the clinic's closed dates."""
        weekly = tuple(OpenHours(each.weekday, each.opens, each.closes) for each in self.weekly)
        dated = {each.day: each.windows for each in self.dated}
        return ProviderCalendar(self.id, ZoneInfo(self.time_zone), weekly, dated, closed)


class WeeklyHours(Base, kw_only=True):
    """Hours of a provider on one weekday (0 = Monday), wall time in the provider's zone."""

    __tablename__ = "weekly_hours"
    __table_args__ = (CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    provider_id: Mapped[int] = mapped_column(
        ForeignKey("providers.id", ondelete="CASCADE"), index=True, init=False
    )
    weekday: Mapped[int]
    opens: Mapped[time]
    closes: Mapped[time]


class DatedHours(Base, kw_only=True):
    """Other hours of a provider on one date, in place of the weekly ones; none: away."""

    __tablename__ = "dated_hours"

    provider_id: Mapped[int] = mapped_column(
        ForeignKey("providers.id", ondelete="CASCADE"), primary_key=True, init=False
    )
    day: Mapped[date] = mapped_column(primary_key=True)
    hours: Mapped[list[list[str]]] = mapped_column(JSON)
    """Wall times of opening and closing in order, such as [["09:00", "12:00"]]."""
    label: Mapped[str] = mapped_column(String(100), default="")

    @property
    def windows(self) -> tuple[Window, ...]:
        """The same as the slot rules read it."""
        return tuple((time.fromisoformat(a), time.fromisoformat(b)) for a, b in self.hours)


class ConsultationType(Base, kw_only=True):
    """How a kind of consultation is booked. Minutes throughout, but for `horizon_days`."""

    __tablename__ = "consultation_types"
    __table_args__ = (CheckConstraint("mode IN ('confirm', 'instant')", name="mode"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    name: Mapped[str] = mapped_column(String(100))
    minutes: Mapped[int]
    step_minutes: Mapped[int]
    buffer_before: Mapped[int] = mapped_column(default=0)
    buffer_after: Mapped[int] = mapped_column(default=0)
    min_notice: Mapped[int] = mapped_column(default=720)
    horizon_days: Mapped[int] = mapped_column(default=28)
    daily_cap: Mapped[int | None] = mapped_column(default=None)
    person_cap: Mapped[int | None] = mapped_column(default=2)
    """How many calls ahead one person may have that nobody of the clinic has looked at."""
    change_notice: Mapped[int] = mapped_column(default=240)
    """Until when before the call patients can change it by themselves. Staff always can."""
    most_moves: Mapped[int] = mapped_column(default=3)
    """How often patients can move one call by themselves."""
    mode: Mapped[str] = mapped_column(String(10), default="confirm")
    channels: Mapped[list[str]] = mapped_column(JSON, default_factory=lambda: list(CHANNELS))
    """How people can choose to meet, of `CHANNELS`."""
    video_link: Mapped[str] = mapped_column(String(300), default="")
    """Where calls by video take place, if a provider has no room of their own."""
    address: Mapped[str] = mapped_column(String(200), default="")
    """Where people come to in person."""
    changed_by: Mapped[str] = mapped_column(String(80), default="")
    changed_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy declares it

    @property
    def rules(self) -> Rules:
        """The same as the slot rules read it."""
        return Rules(
            minutes=self.minutes,
            step_minutes=self.step_minutes,
            buffer_before=timedelta(minutes=self.buffer_before),
            buffer_after=timedelta(minutes=self.buffer_after),
            min_notice=timedelta(minutes=self.min_notice),
            horizon_days=self.horizon_days,
            daily_cap=self.daily_cap,
        )


class Appointment(Base, kw_only=True):
    """A provider's time kept for one submission: from a short hold to a consultation held."""

    __tablename__ = "appointments"
    __table_args__ = (
        CheckConstraint(f"status IN ({_words(STATUSES)})", name="status"),
        CheckConstraint("blocked_from < blocked_until", name="blocked"),
        Index(None, "provider_id", "blocked_until"),
        Index(None, "blocked_until"),
        Index(None, "submission_id"),
        Index(None, "person"),
        Index(
            "uq_appointments_submission_live",
            "submission_id",
            unique=True,
            sqlite_where=text(f"status IN ({_words(('hold', *LIVE))})"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    provider_id: Mapped[int] = mapped_column(ForeignKey("providers.id"))
    type_id: Mapped[int] = mapped_column(ForeignKey("consultation_types.id"))
    submission_id: Mapped[UUID] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"))
    status: Mapped[str] = mapped_column(String(10))
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)
    blocked_from: Mapped[datetime] = mapped_column(UTCDateTime)
    blocked_until: Mapped[datetime] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    channel: Mapped[str] = mapped_column(String(10), default="phone")
    time_zone: Mapped[str] = mapped_column(String(60), default="")
    """The patient's zone, in which times are told to them."""
    hold_expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    sequence: Mapped[int] = mapped_column(default=0)
    """SEQUENCE of the calendar file; one more at every change (RFC 5546)."""
    moves: Mapped[int] = mapped_column(default=0)
    """How often the patient has moved it; moves by staff do not count."""
    person: Mapped[str] = mapped_column(String(64), default="")
    """Keyed hash of the patient's e-mail address or phone number, to find their other calls."""
    changed_by: Mapped[str] = mapped_column(String(80), default="")
    reason: Mapped[str] = mapped_column(String(200), default="")
    """Why it was cancelled, or "waitlist" for a time on offer: words of ours, never a patient's."""
    cancelled_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    outside_hours: Mapped[bool] = mapped_column(default=False)
    """Whether staff put it where the hours and rules do not offer a time."""
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), default=None)
    """How it stood before its last change, while that can be undone: see `takeback`."""
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy declares it

    @property
    def is_live(self) -> bool:
        """Whether the appointment lies ahead: asked for or booked."""
        return self.status in LIVE

    @property
    def calendar_uid(self) -> str:
        """The UID of its calendar file, the same for life."""
        return f"{self.id}@intake"


class AppointmentLink(Base, kw_only=True):
    """A mailed link with which whoever holds it can change one appointment, until it is over."""

    __tablename__ = "appointment_links"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    appointment_id: Mapped[UUID] = mapped_column(
        ForeignKey("appointments.id", ondelete="CASCADE"), index=True
    )
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class WaitlistEntry(Base, kw_only=True):
    """Somebody with a booked call who wants to hear of earlier times."""

    __tablename__ = "waitlist"

    submission_id: Mapped[UUID] = mapped_column(
        ForeignKey("submissions.id", ondelete="CASCADE"), primary_key=True
    )
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    offers: Mapped[int] = mapped_column(default=0)
    """How many times were offered so far."""
    left_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)


class Opening(Base, kw_only=True):
    """A time that somebody gave up, while the waitlist is asked who wants it."""

    __tablename__ = "openings"

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    provider_id: Mapped[int] = mapped_column(ForeignKey("providers.id"))
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    freed_by: Mapped[UUID] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"))
    due_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    """When somebody is asked next."""


class CalendarFeed(Base, kw_only=True):
    """A secret address at which a calendar program reads appointments. Its token is not stored."""

    __tablename__ = "calendar_feeds"
    __table_args__ = (CheckConstraint(f"shows IN ({_words(FEED_SHOWS)})", name="shows"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    provider_id: Mapped[int | None] = mapped_column(
        ForeignKey("providers.id", ondelete="CASCADE"), default=None
    )
    """Whose appointments; None is everybody's."""
    shows: Mapped[str] = mapped_column(String(10), default="busy")
    """`busy` tells only that the time is taken, `reference` also of which request."""
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
