"""Mailed links to one appointment: a secret of 256 bits, of which only the hash is stored.

A link can do what its patient can, and works until the appointment is over; for two weeks more if
nobody came, to choose another time. The hash is bound to the purpose: no other secret of the clinic
opens an appointment, and this one opens nothing else.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select

from intake.core.db import db
from intake.core.tokens import new_token, token_hash
from intake.core.urls import patient_url
from intake.scheduling.models import Appointment, AppointmentLink
from intake.submissions.models import Submission

AFTER_MISSED = timedelta(days=14)


def new_link(appointment: Appointment, *, language: str, now: datetime, page: str = "") -> str:
    """Make one more link to an appointment in the current unit of work; the others still work.

    It opens in the patient's language. `page` is one below the appointment's own, such as
    "/earlier".
    """
    path = f"/appointment/{new_secret(appointment, now=now)}{page}"
    return patient_url(path if language == "en" else f"{path}?lang={language}")


def new_secret(appointment: Appointment, *, now: datetime) -> str:
    """The secret of one more link to an appointment, for whoever is on our pages already."""
    token = new_token()
    link = AppointmentLink(token_hash=_hash(token), appointment_id=appointment.id, created_at=now)
    db.session.add(link)
    return token


def ends_at(appointment: Appointment) -> datetime:
    """When the links to an appointment stop working."""
    more = AFTER_MISSED if appointment.status == "no_show" else timedelta(0)
    return appointment.ends_at + more


def appointment_of(token: str, *, now: datetime) -> Appointment | None:
    """The appointment a link leads to; None if there is no such link, or none any more."""
    found = (
        select(Appointment)
        .join(AppointmentLink, AppointmentLink.appointment_id == Appointment.id)
        .where(AppointmentLink.token_hash == _hash(token), ~_is_over(now))
    )
    return db.session.scalar(found)


def submission_of(appointment: Appointment) -> Submission:
    """Whose appointment it is."""
    return db.session.get_one(Submission, appointment.submission_id)


def lock(appointment: Appointment) -> Submission:
    """The submission of an appointment, locked: all changes of one person's call take turns.

    The appointment is read again, as somebody may just have changed it.
    """
    locked = select(Submission).where(Submission.id == appointment.submission_id).with_for_update()
    submission = db.session.scalars(locked).one()
    db.session.refresh(appointment)
    return submission


def are_over(*, now: datetime) -> ColumnElement[bool]:
    """Which links lead to appointments that are over."""
    over = select(Appointment.id).where(
        Appointment.id == AppointmentLink.appointment_id, _is_over(now)
    )
    return over.exists()


def _is_over(now: datetime) -> ColumnElement[bool]:
    """The same as `ends_at`, for a statement."""
    was_missed = Appointment.status == "no_show"
    return or_(
        and_(~was_missed, Appointment.ends_at <= now), Appointment.ends_at <= now - AFTER_MISSED
    )


def _hash(token: str) -> str:
    return token_hash(f"appointment:{token}")
