"""Checking a backup by itself: it opens, all rows are there, the audit log is whole, fields open.

One pass, in constant memory, without a database.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from pathlib import Path
from uuid import UUID

from intake.audit import chain, log
from intake.core.encryption import SEALED, KeyRing, UnreadableField
from intake.safekeeping.sealed_file import DamagedBackup, Head, read_head, reading
from intake.safekeeping.tables import Reader, Row, Rows


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What was found in a backup that is whole."""

    head: Head
    counts: dict[str, int]
    """Rows by table."""
    audit_head: chain.Head
    faults: list[str]
    """What was wrong with the database when the backup was made, in words; mostly nothing."""


def check(path: Path, ring: KeyRing) -> Checked:
    """Read all of it. Raises DamagedBackup, OtherKeys, and OSError."""
    counts, unreadable = Counter[str](), Counter[str]()
    walk = chain.Walk(log.chain_key(ring))
    with reading(path, ring) as lines:
        reader = Reader(lines)
        for rows in reader.tables():
            look = _follow(walk, rows) if _is_log(rows) else _open_fields(ring, rows, unreadable)
            counts[rows.table] = 0
            for row in rows.rows:
                look(row)
                counts[rows.table] += 1
    if reader.end.get("counts") != counts:
        raise DamagedBackup(f"{path.name} does not hold the rows that it should.")
    faults = [*reader.end["faults"], *([f"audit log: {walk.fault}"] if walk.fault else [])]
    faults += [f"{number} of {name} do not open" for name, number in unreadable.items()]
    head = read_head(path)
    return Checked(head=head, counts=dict(counts), audit_head=walk.head, faults=faults)


def _is_log(rows: Rows) -> bool:
    return rows.table == log.TABLE.name


def _follow(walk: chain.Walk, rows: Rows) -> Callable[[Row], None]:
    """What follows the audit log, row by row."""
    values = itemgetter(*map(rows.columns.index, (*chain.Entry._fields, "chain")))

    def look(row: Row) -> None:
        seq, at, actor, action, subject_id, detail, request_id, value = values(row)
        subject = UUID(subject_id) if subject_id else None
        instant = datetime.fromisoformat(f"{at}+00:00")
        walk.step(chain.Entry(seq, instant, actor, action, subject, detail, request_id), value)

    return look


def _open_fields(ring: KeyRing, rows: Rows, unreadable: Counter[str]) -> Callable[[Row], None]:
    """What opens the sealed fields of a table, row by row, and counts those that do not."""
    sealed = [(rows.columns.index(name), name) for name in rows.columns if name.endswith(SEALED)]
    row_id = rows.columns.index("id") if sealed else 0

    def look(row: Row) -> None:
        for place, name in sealed:
            try:
                if row[place] is not None:
                    column = name.removesuffix(SEALED)
                    ring.open(row[place], f"{rows.table}|{column}|{UUID(row[row_id])}")
            except UnreadableField:
                unreadable[f"{rows.table}.{name}"] += 1

    return look
