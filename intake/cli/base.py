"""What commands share: the settings, and that most of them need a clinic."""

from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup, ScriptInfo
from sqlalchemy.exc import OperationalError, ProgrammingError

from config import Settings
from intake.core.instance import demand_instance


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
