"""What runs: web server and worker; how it goes: the doctor, the outbox."""

import logging
import mailbox
import os
import shutil
import signal
import sys
import threading
from contextlib import suppress
from importlib import import_module
from pathlib import Path

import click
from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from intake import ops
from intake.cli.base import ClinicCommand, ClinicGroup, settings
from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.db import unit_of_work
from intake.exports import counting
from intake.notifications import queries, returned
from intake.notifications import worker as mail_worker
from intake.retention import purge as retention
from intake.scheduling import digest, waitlist
from intake.scheduling.placing import SlotTaken
from intake.submissions import failures, unfinished

log = logging.getLogger(__name__)

LEAN = {"PYTHONOPTIMIZE": "2", "MALLOC_ARENA_MAX": "2"}
"""What keeps the web server small: docs/adr/0020."""


def _demand_environment() -> None:
    """What runs for long must be told where; one-off commands may assume development."""
    if not settings().is_environment_given:
        raise click.ClickException("INTAKE_ENV must be set to production or development.")


def _demand_safety() -> None:
    """In production nothing that serves people starts before the clinic can act on danger."""
    if not settings().is_production:
        return
    try:
        with current_app.app_context():
            ops.demand_safety()
    except ops.UnsafeStart as problem:
        raise click.ClickException(str(problem)) from None
    except SQLAlchemyError:
        raise click.ClickException(
            "The clinic's settings cannot be read: the database is not there or not up to date."
            " Run: flask --app wsgi db upgrade"
        ) from None


@click.command(cls=ClinicCommand)
@click.option("--bind", default="127.0.0.1:8000", show_default=True, help="Address to listen on.")
@click.option("--threads", default=8, show_default=True, help="Requests served at the same time.")
@click.option("--workers", default=1, show_default=True, help="Processes; keep 1 with SQLite.")
def serve(bind: str, threads: int, workers: int) -> None:
    """Run the web server."""
    _demand_environment()
    _demand_safety()
    arguments = gunicorn(bind, threads=threads, workers=workers)
    # gunicorn is no Flask command: without this it would take a missing setting for development.
    environment = {**LEAN, **os.environ, "INTAKE_ENV": settings().environment}
    environment.pop("FLASK_RUN_FROM_CLI", None)
    os.execve(arguments[0], arguments, environment)  # noqa: S606  no shell


def gunicorn(bind: str, *, threads: int = 8, workers: int = 1) -> list[str]:
    """The command line of the web server: its program, then its arguments."""
    return [
        shutil.which("gunicorn", path=os.path.dirname(sys.executable)) or "gunicorn",
        f"--bind={bind}",
        f"--threads={threads}",
        f"--workers={workers}",
        "--worker-class=gthread",
        "--log-level=warning",
        "--graceful-timeout=10",
        "--no-control-socket",
        "wsgi:app",
    ]


@click.command(cls=ClinicCommand)
@click.option("--once", is_flag=True, help="Send what is due now, then stop.")
def worker(*, once: bool) -> None:
    """Send the e-mails of the outbox."""
    _demand_environment()
    _demand_safety()
    with current_app.app_context():
        if once:
            mail_worker.run_once()
            return
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        mail_worker.run(stop, hourly=_every_hour, every_minute=_every_minute)


def _every_hour() -> None:
    retention.run(current_clinic(), now=clock.now())
    with unit_of_work():
        unfinished.remind(current_clinic(), now=clock.now())


def _every_minute() -> None:
    _offer_freed_times()
    _read_reports(settings().bounces)
    with unit_of_work():
        digest.send(current_clinic(), now=clock.now())
        failures.send(current_clinic(), now=clock.now())
    counting.refresh(current_clinic(), now=clock.now())


def _read_reports(path: Path | None) -> None:
    if path is None:
        return
    try:
        returned.read_reports(path, now=clock.now())
    except (OSError, mailbox.Error):
        log.warning("the mailbox of INTAKE_BOUNCES cannot be read")


def _offer_freed_times() -> None:
    """Ask the waitlist about what was given up; what is taken meanwhile is seen a minute later."""
    with suppress(SlotTaken):
        is_due = True
        while is_due:
            with unit_of_work():
                is_due = waitlist.ask_next(current_clinic(), now=clock.now())


@click.command(cls=ClinicCommand)
@click.option("--dry-run", is_flag=True, help="Only tell what would be deleted.")
def purge(*, dry_run: bool) -> None:
    """Delete what was kept long enough, as the worker does every hour. One line for each class."""
    clinic, now = current_clinic(), clock.now()
    counts = retention.due(clinic, now=now) if dry_run else retention.run(clinic, now=now)
    for name, number in counts.items():
        click.echo(f"{number:8}  {name}")
    click.echo("Nothing was deleted." if dry_run else "Done.")


@click.command()
@click.option("--send-to", metavar="ADDRESS", help="Send a test mail to this address.")
@click.option("--dkim-selector", metavar="NAME", help="Name of your mail provider's DKIM key.")
def doctor(send_to: str | None, dkim_selector: str | None) -> None:
    """Look at all that this installation depends on. Exits with 1 if something must be mended."""
    # Loaded only here: looking up names takes a library that no server needs.
    examine = import_module("intake.doctor.command").examine
    must_mend = False
    for found in examine(settings(), now=clock.now(), send_to=send_to, selector=dkim_selector):
        click.echo(found.line)
        must_mend = must_mend or found.grade == "fail"
    sys.exit(1 if must_mend else 0)


messages = ClinicGroup("messages", help="The outbox.")


@messages.command("count")
def count_messages() -> None:
    """Print how many messages there are by state, and the age of the oldest one due, in seconds.

    One "name value" a line, as Prometheus reads it: intake_messages{state="queued"} 3
    """
    for state, number in queries.counts().items():
        click.echo(f'intake_messages{{state="{state}"}} {number}')
    now = clock.now()
    since = queries.waiting_since(now)
    age = (now - since).total_seconds() if since else 0
    click.echo(f"intake_messages_oldest_due_seconds {age:.0f}")
