"""Running migrations. Only commands load this: web processes are spared Alembic and its like."""

from pathlib import Path

import flask_migrate
from flask import Flask, current_app

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


def upgrade() -> None:
    """Bring the current application's database up to date."""
    _ensure_registered()
    flask_migrate.upgrade()


def downgrade(revision: str) -> None:
    """Take the current application's database back to a revision; "base" leaves no tables."""
    _ensure_registered()
    flask_migrate.downgrade(revision=revision)


def _ensure_registered() -> None:
    if "migrate" not in current_app.extensions:
        register(current_app)
