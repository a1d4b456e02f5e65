"""The example clinic: settings, providers, hours, closures and users to try everything with."""

from datetime import datetime

from sqlalchemy import func, select

from intake.accounts.models import User
from intake.accounts.service import create_user
from intake.clinic.clinic import EXAMPLE_CLINIC
from intake.clinic.models import ClinicSettings, Closure
from intake.clinic.service import save_clinic
from intake.core.db import db
from intake.scheduling.federal import federal_holidays
from intake.scheduling.hours import add_providers

EXAMPLE_USERS = (
    ("desk@example.com", "Marta Ruiz", ["front_desk"]),
    ("clinician@example.com", "Dr. Priya Nair", ["clinician"]),
    ("admin@example.com", "Sam Lindqvist", ["administrator"]),
)


def create_example(*, now: datetime) -> None:
    """Write the example clinic in the current unit of work, if nothing is set up yet."""
    if db.session.scalar(select(func.count()).select_from(ClinicSettings)):
        return
    save_clinic(EXAMPLE_CLINIC, now=now)
    add_providers(["Dr. Priya Nair", "Dr. Samuel Okafor"], EXAMPLE_CLINIC)
    create_closures(now=now)
    for email, name, roles in EXAMPLE_USERS:
        create_user(email, name=name, roles=roles, now=now, actor="system")


def create_closures(*, now: datetime) -> None:
    """The federal holidays of this year and the next."""
    for year in (now.year, now.year + 1):
        for day, label in federal_holidays(year).items():
            db.session.add(Closure(day=day, label=label))
    db.session.flush()


def example_user(email: str) -> User:
    """One of the example users; raises NoResultFound before they were created."""
    return db.session.scalars(select(User).where(User.email == email)).one()
