"""Writing the audit log: append-only, each entry chained to the one before it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import select, text

from intake.audit.chain import Entry, Head, Walk, chain_value
from intake.audit.models import AuditEntry
from intake.core.db import db, is_postgresql
from intake.core.encryption import KeyRing, key_ring
from intake.core.logs import current_request_id

TABLE = AuditEntry.metadata.tables[AuditEntry.__tablename__]
LAST = select(TABLE.c.seq, TABLE.c.chain).order_by(TABLE.c.seq.desc()).limit(1)
IN_ORDER = select(*(TABLE.c[name] for name in (*Entry._fields, "chain"))).order_by(TABLE.c.seq)
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
    seq, previous = _end_of_chain()
    entry = Entry(seq, now, actor, action, subject_id, detail, current_request_id())
    # A statement of its own: a flush of the session takes three times as long.
    db.session.execute(ADD, _row(entry, previous, _chain_key()))


def extend(entries: Iterable[Mapping[str, Any]]) -> None:
    """Add many entries of no web request in the current unit of work, each by its columns."""
    seq, previous = _end_of_chain()
    key, rows = _chain_key(), []
    for number, values in enumerate(entries, seq):
        row = _row(Entry(seq=number, request_id="", **values), previous, key)
        rows.append(row)
        previous = row["chain"]
    if rows:
        db.session.execute(ADD, rows)


def _row(entry: Entry, previous: str, key: bytes) -> dict[str, Any]:
    return {**entry._asdict(), "chain": chain_value(entry, previous, key)}


def _end_of_chain() -> tuple[int, str]:
    """The number of the next entry and the chain value before it; nobody else adds one now."""
    if is_postgresql():
        # SQLite needs no lock: its writers come one at a time.
        db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _CHAIN_LOCK})
    last = head()
    return last.seq + 1, last.chain


def head() -> Head:
    """The last entry's number and chain value; 0 and "" while there is none."""
    last = db.session.execute(LAST).first()
    return Head(*last) if last else Head(0, "")


def verify(heads: Mapping[int, str] | None = None) -> Walk:
    """Walk along the whole log, entry by entry; the walk says where it ended and what is wrong.

    `heads`: how chain values begin that were published, by the number of their entry.
    """
    walk = Walk(_chain_key(), heads)
    for *values, chain in db.session.execute(IN_ORDER, execution_options={"yield_per": BATCH}):
        walk.step(Entry(*values), chain)
    walk.end()
    return walk


def chain_key(ring: KeyRing) -> bytes:
    """The key of the chain."""
    return ring.derive("audit chain")


def _chain_key() -> bytes:
    extensions = current_app.extensions
    if "audit_key" not in extensions:
        extensions["audit_key"] = chain_key(key_ring())
    key: bytes = extensions["audit_key"]
    return key
