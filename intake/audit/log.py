"""Writing the audit log: append-only, each entry chained to the one before it."""

import hmac
from collections.abc import Iterable, Mapping
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import select, text

from intake.audit.models import AuditEntry
from intake.core.db import db, is_postgresql
from intake.core.encryption import key_ring
from intake.core.logs import current_request_id

LAST = select(AuditEntry.seq, AuditEntry.chain).order_by(AuditEntry.seq.desc()).limit(1)
ADD = AuditEntry.metadata.tables[AuditEntry.__tablename__].insert()
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
    entry = AuditEntry(
        seq=seq,
        at=now,
        actor=actor,
        action=action,
        subject_id=subject_id,
        detail=detail,
        request_id=current_request_id(),
    )
    entry.chain = chain_value(entry, previous, _chain_key())
    # A statement of its own: a flush of the session takes three times as long.
    db.session.execute(ADD, {each.name: getattr(entry, each.name) for each in ADD.table.columns})


def extend(entries: Iterable[Mapping[str, Any]]) -> None:
    """Add many entries of no web request in the current unit of work, each by its columns."""
    seq, previous = _end_of_chain()
    key, rows = _chain_key(), []
    for number, values in enumerate(entries, seq):
        row = {**values, "seq": number, "request_id": ""}
        previous = chain_value(SimpleNamespace(**row), previous, key)
        rows.append({**row, "chain": previous})
    if rows:
        db.session.execute(ADD, rows)


def _end_of_chain() -> tuple[int, str]:
    """The number of the next entry and the chain value before it; nobody else adds one now."""
    if is_postgresql():
        # SQLite needs no lock: its writers come one at a time.
        db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _CHAIN_LOCK})
    last = db.session.execute(LAST).first()
    return (last.seq + 1, last.chain) if last else (1, "")


def verify() -> int | None:
    """The number of the first entry that does not fit the chain, or None when all fit."""
    key, previous, expected = _chain_key(), "", 1
    for entry in db.session.scalars(select(AuditEntry).order_by(AuditEntry.seq)):
        if entry.seq != expected or entry.chain != chain_value(entry, previous, key):
            return entry.seq
        previous, expected = entry.chain, expected + 1
    return None


def chain_value(entry: AuditEntry | SimpleNamespace, previous: str, key: bytes) -> str:
    """The chain value an entry must carry after `previous`."""
    parts = (
        entry.seq,
        entry.at.isoformat(),
        entry.actor,
        entry.action,
        entry.subject_id or "",
        entry.detail,
        entry.request_id,
        previous,
    )
    message = "\x1f".join(str(part) for part in parts).encode()
    return hmac.digest(key, message, "sha256").hex()


def _chain_key() -> bytes:
    extensions = current_app.extensions
    if "audit_key" not in extensions:
        extensions["audit_key"] = key_ring().derive("audit chain")
    key: bytes = extensions["audit_key"]
    return key
