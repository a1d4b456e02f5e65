"""Somebody else holds the write lock longer than anyone should wait."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import event, select

from intake.core.db import db
from intake.submissions.models import Submission
from tests.browse import Browser
from tests.web.patient import journey

SHORT = 50
"""Milliseconds that a writer waits in these tests, rather than ten seconds."""


def test_a_locked_database_keeps_what_was_typed(impatient_app):
    browser = Browser(impatient_app)
    browser.client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"  # as browsers say
    journey.to_contact(browser)
    with locked(impatient_app):
        page = browser.submit(**journey.CONTACT | {"given_name": "Dee"})
        assert (page.status, page.headers["Retry-After"]) == (503, "30")
        assert page.fields()["given_name"] == ["Dee"]
        assert browser.submit().status == 503
    assert browser.submit().path == "/request/safety"
    assert stored()["contact"]["given_name"] == "Dee"


def test_a_locked_database_can_still_be_read(impatient_app):
    browser = Browser(impatient_app)
    journey.to_contact(browser)
    with locked(impatient_app):
        assert browser.get("/request/start").fields()["for_whom"] == ["me"]
        assert browser.get("/urgent-help").status == 200


@contextmanager
def locked(app: Flask) -> Iterator[None]:
    """Hold the write lock for the time of a block."""
    connection = sqlite3.connect(app.config["SETTINGS"].instance / "intake.db", timeout=5)
    connection.isolation_level = None
    connection.execute("BEGIN IMMEDIATE")
    yield
    connection.execute("ROLLBACK")
    connection.close()


def stored() -> dict:
    return db.session.scalars(select(Submission)).one().contact


@pytest.fixture
def impatient_app(clinic_on_sqlite) -> Iterator[Flask]:
    """The application on SQLite, with writers that give up soon."""
    clinic_on_sqlite.prepare()
    app = clinic_on_sqlite.app
    with app.app_context():
        db.engine.dispose()

        @event.listens_for(db.engine, "connect")
        def give_up_soon(connection: sqlite3.Connection, _record: object) -> None:
            connection.execute(f"PRAGMA busy_timeout={SHORT}")

        yield app
