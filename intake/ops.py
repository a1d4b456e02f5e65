"""Pages for machines: is the process alive, can it serve?"""

from functools import cache
from pathlib import Path

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy import inspect, text
from sqlalchemy.exc import SQLAlchemyError

from intake.clinic.clinic import ClinicSettingsError
from intake.clinic.service import current_clinic
from intake.core.db import db

blueprint = Blueprint("ops", __name__)

PLAIN = {"Content-Type": "text/plain; charset=utf-8"}


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
