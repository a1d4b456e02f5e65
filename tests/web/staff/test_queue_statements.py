"""The work queue asks the database as often for forty requests as for two."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import event

from intake.core.db import db
from tests import factories
from tests.browse import Browser

MOST = 12
"""Four for the list, its counts and views, four for the entry in the audit log; the others ask who
is signed in, and for stuck mails."""


@contextmanager
def counting() -> Iterator[list[str]]:
    said: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        said.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


@pytest.mark.both
def test_the_queue_asks_as_often_for_many_as_for_few(app: Flask, desk: Browser) -> None:
    asked = []
    for more in (2, 20):
        for _ in range(more):
            factories.sent()
        desk.get("/staff/")  # what is remembered for seconds is loaded
        with counting() as said:
            desk.get("/staff/")
        asked.append(len(said))
    assert asked[0] == asked[1] <= MOST, said
