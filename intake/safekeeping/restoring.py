"""Putting a backup back, onto SQLite or PostgreSQL, whichever it was made from."""

from collections import Counter
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from intake.audit import log
from intake.core.db import is_postgresql, unit_of_work
from intake.core.encryption import KeyRing
from intake.core.migrations import downgrade, upgrade
from intake.safekeeping.checking import Checked, check
from intake.safekeeping.sealed_file import reading
from intake.safekeeping.tables import Reader, count, count_on, load

TRANSIENT = frozenset({"heartbeats", "allowances"})
"""What processes write by themselves, before there is a clinic."""

CACHE_KILOBYTES = 65_536
"""SQLite's own 2 MB are too few for the indexes of a large clinic."""


class IsLive(Exception):
    """The database holds a clinic, and nobody said that it may go."""


class RestoreFailed(Exception):
    """The database did not take the backup as it is; nothing was changed."""


def restore(path: Path, ring: KeyRing, *, replace: bool, now: datetime) -> Checked:
    """Check the backup, then put all of it back in one transaction, or nothing.

    Steps: 1. the whole file is checked; 2. tables that are there go, if `replace` says so; 3. the
    migrations make those of the backup's revision; 4. its rows go in; 5. rows are counted, the
    audit log is walked along, and an entry in it says what was done. Raises IsLive,
    RestoreFailed, DamagedBackup, OtherKeys, and CommandError for tables that this version does not
    know.
    """
    checked = check(path, ring)
    with unit_of_work() as session:
        connection = session.connection()
        _hurry(connection)
        if is_live(connection) and not replace:
            raise IsLive
        if inspect(connection).has_table("alembic_version"):
            downgrade("base", connection)
        upgrade(checked.head.revision, connection)
        with reading(path, ring) as lines:
            for rows in Reader(lines).tables():
                load(connection, rows)
        count_on(connection)
        _compare(connection, checked)
        detail = f"backup of {checked.head.made_at}, {checked.audit_head.seq} entries"
        log.record("database restored", actor="command line", now=now, detail=detail)
    return checked


def is_live(connection: Connection) -> bool:
    """Whether somebody has put something into this database."""
    return any(number for name, number in count(connection).items() if name not in TRANSIENT)


def _hurry(connection: Connection) -> None:
    """Do not wait for processes that still use the tables; mind references when all rows are in."""
    if is_postgresql():
        connection.execute(text("SET LOCAL lock_timeout = '10s'; SET LOCAL TIME ZONE 'UTC'"))
    else:
        connection.execute(text("PRAGMA defer_foreign_keys=ON"))
        connection.execute(text(f"PRAGMA cache_size=-{CACHE_KILOBYTES}"))


def _compare(connection: Connection, checked: Checked) -> None:
    """Raise RestoreFailed unless the database holds what the backup does."""
    if +Counter(count(connection)) != +Counter(checked.counts):  # empty tables do not matter
        raise RestoreFailed("Not all rows arrived in the database.")
    if checked.audit_head != log.head():
        raise RestoreFailed("The audit log did not arrive as it was.")
