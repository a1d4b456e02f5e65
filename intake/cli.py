"""Commands of `flask --app wsgi`; each is a thin call into a subject."""

import json
import logging
import mailbox
import os
import shutil
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any, TextIO

import click
from email_validator import EmailNotValidError, validate_email
from flask import Flask, current_app
from flask.cli import AppGroup, ScriptInfo
from sqlalchemy.exc import OperationalError, ProgrammingError, SQLAlchemyError

from config import Settings
from intake import ops
from intake.accounts import service as account_service
from intake.accounts.permissions import ROLES
from intake.accounts.queries import user_by_email
from intake.clinic.clinic import (
    EXAMPLE_CLINIC,
    Clinic,
    ClinicSettingsError,
    read_clinic,
    refuse_unknown,
    write_clinic,
)
from intake.clinic.safety import EXAMPLE_PROVIDER, example_values, gaps, uses_example_provider
from intake.clinic.service import current_clinic, save_clinic
from intake.core import clock
from intake.core.db import unit_of_work
from intake.core.encryption import create_key_file
from intake.core.instance import demand_instance
from intake.notifications import bounces, queries
from intake.notifications import worker as mail_worker
from intake.scheduling import digest, waitlist
from intake.scheduling.hours import close_each
from intake.scheduling.links import delete_old_links
from intake.scheduling.placing import SlotTaken
from intake.scheduling.service import add_providers
from intake.screening.command import says_nothing, score_json, triage_json
from intake.screening.errors import InputError
from intake.submissions import unfinished
from intake.submissions.drafts import delete_expired
from intake.web import limits

log = logging.getLogger(__name__)

BAD_INPUT = 2


def register_commands(app: Flask) -> None:
    """Add the commands to the application."""
    app.cli.add_command(score)
    app.cli.add_command(triage)
    app.cli.add_command(serve)
    app.cli.add_command(worker)
    app.cli.add_command(doctor)
    app.cli.add_command(messages)
    app.cli.add_command(users)
    app.cli.add_command(keys)
    app.cli.add_command(clinic)


def settings() -> Settings:
    """The settings of the current application."""
    current: Settings = current_app.config["SETTINGS"]
    return current


class ClinicCommand(click.Command):
    """A command that needs a clinic. Without one it says so in one line, and writes nothing."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run it where there is a clinic with a database."""
        demand_instance(ctx.ensure_object(ScriptInfo).load_app().config["SETTINGS"])
        try:
            return super().invoke(ctx)
        except (OperationalError, ProgrammingError):
            raise click.ClickException(
                "The database does not answer, or is not up to date. Look: flask --app wsgi doctor"
            ) from None


class ClinicGroup(AppGroup):
    """Commands that need a clinic."""

    command_class = ClinicCommand


@click.command()
@click.argument("instrument")
def score(instrument: str) -> None:
    """Score answers to INSTRUMENT: one JSON object in, one out."""
    _answer(lambda text: score_json(instrument, text))


@click.command()
def triage() -> None:
    """Run the triage rules: one JSON object in, one out. Says so when it holds no answers."""
    _answer(triage_json, remark=lambda text: NOTHING_ANSWERED if says_nothing(text) else "")


NOTHING_ANSWERED = "Nothing was answered: no rule could fire, and that says nothing of the person."


def _answer(run: Callable[[str], str], *, remark: Callable[[str], str] = lambda _: "") -> None:
    raw = sys.stdin.buffer.read()
    try:
        text = raw.decode("utf-8")
        click.echo(run(text))
        if words := remark(text):
            click.echo(words, err=True)
    except UnicodeDecodeError:
        click.echo("the input is not UTF-8 text", err=True)
        sys.exit(BAD_INPUT)
    except InputError as error:
        click.echo(str(error), err=True)
        sys.exit(BAD_INPUT)


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
    gunicorn = shutil.which("gunicorn", path=os.path.dirname(sys.executable)) or "gunicorn"
    arguments = [
        gunicorn,
        f"--bind={bind}",
        f"--threads={threads}",
        f"--workers={workers}",
        "--worker-class=gthread",
        "--log-level=warning",
        "--graceful-timeout=10",
        "--no-control-socket",
        "wsgi:app",
    ]
    # gunicorn is no Flask command: without this it would take a missing setting for development.
    environment = {**os.environ, "INTAKE_ENV": settings().environment}
    environment.pop("FLASK_RUN_FROM_CLI", None)
    os.execve(gunicorn, arguments, environment)  # noqa: S606  no shell


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
    _delete_expired()
    with unit_of_work():
        unfinished.remind(current_clinic(), now=clock.now())


def _every_minute() -> None:
    _offer_freed_times()
    _read_reports(settings().bounces)
    with unit_of_work():
        digest.send(current_clinic(), now=clock.now())


def _read_reports(path: Path | None) -> None:
    if path is None:
        return
    try:
        bounces.read_reports(path, now=clock.now())
    except (OSError, mailbox.Error):
        log.warning("the mailbox of INTAKE_BOUNCES cannot be read")


def _delete_expired() -> None:
    with unit_of_work():
        delete_expired(now=clock.now())
        delete_old_links(now=clock.now())
        limits.delete_unused(now=clock.now())


