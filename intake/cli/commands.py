"""All commands of `flask --app wsgi`."""

from flask import Flask

from intake.cli.audit import audit
from intake.cli.exports import export, figures
from intake.cli.keys import keys
from intake.cli.running import doctor, messages, purge, serve, worker
from intake.cli.scores import score, triage
from intake.cli.setup import clinic
from intake.cli.users import users

COMMANDS = (
    *(score, triage, serve, worker, purge, doctor, messages),
    *(users, keys, clinic, export, figures, audit),
)


def register_commands(app: Flask) -> None:
    """Add the commands to the application."""
    for command in COMMANDS:
        app.cli.add_command(command)
