"""Fixtures for all tests: the application on SQLite and on PostgreSQL, clients, time."""

import gc
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import text

import config
from intake.accounts import recovery_codes
from intake.app import create_app, register_tools
from intake.core.db import db, unit_of_work
from intake.core.migrations import upgrade
from intake.development.example import create_example
from tests import postgres
from tests.browse import Browser
from tests.factories import MONDAY_MORNING

DATABASES = ("sqlite", "postgresql")
CHEAP_HASHING = {"argon2__memory_cost": 1024, "argon2__time_cost": 1}
"""Real hashing takes a quarter of a second, and tests do it hundreds of times."""

gc.disable()  # until all tests are collected: it takes two thirds of the time then


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """More workers than cores: many tests wait for processes, timeouts and a browser."""
    return (os.cpu_count() or 1) * 3 // 2


def pytest_collection_finish(session: pytest.Session) -> None:
    """What was collected stays, so nobody need look for garbage in it."""
    gc.collect()
    gc.freeze()
    gc.enable()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what touches the database on both; what is marked as being about something else on one,
    and so the web tests, whose point is the page."""
    if "database" in metafunc.fixturenames:
        folder = Path(metafunc.definition.path).relative_to(Path(__file__).parent).parts[0]
        marked = metafunc.definition.get_closest_marker
        both = marked("both") or (folder in ("subjects", "faults") and not marked("sqlite"))
        metafunc.parametrize("database", DATABASES if both else DATABASES[:1], scope="session")


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    with postgres.server() as address:
        yield address


@pytest.fixture(scope="session")
def make_app(tmp_path_factory: pytest.TempPathFactory):
    """Build an application with its own instance folder; settings as environment variables."""
    static = tmp_path_factory.mktemp("static")

    def make(**environ: str) -> Flask:
        instance = tmp_path_factory.mktemp("instance")
        (instance / "static").symlink_to(static)
        environ = {
            "INTAKE_ENV": "development",
            "INSTANCE": str(instance),
            **environ,
        }
        settings = config.load(environ)
        app = create_app(settings)
        if not settings.from_command_line:
            register_tools(app, settings)
        if security := app.extensions.get("security"):
            security.pwd_context = security.pwd_context.using(**CHEAP_HASHING)
            recovery_codes.hasher = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1)
        return app

    return make


@pytest.fixture(scope="session")
def migrated_app(database: str, make_app, request: pytest.FixtureRequest) -> Flask:
    """An application on a migrated database with the example clinic; shared, so never change it."""
    if database == "sqlite":
        app = make_app()
    else:
        address = request.getfixturevalue("postgresql_server")
        app = make_app(INTAKE_DATABASE_URL=postgres.create_database(address))
    with app.app_context():
        upgrade()
        with unit_of_work():
            create_example(now=MONDAY_MORNING)
        Snapshot(app).save()
    return app


@pytest.fixture
def app(migrated_app: Flask) -> Iterator[Flask]:
    """The application with a fresh database."""
    Snapshot(migrated_app).restore()
    migrated_app.extensions.pop("remembered", None)
    with migrated_app.app_context():
        yield migrated_app
        db.session.remove()
    with migrated_app.app_context():
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> Browser:
    """A browser without JavaScript that checks every page it is shown."""
    return Browser(app)


class Snapshot:
    """The rows of the example clinic: saved once, put back before each test."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def save(self) -> None:
        if self._file is not None:
            db.session.remove()
            db.engine.dispose()
            shutil.copy(self._file, f"{self._file}.snapshot")
            return
        self.app.extensions["snapshot"] = postgres.save_rows(db.engine, db.metadata)
        db.session.remove()

    def restore(self) -> None:
        with self.app.app_context():
            db.engine.dispose()
            if self._file is not None:
                for suffix in ("", "-wal", "-shm"):
                    Path(f"{self._file}{suffix}").unlink(missing_ok=True)
                shutil.copy(f"{self._file}.snapshot", self._file)
                return
            with db.engine.begin() as connection:
                connection.execute(text(self.app.extensions["snapshot"]))

    @property
    def _file(self) -> str | None:
        return db.engine.url.database if db.engine.dialect.name == "sqlite" else None
