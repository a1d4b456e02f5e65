"""The example clinic: settings, providers, hours, closures and users to try everything with."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

import holidays
from sqlalchemy import func, select

from intake.accounts.models import User
from intake.accounts.service import create_user
from intake.clinic.clinic import Clinic
from intake.clinic.models import ClinicSettings
from intake.clinic.service import save_clinic
from intake.core.db import db
from intake.scheduling.models import Closure, ConsultationType, Provider, WeeklyHours

WEEKDAYS = range(5)
TIME_ZONE = "America/Chicago"

EXAMPLE_USERS = (
    ("desk@example.com", "Marta Ruiz", ["front_desk"]),
    ("clinician@example.com", "Dr. Priya Nair", ["clinician"]),
    ("admin@example.com", "Sam Lindqvist", ["administrator"]),
)

EXAMPLE_CLINIC = Clinic(
    name="Iconic Infusions",
    phone_number="+13125550142",
    tz=ZoneInfo(TIME_ZONE),
    weekly_hours={day: ((time(9), time(17)),) for day in WEEKDAYS},
    states=("IL",),
    staff_recipients=("desk@example.com",),
    on_call_recipients=("clinician@example.com",),
    reply_to="desk@example.com",
)


def create_example(*, now: datetime) -> None:
    """Write the example clinic in the current unit of work, if nothing is set up yet."""
    if db.session.scalar(select(func.count()).select_from(ClinicSettings)):
        return
    save_clinic(EXAMPLE_CLINIC, now=now)
    create_calendar(now=now)
    for email, name, roles in EXAMPLE_USERS:
        create_user(email, name=name, roles=roles, now=now, actor="system")


def create_calendar(*, now: datetime) -> None:
    """Two providers, a 15-minute consultation, and the federal holidays of this year and next."""
    for name in ("Dr. Priya Nair", "Dr. Samuel Okafor"):
        hours = [
            WeeklyHours(weekday=day, opens=opens, closes=closes)
            for day in WEEKDAYS
            for opens, closes in ((time(9), time(12)), (time(13), time(17)))
        ]
        db.session.add(Provider(name=name, time_zone=TIME_ZONE, weekly=hours))
    kind = ConsultationType(name="Free consultation", minutes=15, step_minutes=30, buffer_after=15)
    db.session.add(kind)
    for day, label in holidays.country_holidays("US", years=[now.year, now.year + 1]).items():
        db.session.add(Closure(day=day, label=label))
    db.session.flush()


def example_user(email: str) -> User:
    """One of the example users; raises NoResultFound before they were created."""
    return db.session.scalars(select(User).where(User.email == email)).one()
