"""Once on each working day: how much waits, mailed to the front desk. Numbers only."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import func, select

from intake.audit import log
from intake.clinic.clinic import Clinic
from intake.core.db import db
from intake.core.urls import staff_url
from intake.notifications.outbox import MailContext, letterhead
from intake.notifications.queries import undelivered_count
from intake.scheduling.models import Appointment
from intake.submissions import daily
from intake.submissions.queries import to_do_counts


@dataclass(frozen=True, kw_only=True)
class DigestMail(MailContext):
    """How much there is to do, and the link to the queue."""

    waiting: int
    calls: int
    undelivered: int
    audit_head: str
    """The end of the audit log, which this mail shows to have been there."""
    link: str


def send(clinic: Clinic, *, now: datetime) -> bool:
    """Mail today's numbers; see `daily.send`."""
    local = now.astimezone(clinic.tz)
    return daily.send("digest", clinic.digest_to, partial(_context, clinic, local), clinic, now=now)


def _context(clinic: Clinic, local: datetime) -> DigestMail:
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    calls = select(func.count()).where(
        Appointment.status == "booked",
        Appointment.starts_at >= midnight,
        Appointment.starts_at < midnight + timedelta(days=1),
    )
    return DigestMail(
        **letterhead(clinic),
        waiting=sum(to_do_counts().values()),
        calls=db.session.scalar(calls) or 0,
        undelivered=undelivered_count(),
        audit_head=str(log.head()),
        link=staff_url("/staff/"),
    )
