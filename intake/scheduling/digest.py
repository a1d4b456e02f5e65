"""Once on each working day: how much waits, mailed to the front desk. Numbers only."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from intake.clinic.clinic import Clinic
from intake.core.db import db
from intake.core.tokens import token_hash
from intake.core.urls import staff_url
from intake.notifications.outbox import MailContext, enqueue
from intake.notifications.queries import undelivered_count, with_keys
from intake.scheduling.models import Appointment
from intake.submissions.queries import to_do_counts

LATEST = timedelta(hours=3)
"""A digest that could not leave within this time after opening is not sent any more."""


@dataclass(frozen=True, kw_only=True)
class DigestMail(MailContext):
    """How much there is to do, and the link to the queue."""

    waiting: int
    calls: int
    undelivered: int
    link: str


def send(clinic: Clinic, *, now: datetime) -> bool:
    """Mail today's numbers once the clinic is open, in the current unit of work.

    Returns whether it was done now; any number of workers send it once.
    """
    local = now.astimezone(clinic.tz)
    periods = clinic.hours.periods_on(local.date())
    opens_at = periods[0].opens_at if periods else None
    if opens_at is None or not opens_at <= now < opens_at + LATEST:
        return False
    keys = {_key(address, local): address for address in clinic.digest_to}
    if with_keys(keys):
        return False
    context = _context(clinic, local)
    for key, address in keys.items():
        enqueue(
            "digest",
            to=address,
            context=context,
            language="en",
            now=now,
            not_after=opens_at + LATEST,
            unique_key=key,
        )
    return True


def _key(address: str, local: datetime) -> str:
    return f"digest:{local:%Y-%m-%d}:{token_hash(address)[:16]}"


def _context(clinic: Clinic, local: datetime) -> DigestMail:
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    calls = select(func.count()).where(
        Appointment.status == "booked",
        Appointment.starts_at >= midnight,
        Appointment.starts_at < midnight + timedelta(days=1),
    )
    return DigestMail(
        clinic_name=clinic.name_in_mail,
        clinic_phone=clinic.phone,
        waiting=sum(to_do_counts().values()),
        calls=db.session.scalar(calls) or 0,
        undelivered=undelivered_count(),
        link=staff_url("/staff/"),
    )
