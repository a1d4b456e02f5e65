"""Mailed links to one appointment: a secret of 256 bits, of which only the hash is stored.

A link can do what its patient can, and works until the appointment is over. The hash is bound to
the purpose: no other secret of the clinic opens an appointment, and this one opens nothing else.
"""

from datetime import datetime

from sqlalchemy import delete, select

from intake.core.db import db
from intake.core.tokens import new_token, token_hash
from intake.core.urls import patient_url
from intake.scheduling.models import Appointment, AppointmentLink
from intake.submissions.models import Submission


def new_link(appointment: Appointment, *, language: str, now: datetime, page: str = "") -> str:
    """Make one more link to an appointment in the current unit of work; the others still work.

    It opens in the patient's language. `page` is one below the appointment's own, such as
    "/earlier".
    """
    token = new_token()
    link = AppointmentLink(token_hash=_hash(token), appointment_id=appointment.id, created_at=now)
    db.session.add(link)
    path = f"/appointment/{token}{page}"
    return patient_url(path if language == "en" else f"{path}?lang={language}")


def appointment_of(token: str, *, now: datetime) -> Appointment | None:
    """The appointment a link leads to; None if there is no such link, or none any more."""
    found = (
        select(Appointment)
        .join(AppointmentLink, AppointmentLink.appointment_id == Appointment.id)
        .where(AppointmentLink.token_hash == _hash(token), Appointment.ends_at > now)
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


def delete_old_links(*, now: datetime) -> None:
    """Delete links to appointments that are over."""
    over = select(Appointment.id).where(
        Appointment.id == AppointmentLink.appointment_id, Appointment.ends_at <= now
    )
    db.session.execute(delete(AppointmentLink).where(over.exists()))


def _hash(token: str) -> str:
    return token_hash(f"appointment:{token}")
