"""Lists of booked submissions, in the order of their appointments."""

from datetime import datetime, timedelta

from sqlalchemy import Select, and_, or_, select

from intake.core.db import db
from intake.core.paging import Cursor, Page, read_cursor
from intake.scheduling.models import Appointment, Provider
from intake.submissions.models import Submission

PAGE_SIZE = 25
JUST_NOW = timedelta(hours=1)
"""A call that began a short time ago may still go on."""

Booking = tuple[Submission, Appointment]


def coming_up(*, now: datetime, after: str = "") -> Page[Booking]:
    """Booked consultations ahead, the next one first."""
    query = _booked().where(Appointment.starts_at > now - JUST_NOW)
    cursor = read_cursor(after)
    if cursor is not None:
        same = and_(Appointment.starts_at == cursor.instant, Appointment.id > cursor.id)
        query = query.where(or_(Appointment.starts_at > cursor.instant, same))
    return _page(query.order_by(Appointment.starts_at, Appointment.id))


def past(*, now: datetime, after: str = "") -> Page[Booking]:
    """Booked consultations whose time is over, the latest first."""
    query = _booked().where(Appointment.starts_at <= now - JUST_NOW)
    cursor = read_cursor(after)
    if cursor is not None:
        same = and_(Appointment.starts_at == cursor.instant, Appointment.id < cursor.id)
        query = query.where(or_(Appointment.starts_at < cursor.instant, same))
    return _page(query.order_by(Appointment.starts_at.desc(), Appointment.id.desc()))


def provider_name(provider_id: int) -> str:
    """Whose calendar it is."""
    return db.session.get_one(Provider, provider_id).name


def provider_names() -> dict[int, str]:
    """Everybody's name by id."""
    rows = db.session.execute(select(Provider.id, Provider.name))
    return {row.id: row.name for row in rows}


def _booked() -> Select[Submission, Appointment]:
    return (
        select(Submission, Appointment)
        .join(Appointment, Appointment.submission_id == Submission.id)
        .where(Submission.status == "booked", Appointment.status == "booked")
    )


def _page(query: Select[Submission, Appointment]) -> Page[Booking]:
    found = db.session.execute(query.limit(PAGE_SIZE + 1))
    rows = [(row.Submission, row.Appointment) for row in found]
    shown = rows[:PAGE_SIZE]
    if len(rows) <= PAGE_SIZE:
        return Page(shown, "")
    last = shown[-1][1]
    return Page(shown, Cursor(0, last.starts_at, last.id).text)
