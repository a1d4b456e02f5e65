"""A new key for all sealed fields, while everything runs; and retiring the old one.

Hashes by which people are found, the audit log and cookies have keys of their own, made from the
root of the key file. They do not change.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Table, bindparam, func, not_, select, update

from intake.audit import log
from intake.core import key_file
from intake.core.db import Base, db, unit_of_work
from intake.core.encryption import SEALED, UnreadableField, key_ring
from intake.core.sealed_columns import is_sealed_with, keys_in_use, sealed_columns
from intake.safekeeping.folder import good_ones
from intake.safekeeping.sealed_file import fingerprint, read_head

BATCH = 200
"""Fields sealed in one transaction: others wait some milliseconds at most."""
PAUSE = 0.01
"""Seconds between two transactions, in which others write."""
SETTLED = timedelta(minutes=5)
"""How long a key file must have stood unchanged until no process seals with an older key."""
ACTOR = "command line"

Field = tuple[UUID, bytes]


class StillNeeded(Exception):
    """A key cannot be retired; the message says for what it is needed."""


@dataclass(frozen=True)
class Begun:
    """A rotation, new or gone on with."""

    key_id: str
    is_resumed: bool


def begin(path: Path, *, now: datetime) -> Begun:
    """Add a key, unless one was added for which not all fields are sealed anew yet."""
    is_resumed = key_file.is_unfinished(path)
    if not is_resumed:
        key_id = key_file.add_key(path)
        with unit_of_work():
            log.record("key added", actor=ACTOR, now=now, detail=key_id)
    return Begun(key_ring(at_once=True).primary, is_resumed)


def fields_to_seal() -> int:
    """How many fields are sealed with an older key."""
    waiting = (
        select(func.count()).where(_is_older(column)) for column in sealed_columns(_tables())
    )
    return sum(db.session.scalar(each) or 0 for each in waiting)


def seal_anew() -> Iterator[int]:
    """Seal them with the newest key, batch by batch; yields how many fields each one had.

    A field that somebody else has written meanwhile stays as they wrote it. One that does not open
    stays, too.
    """
    for column in sealed_columns(_tables()):
        last: UUID | None = None
        while fields := _next(column, last):
            with unit_of_work():
                _seal(column, fields)
            last = fields[-1][0]
            yield len(fields)
            time.sleep(PAUSE)


def finish(path: Path, *, now: datetime) -> int:
    """Say that all is sealed anew; returns how many fields could not be."""
    left = fields_to_seal()
    key_file.finish(path)
    with unit_of_work():
        words = f"{key_ring().primary}, {left} left"
        log.record("fields sealed anew", actor=ACTOR, now=now, detail=words)
    return left


def retire(path: Path, key_id: str, *, backups: Path | None, now: datetime) -> None:
    """Take a key off the ring; raises StillNeeded. `backups`: the folder to look through."""
    ring = key_ring(at_once=True)
    if key_id not in ring.fields:
        raise StillNeeded(f"There is no key {key_id} on the ring.")
    if key_id == ring.primary or key_file.is_unfinished(path):
        raise StillNeeded("Run first: flask --app wsgi keys rotate")
    if now - datetime.fromtimestamp(path.stat().st_mtime, UTC) < SETTLED:
        raise StillNeeded("The key file has just changed. Wait five minutes.")
    if backups is not None and (count := _backups_with(key_id, backups)):
        raise StillNeeded(f"Backups in {backups} that need {key_id}: {count}.")
    with unit_of_work() as session:
        if key_id in keys_in_use(session.connection(), _tables(), ring):
            raise StillNeeded(f"Fields are sealed with {key_id}. Run: flask --app wsgi keys rotate")
        log.record("key retired", actor=ACTOR, now=now, detail=key_id)
        key_file.remove_key(path, key_id)


def _backups_with(key_id: str, folder: Path) -> int:
    heads = (read_head(each.path) for each in good_ones(folder))
    ours = fingerprint(key_ring())
    return sum(1 for head in heads if head.ring == ours and key_id in head.keys)


def _tables() -> Sequence[Table]:
    return Base.metadata.sorted_tables


def _is_older(column: Column[bytes | None]) -> ColumnElement[bool]:
    return not_(is_sealed_with(column, key_ring().primary))


def _next(column: Column[bytes | None], last: UUID | None) -> Sequence[Field]:
    """The next fields with an older key, in the order of their rows; NULL is not among them."""
    row_id = column.table.c.id
    found = select(row_id, column).where(_is_older(column)).order_by(row_id).limit(BATCH)
    if last is not None:
        found = found.where(row_id > last)
    return [(each.id, each[1]) for each in db.session.execute(found)]


def _seal(column: Column[bytes | None], fields: Sequence[Field]) -> None:
    table, ring = column.table, key_ring()
    anew = []
    for row_id, sealed in fields:
        place = f"{table.name}|{column.name.removesuffix(SEALED)}|{row_id}"
        try:
            new = ring.seal(ring.open(sealed, place), place)
        except UnreadableField:
            continue
        anew.append({"row": row_id, "old": sealed, "new": new})
    if anew:
        is_same = (table.c.id == bindparam("row")) & (column == bindparam("old"))
        put = update(table).where(is_same).values({column: bindparam("new")})
        db.session.connection().execute(put, anew)
