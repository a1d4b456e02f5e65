"""Where sealed fields lie in a database, and which keys they were sealed with."""

from collections.abc import Iterable, Iterator

from sqlalchemy import Column, ColumnElement, Connection, Select, Table, exists, func, not_, select

from intake.core.encryption import SEALED, KeyRing, mark_of


def sealed_columns(tables: Iterable[Table]) -> Iterator[Column[bytes | None]]:
    """The columns that hold sealed fields; their tables have the row's `id`."""
    for table in tables:
        yield from (each for each in table.columns if each.name.endswith(SEALED))


def is_sealed_with(column: Column[bytes | None], key_id: str) -> ColumnElement[bool]:
    """Whether the field was sealed with that key."""
    mark = mark_of(key_id)
    return func.substr(column, 1, len(mark)) == mark


def keys_in_use(connection: Connection, tables: Iterable[Table], ring: KeyRing) -> set[str]:
    """The ids of the ring's keys that some field in these tables needs."""
    columns = list(sealed_columns(tables))
    return {
        key_id
        for key_id in ring.fields
        if any(connection.scalar(_has_any(column, key_id)) for column in columns)
    }


def sealed_with_others(connection: Connection, tables: Iterable[Table], ring: KeyRing) -> int:
    """How many fields were sealed with a key that is not on the ring."""
    counts = (
        select(func.count()).where(column.is_not(None), *_by_none_of(ring, column))
        for column in sealed_columns(tables)
    )
    return sum(connection.scalar(each) or 0 for each in counts)


def _by_none_of(ring: KeyRing, column: Column[bytes | None]) -> Iterator[ColumnElement[bool]]:
    return (not_(is_sealed_with(column, key_id)) for key_id in ring.fields)


def _has_any(column: Column[bytes | None], key_id: str) -> Select[tuple[bool]]:
    return select(exists().where(is_sealed_with(column, key_id)))
