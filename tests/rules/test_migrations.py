"""Migrations and models say the same, upwards and downwards, on both databases."""

import warnings

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text

from intake.core.db import Base, db, writing
from intake.core.migrations import downgrade, upgrade

pytestmark = pytest.mark.both


def test_the_migrated_schema_is_the_models_schema(app):
    with db.engine.connect() as connection, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        options = {"compare_type": True, "include_object": _is_comparable}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Base.metadata) == []


DESCENDING = {
    "ix_submissions_queue": "queue_rank DESC, waiting_since",
    "ix_messages_due": "is_alarm DESC, due_at",
}


def _is_comparable(_object, name, *_details):
    # A descending column cannot be read back; the test below looks for it by name.
    return name not in DESCENDING


@pytest.mark.parametrize(("name", "order"), DESCENDING.items())
def test_an_index_is_in_the_order_of_its_list(app, name, order):
    statement = (
        "SELECT indexdef FROM pg_indexes WHERE indexname = :name"
        if db.engine.dialect.name == "postgresql"
        else "SELECT sql FROM sqlite_master WHERE name = :name"
    )
    assert order in db.session.execute(text(statement), {"name": name}).scalar_one()


def test_going_down_leaves_nothing_and_up_works_again(app):
    db.session.remove()
    downgrade(revision="base")
    assert inspect(db.engine).get_table_names() == ["alembic_version"]
    upgrade()
    assert "submissions" in inspect(db.engine).get_table_names()


def test_a_migration_that_fails_half_way_leaves_nothing_behind(app):
    """On SQLite too, which by default would keep the first half."""
    with pytest.raises(ZeroDivisionError), writing(), db.engine.begin() as connection:
        connection.execute(text("ALTER TABLE users ADD COLUMN half INTEGER"))
        raise ZeroDivisionError
    assert "half" not in {column["name"] for column in inspect(db.engine).get_columns("users")}
