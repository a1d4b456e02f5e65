"""Making a backup while everything runs."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, text

from intake.core.db import db, is_postgresql
from intake.core.encryption import KeyRing
from intake.core.sealed_columns import keys_in_use
from intake.safekeeping.checking import Checked, check
from intake.safekeeping.folder import FAULTY, PARTIAL, file_name, opened, prune
from intake.safekeeping.sealed_file import new_head, writing
from intake.safekeeping.tables import dump, end, kept_tables

REVISION = text("SELECT version_num FROM alembic_version")
AT_ONE_MOMENT = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


@dataclass(frozen=True)
class Made:
    """A backup that is in its place."""

    path: Path
    checked: Checked
    pruned: int
    """How many older ones were deleted."""


def make(folder: Path, ring: KeyRing, *, now: datetime, keep: int) -> Made:
    """Write all rows of one moment into a new file, check it, and put it into its place.

    Steps: 1. all is written under another name and reaches the disk; 2. it is read again from its
    first byte to its last (`check`); 3. it gets its name; 4. older ones than the latest `keep` are
    deleted. A backup of a database with faults is kept under a name that ends with `.faulty`, and
    nothing is deleted for it. Raises BusyFolder, DamagedBackup, and OSError; then nothing is left.
    """
    with opened(folder):
        partial = folder / f"{file_name(now)}{PARTIAL}"
        try:
            _write(partial, ring, now)
            checked = check(partial, ring)
            path = folder / f"{file_name(now)}{FAULTY if checked.faults else ''}"
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
        return Made(path, checked, 0 if checked.faults else len(prune(folder, keep)))


def _write(path: Path, ring: KeyRing, now: datetime) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file, snapshot() as connection:
        head = new_head(
            ring,
            made_at=now.astimezone(UTC).isoformat(),
            revision=connection.scalar(REVISION) or "",
            keys=sorted(keys_in_use(connection, kept_tables(connection), ring)),
        )
        with writing(file, head, ring) as lines:
            lines.writelines(lines_of(connection))
        file.flush()
        os.fsync(file.fileno())


def lines_of(connection: Connection) -> Iterator[str]:
    """All that a backup holds, table by table."""
    counts = {}
    for table in kept_tables(connection):
        counts[table.name] = -1  # the first line is no row
        for line in dump(connection, table):
            counts[table.name] += 1
            yield line
    yield end(counts, _faults(connection))


def _faults(connection: Connection) -> list[str]:
    """What SQLite finds wrong with its file. PostgreSQL watches its own by checksums."""
    if is_postgresql():
        return []
    found = connection.scalars(text("PRAGMA integrity_check(5)")).all()
    return [] if list(found) == ["ok"] else [f"SQLite: {each}" for each in found]


@contextmanager
def snapshot() -> Iterator[Connection]:
    """A connection that sees the database as it is now, however it changes; nobody waits for it."""
    options = AT_ONE_MOMENT if is_postgresql() else {}
    with db.engine.connect() as connection:
        yield connection.execution_options(**options)
