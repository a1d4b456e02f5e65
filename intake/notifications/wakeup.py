"""Waking the worker at a commit, so that mails leave at once; its poll is only the safety net.

SQLite counts the commits of all processes, and looking at the count takes microseconds. PostgreSQL
calls: a trigger on the outbox notifies whoever listens. Neither adds a statement to a page.
"""

import logging
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from intake.core.db import db, is_postgresql

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.02
CHANNEL = "messages"


class Bell(Protocol):
    """Something to wait at until there may be mail to send."""

    def wait(self, stop: threading.Event, seconds: float) -> None:
        """Return when somebody has committed since the last call, after `seconds`, or at `stop`."""


@contextmanager
def bell() -> Iterator[Bell]:
    """The bell of the current database."""
    if is_postgresql():
        call = Call()
        try:
            yield call
        finally:
            call.hang_up()
    else:
        look = sqlite3.connect(str(db.engine.url.database), isolation_level=None)
        try:
            yield Count(look)
        finally:
            look.close()


class Count:
    """Looks at SQLite's count of commits, many times a second."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._seen = self._version()

    def wait(self, stop: threading.Event, seconds: float) -> None:
        """Return when the count is another one than at the end of the last call."""
        end = time.monotonic() + seconds
        while self._version() == self._seen and time.monotonic() < end:
            if stop.wait(LOOK_SECONDS):
                return
        self._seen = self._version()

    def _version(self) -> int:
        try:
            version: int = self._connection.execute("PRAGMA data_version").fetchone()[0]
        except sqlite3.Error:
            return -1  # locked for a moment: look again; the poll goes on
        return version


class Call:
    """Listens to PostgreSQL on a connection of its own, and connects again when that is lost."""

    def __init__(self) -> None:
        self._connection: Connection | None = None

    def wait(self, stop: threading.Event, seconds: float) -> None:
        """Return at a call, including one that came since the last wait."""
        try:
            driver = self._listening()
            for _ in driver.notifies(timeout=seconds, stop_after=1):
                return
        except (SQLAlchemyError, db.engine.dialect.loaded_dbapi.Error):
            log.warning("the database does not call; looking for messages every second instead")
            self.hang_up()
            stop.wait(seconds)

    def hang_up(self) -> None:
        """Close the connection; the next wait opens another one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()
            connection.close()

    def _listening(self) -> Any:
        """The driver's own connection, which has been told to listen."""
        if self._connection is None:
            options = db.engine.execution_options(isolation_level="AUTOCOMMIT")
            self._connection = options.connect()
            self._connection.exec_driver_sql(f"LISTEN {CHANNEL}")
        return self._connection.connection.driver_connection
