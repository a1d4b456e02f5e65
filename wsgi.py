"""The application object for gunicorn and the `flask` command."""

import gc

gc.disable()  # what is imported stays: looking for garbage in it takes a quarter of the start

import os
import sys
from contextlib import suppress

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from config import Settings, SettingsError, load
from intake.app import create_app
from intake.core.encryption import KeyRingError
from intake.core.instance import keep_to_owner
from intake.ops import UnsafeStart, demand_safety
from intake.screening.errors import InstrumentError

CANNOT_START = 3
"""The exit status at which gunicorn gives up instead of starting its worker again and again."""


def start(settings: Settings) -> Flask:
    """The application, if it may serve people here."""
    keep_to_owner(settings.instance)
    application = create_app(settings)
    if settings.is_production and not settings.from_command_line:
        # A database that is away for a moment must not end a server that ran well till then: it
        # comes back by itself, and /ready says when.
        with application.app_context(), suppress(SQLAlchemyError):
            demand_safety()
    return application


try:
    app = start(load(os.environ))
except (SettingsError, KeyRingError, InstrumentError, UnsafeStart) as error:
    print(error, file=sys.stderr)  # noqa: T201
    sys.exit(CANNOT_START)
gc.collect()
gc.freeze()
gc.enable()
