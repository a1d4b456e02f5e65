"""Pages for machines: is the process alive, can it serve?"""

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from intake.clinic.clinic import ClinicSettingsError
from intake.clinic.service import current_clinic
from intake.core.db import db
from intake.core.extensions import migrate

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
    """Whether the database lacks migrations that this code needs."""
    context = MigrationContext.configure(db.session.connection())
    scripts = ScriptDirectory.from_config(migrate.get_config())
    return set(context.get_current_heads()) != set(scripts.get_heads())
