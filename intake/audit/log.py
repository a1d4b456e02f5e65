"""Writing the audit log: append-only, each entry chained to the one before it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Dialect, select

from intake.audit.chain import Entry, Head, Walk, chain_value
from intake.audit.models import AuditEntry
from intake.core import bulk
from intake.core.db import db
from intake.core.encryption import KeyRing, key_ring
from intake.core.logs import current_request_id

TABLE = AuditEntry.metadata.tables[AuditEntry.__tablename__]
LAST = "SELECT seq, chain FROM audit_log ORDER BY seq DESC LIMIT 1"
COLUMNS = (*Entry._fields, "chain")
IN_ORDER = select(*(TABLE.c[name] for name in COLUMNS)).order_by(TABLE.c.seq)
ADD = TABLE.insert()
BATCH = 2000
_CHAIN_LOCK = 7_264_001
"""Key of the PostgreSQL advisory lock that lets one transaction at a time extend the chain."""


def record(
    action: str,
    *,
    actor: str,
    now: datetime,
    subject_id: UUID | None = None,
    detail: str = "",
) -> None:
    """Add an entry in the current unit of work.

    `detail` holds words of ours ("level urgent"), never what a patient entered.
    """
    connection = db.session.connection()
    seq, previous = _end_of_chain(connection)
    entry = Entry(seq, now, actor, action, subject_id, detail, current_request_id())
    _add(connection, _row(entry, previous, chain_key(key_ring())))


def extend(entries: Iterable[Mapping[str, Any]]) -> None:
    """Add many entries of no web request in the current unit of work, each by its columns."""
    connection = db.session.connection()
    seq, previous = _end_of_chain(connection)
    key, rows = chain_key(key_ring()), []
    for number, values in enumerate(entries, seq):
        row = _row(Entry(seq=number, request_id="", **values), previous, key)
        rows.append(row)
        previous = row["chain"]
    if rows:
        bulk.insert(bulk.bound(TABLE, rows, connection.dialect), connection)


def _row(entry: Entry, previous: str, key: bytes) -> dict[str, Any]:
    return dict(zip(COLUMNS, (*entry, chain_value(entry, previous, key)), strict=True))


def _add(connection: Connection, row: dict[str, Any]) -> None:
    """By the driver's own statement: every look at a record waits for it."""
    statement, order, of_driver = _statement(connection.dialect)
    for name, change in of_driver.items():
        row[name] = change(row[name])
    connection.exec_driver_sql(statement, tuple(row[name] for name in order) if order else row)


@cache
def _statement(dialect: Dialect) -> tuple[str, Sequence[str], Mapping[str, Callable[[Any], Any]]]:
    """ADD as the driver takes it, the order of its values unless they are named, and what turns
    values into those of the driver."""
    compiled = ADD.compile(dialect=dialect)
    changes = {each.name: each.type.dialect_impl(dialect) for each in TABLE.columns}
    changed = {name: kind.bind_processor(dialect) for name, kind in changes.items()}
    of_driver = {name: change for name, change in changed.items() if change}
    return compiled.string, compiled.positiontup or (), of_driver


def _end_of_chain(connection: Connection) -> tuple[int, str]:
    """The number of the next entry and the chain value before it; nobody else adds one now."""
    if connection.dialect.name == "postgresql":
        # SQLite needs no lock: its writers come one at a time.
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_CHAIN_LOCK})")
    last = connection.exec_driver_sql(LAST).first()
    return (last[0] + 1, last[1]) if last else (1, "")


def head() -> Head:
    """The last entry's number and chain value; 0 and "" while there is none."""
    last = db.session.connection().exec_driver_sql(LAST).first()
    return Head(*last) if last else Head(0, "")


def verify(heads: Mapping[int, str] | None = None) -> Walk:
    """Walk along the whole log, entry by entry; the walk says where it ended and what is wrong.

    `heads`: how chain values begin that were published, by the number of their entry.
    """
    walk = Walk(chain_key(key_ring()), heads)
    for *values, chain in db.session.execute(IN_ORDER, execution_options={"yield_per": BATCH}):
        walk.step(Entry(*values), chain)
    walk.end()
    return walk


def fits_keys() -> bool:
    """Whether the log was begun with our keys: the key file belongs to the database."""
    first = db.session.execute(IN_ORDER.limit(1)).first()
    if first is None:
        return True
    *values, chain = first
    return bool(chain == chain_value(Entry(*values), "", chain_key(key_ring())))


def chain_key(ring: KeyRing) -> bytes:
    """The key of the chain."""
    return ring.derive("audit chain")
