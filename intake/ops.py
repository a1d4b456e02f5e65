"""May this process start, and pages for machines: is it alive, can it serve?"""

import logging
from collections.abc import Iterable
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit
from wsgiref.types import StartResponse, WSGIEnvironment

from flask import Blueprint, Flask
from flask.typing import ResponseReturnValue
from sqlalchemy import inspect, text
from sqlalchemy.exc import SQLAlchemyError

from intake.audit import log as log_of_audit
from intake.clinic.clinic import ClinicSettingsError
from intake.clinic.safety import gaps
from intake.clinic.service import current_clinic
from intake.core.db import db

log = logging.getLogger(__name__)

blueprint = Blueprint("ops", __name__)

PROBES = frozenset({"/health", "/ready"})
LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
FORWARDED = ("HTTP_FORWARDED", "HTTP_X_FORWARDED_FOR", "HTTP_X_REAL_IP", "HTTP_VIA")

PLAIN = {"Content-Type": "text/plain; charset=utf-8"}


WRONG_KEYS = (
    "The key file does not belong to this database. Put the right one back from its safe copy."
)


class UnsafeStart(Exception):
    """Real people must not be asked about danger yet; the message says what to settle."""


def demand_safety() -> None:
    """Refuse to start in production before a clinic can act on what people tell it.

    Raises UnsafeStart, and SQLAlchemyError when the settings cannot be read.
    """
    if not log_of_audit.fits_keys():
        raise UnsafeStart(WRONG_KEYS)
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


def answer_local_probes(app: Flask, public_url: str) -> None:
    """Let this machine ask for /health and /ready by a local name, such as 127.0.0.1:8000.

    All other pages want the public name, and so does whoever asks through a proxy.
    """
    serve, public_name = app.wsgi_app, urlsplit(public_url).netloc

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if is_local_probe(environ):
            environ["HTTP_HOST"] = public_name
        return serve(environ, start_response)

    app.wsgi_app = answer  # type: ignore[method-assign]


def is_local_probe(environ: WSGIEnvironment) -> bool:
    """Whether a program of this machine asks, itself and by a local name, whether we are well."""
    if environ["PATH_INFO"] not in PROBES or any(name in environ for name in FORWARDED):
        return False
    try:
        host = urlsplit(f"//{environ.get('HTTP_HOST', '')}").hostname
        peer = ip_address(environ.get("REMOTE_ADDR", "").removeprefix("::ffff:"))
        return host in LOCAL_NAMES and peer.is_loopback
    except ValueError:
        return False


def readiness_problem() -> str | None:
    """What keeps this process from serving, in words for the operator; None if nothing does."""
    try:
        if pending_migrations():
            return "The database is not up to date. Run: flask --app wsgi db upgrade"
        if not log_of_audit.fits_keys():
            return WRONG_KEYS
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
