"""May this process start, and pages for machines: is it alive, can it serve?"""

import logging
from functools import cache
from pathlib import Path

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy import inspect, text
from sqlalchemy.exc import SQLAlchemyError

from intake.clinic.clinic import ClinicSettingsError
from intake.clinic.safety import gaps
from intake.clinic.service import current_clinic
from intake.core.db import db

log = logging.getLogger(__name__)

blueprint = Blueprint("ops", __name__)

PLAIN = {"Content-Type": "text/plain; charset=utf-8"}


class UnsafeStart(Exception):
    """Real people must not be asked about danger yet; the message says what to settle."""


def demand_safety() -> None:
    """Refuse to start in production before a clinic can act on what people tell it.

    Raises UnsafeStart, and SQLAlchemyError when the settings cannot be read.
    """
    try:
        clinic = current_clinic()
    except ClinicSettingsError as error:
        raise UnsafeStart(str(error)) from None
    if problems := gaps(clinic):
        raise UnsafeStart(
            f"Not ready for patients: {', '.join(problems)}. Correct the clinic's settings, then"
            " run: flask --app wsgi clinic setup FILE. (To ask nobody about danger, set"
            ' "offers_asq": false there.)'
        )
    if not clinic.offers_asq:
        log.warning("the clinic's settings switch the suicide screen (ASQ) off: offers_asq")


@blueprint.get("/health")
def health() -> ResponseReturnValue:
    """200 while the process answers."""
    return "ok\n", 200, PLAIN


@blueprint.get("/ready")
def ready() -> ResponseReturnValue:
    """200 when the database answers, is migrated, and the clinic is set up; else 503 and why."""
    problem = readiness_problem()
    return (f"{problem}\n", 503, PLAIN) if problem else ("ready\n", 200, PLAIN)


def readiness_problem() -> str | None:
    """What keeps this process from serving, in words for the operator; None if nothing does."""
    try:
        if pending_migrations():
            return "The database is not up to date. Run: flask --app wsgi db upgrade"
        current_clinic()
    except SQLAlchemyError:
        return "The database cannot be reached."
    except ClinicSettingsError as error:
        return str(error)
    return None


def pending_migrations() -> bool:
    """Whether the database lacks migrations that this code has, or has ones that it lacks."""
    connection = db.session.connection()
    if not inspect(connection).has_table("alembic_version"):
        return True
    present: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return present != newest_migration()


@cache
def newest_migration() -> str:
    """The number of the last migration; they are files named like 0001_first_tables.py."""
    folder = Path(__file__).parents[1] / "migrations" / "versions"
    return max(path.name.split("_")[0] for path in folder.glob("[0-9]*.py"))
