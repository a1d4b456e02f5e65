"""`make run`: an example clinic with web server, worker and mail catcher, all at once."""

import argparse
import os
import socket
import sys
from pathlib import Path

from flask import Flask

from config import Settings, SettingsError, load, read_file
from intake.accounts.service import sign_in_link
from intake.app import create_app
from intake.core import clock
from intake.core.db import unit_of_work
from intake.core.instance import keep_to_owner
from intake.core.migrations import upgrade
from intake.development.example import EXAMPLE_USERS, create_example, example_user
from intake.development.supervisor import Child, supervise
from intake.ops import readiness_problem

FIRST_SMTP_PORT = 1025


def main() -> None:
    """Prepare and run until interrupted; exits with a message when it cannot start."""
    _read_arguments()
    try:
        if _is_taken(_host(), _port()):
            raise SettingsError(f"Port {_port()} is in use. Choose another one: PORT=5001 make run")
        settings = _development_settings()
    except SettingsError as error:
        sys.exit(str(error))
    _say(f"Preparing the example clinic in {settings.instance} ...")
    app = create_app(settings)
    with app.app_context():
        upgrade()
        with unit_of_work():
            create_example(now=clock.now())
        problem = readiness_problem()
    if problem:
        sys.exit(problem)
    _say("Starting web server, mail worker and mail catcher ...")
    supervise(
        _children(settings),
        ready_url=f"http://{_host()}:{_port()}/ready",
        on_ready=lambda: _print_addresses(app, settings),
    )


def _read_arguments() -> None:
    """Print what this does where that is asked; refuse all else, since there is nothing to set."""
    argparse.ArgumentParser(
        prog="python -m intake",
        description="Run an example clinic: web server, mail worker and mail catcher, for trying.",
        epilog="HOST, PORT and INSTANCE are read from the environment: PORT=5001 make run",
        allow_abbrev=False,
    ).parse_args()


def _host() -> str:
    return os.environ.get("HOST") or "127.0.0.1"


def _port() -> int:
    text = os.environ.get("PORT") or "5000"
    if not (text.isascii() and text.isdigit() and int(text) < 65536):
        raise SettingsError("PORT must be a number below 65536, such as 5001.")
    return int(text)


def _development_settings() -> Settings:
    """The settings of this instance, which becomes a development instance if it is new.

    They are written to its settings file, so that commands typed beside it find the same ones.
    """
    instance = Path(os.environ.get("INSTANCE") or "instance").resolve()
    os.environ.setdefault("INTAKE_SMTP_PORT", str(_free_port(FIRST_SMTP_PORT)))
    settings = load(
        {"INTAKE_ENV": "development", **read_file(instance / "settings.env"), **os.environ}
    )
    if settings.is_production:
        raise SettingsError(f"{instance} is set up for production; make run is for trying only.")
    keep_to_owner(instance)
    instance.mkdir(parents=True, exist_ok=True)
    _keep_settings(
        instance / "settings.env",
        {
            "INTAKE_ENV": "development",
            "HOST": _host(),
            "PORT": str(_port()),
            "INTAKE_SMTP_PORT": str(settings.smtp.port),
        },
    )
    return settings


def _keep_settings(path: Path, ours: dict[str, str]) -> None:
    """Write our settings into the file; lines about anything else stay as they are."""
    before = path.read_text("utf-8").splitlines() if path.exists() else []
    others = [line for line in before if line.split("=", 1)[0].strip() not in ours]
    lines = [f"{name}={value}" for name, value in ours.items()]
    path.write_text("\n".join((*lines, *others, "")), "utf-8")


def _free_port(first: int) -> int:
    return next(port for port in range(first, 65535) if not _is_taken("127.0.0.1", port))


def _is_taken(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False


def _children(settings: Settings) -> list[Child]:
    python = sys.executable
    flask = [python, "-m", "flask", "--app", "wsgi"]
    mail_folder = str(settings.instance / "mail")
    catcher = [python, "-m", "intake.development.catcher", str(settings.smtp.port), mail_folder]
    return [
        Child("mail catcher", catcher),
        Child("worker", [*flask, "worker"]),
        Child("web", [*flask, "serve", "--bind", f"{_host()}:{_port()}"]),
    ]


def _print_addresses(app: Flask, settings: Settings) -> None:
    with app.app_context(), unit_of_work():
        links = {
            email: sign_in_link(example_user(email), now=clock.now())
            for email, _name, _roles in EXAMPLE_USERS
        }
    lines = [
        "",
        f"  Patients   {settings.base_url}/",
        f"  Staff      {settings.staff_base_url}/staff/",
        *(f"    sign in once as {email}: {link}" for email, link in links.items()),
        f"  Mail       {settings.base_url}/dev/mail/",
        "",
        "  Ctrl-C stops everything.",
        "",
    ]
    _say("\n".join(lines))


def _say(words: str) -> None:
    print(words, flush=True)  # noqa: T201  this is the command's output


if __name__ == "__main__":
    main()
