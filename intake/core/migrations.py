"""Running migrations. Only commands load this: web processes are spared Alembic and its like."""

from pathlib import Path

import flask_migrate
from alembic import command
from alembic.config import Config
from flask import Flask, current_app
from sqlalchemy import Connection

from intake.core.db import db

FOLDER = Path(__file__).parents[2] / "migrations"

OPTIONS = {
    # On SQLite too, a migration that is killed half-way must leave nothing behind.
    "transactional_ddl": True,
    "transaction_per_migration": True,
    "render_as_batch": True,
    "compare_type": True,
}


def register(app: Flask) -> None:
    """Add the `flask db` commands' settings to the application."""
    flask_migrate.Migrate(app, db, directory=str(FOLDER), **OPTIONS)


def upgrade(revision: str = "head", connection: Connection | None = None) -> None:
    """Bring the current application's database up to a revision.

    On a given connection it becomes part of that connection's transaction. Raises CommandError
    when there is no such revision.
    """
    command.upgrade(_config(connection), revision)


def downgrade(revision: str, connection: Connection | None = None) -> None:
    """Take the current application's database back to a revision; "base" leaves no tables."""
    command.downgrade(_config(connection), revision)


def _config(connection: Connection | None) -> Config:
    if "migrate" not in current_app.extensions:
        register(current_app)
    config: Config = current_app.extensions["migrate"].migrate.get_config()
    config.attributes["connection"] = connection
    return config