def _offer_freed_times() -> None:
    """Ask the waitlist about what was given up; what is taken meanwhile is seen a minute later."""
    with suppress(SlotTaken):
        is_due = True
        while is_due:
            with unit_of_work():
                is_due = waitlist.ask_next(current_clinic(), now=clock.now())


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


keys = AppGroup("keys", help="The key file, without which nothing can be read.")


@keys.command("create")
def create_keys() -> None:
    """Write a new key file. An existing one is left alone."""
    path = settings().keys_file
    if path.exists():
        raise click.ClickException(f"{path} exists. A new one would make all data unreadable.")
    is_new_folder = not path.parent.exists()
    settings().instance.mkdir(parents=True, exist_ok=True)
    create_key_file(path)
    click.echo(f"Wrote {path}. Keep a copy in a safe place, apart from the backups.")
    if is_new_folder:
        click.echo(
            f"The folder {path.parent} is new. If it should not be, check INSTANCE.", err=True
        )


clinic = ClinicGroup("clinic", help="The clinic's own settings.")


@clinic.command("show")
def show_clinic() -> None:
    """Print the settings, or before the set-up an example to fill in."""
    try:
        document = write_clinic(current_clinic())
    except ClinicSettingsError:
        document = {**write_clinic(EXAMPLE_CLINIC), "providers": [EXAMPLE_PROVIDER]}
    click.echo(json.dumps(document, indent=2))


@clinic.command("setup")
@click.argument("file", type=click.File(encoding="utf-8"))
def set_up_clinic(file: TextIO) -> None:
    """Store the settings of FILE (JSON, as `clinic show` prints them).

    New names under "providers" get a calendar with the clinic's hours.
    """
    try:
        document = json.load(file)
        refuse_unknown(document, known=("providers",))
        wanted = read_clinic(document)
    except (json.JSONDecodeError, ClinicSettingsError) as error:
        raise click.ClickException(f"{file.name}: {error}") from None
    if settings().is_production:
        _refuse_example(document, wanted, file.name)
    with unit_of_work():
        save_clinic(wanted, now=clock.now())
        added = add_providers(document.get("providers", []), wanted)
    click.echo(f"{wanted.name} is set up. Providers added: {', '.join(added) or 'none'}.")
    if settings().is_production and (missing := gaps(wanted)):
        click.echo(f"Nothing can start before this is settled: {', '.join(missing)}.", err=True)


def _refuse_example(document: dict[str, Any], wanted: Clinic, file_name: str) -> None:
    """Real people must not be sent to addresses and numbers that nobody answers."""
    unedited = example_values(wanted)
    if uses_example_provider(document):
        unedited.append("providers")
    if unedited:
        raise click.ClickException(
            f"{file_name}: still the example's: {', '.join(unedited)}. Put in the clinic's own."
        )


@clinic.command("holidays")
@click.argument("year", type=click.IntRange(2026, 2099))
def write_holidays(year: int) -> None:
    """Close the clinic on the US federal holidays of YEAR. Dates that are closed stay as they are.

    Open it again on those you work on: settings, "Closures".
    """
    # Loaded only here: it takes long, and no server needs it.
    known = import_module("intake.scheduling.federal").federal_holidays(year)
    with unit_of_work():
        added = close_each(known, actor="command line", now=clock.now())
    for day, label in added.items():
        click.echo(f"{day:%a, %b %-d, %Y}  {label}")
    click.echo(f"{len(added)} added, {len(known) - len(added)} known already.")


users = ClinicGroup("users", help="Invite staff and let them in.")


@users.command("invite")
@click.argument("email")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice(ROLES))
@click.option("--name", default="", help="What colleagues see; the address if left out.")
def invite(email: str, roles: tuple[str, ...], name: str) -> None:
    """Mail EMAIL a link to choose a password. Give --role once for each role."""
    try:
        validate_email(email, check_deliverability=False, test_environment=True)
        with unit_of_work():
            account_service.invite(
                email,
                name or email,
                roles=roles,
                clinic=current_clinic(),
                actor="command line",
                now=clock.now(),
            )
    except account_service.EmailTaken:
        raise click.ClickException(
            f"{email} has an account already. For a new password: users reset {email}"
        ) from None
    except EmailNotValidError:
        raise click.BadParameter(f"{email} is not an e-mail address.") from None
    except ClinicSettingsError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"An invitation to {email} is on its way.")


@users.command("reset")
@click.argument("email")
def reset(email: str) -> None:
    """Mail EMAIL a link to choose a new password. The old one works until then."""
    try:
        with unit_of_work():
            is_known = account_service.forgot_password(
                email, current_clinic(), actor="command line", now=clock.now()
            )
    except ClinicSettingsError as error:
        raise click.ClickException(str(error)) from None
    if not is_known:
        raise click.ClickException(f"There is no active user {email}.")
    click.echo(f"A link to a new password is on its way to {email}. It works for 30 minutes.")


@users.command("login-link")
@click.argument("email")
def login_link(email: str) -> None:
    """Print a link that signs EMAIL in once. Development only."""
    if settings().is_production:
        raise click.ClickException("Production gives out no sign-in links. Use: users invite")
    user = user_by_email(email)
    if user is None:
        raise click.ClickException(f"There is no user {email}.")
    with unit_of_work():
        click.echo(account_service.sign_in_link(user, now=clock.now()))
