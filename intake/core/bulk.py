"""Many rows at once, as the database's driver takes them.

Values are bound where the rows are made, which may be another process than the one that writes.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, Dialect, LargeBinary, Table

Row = Mapping[str, Any]


class Bound(NamedTuple):
    """A statement in words of the driver, and the values of each row."""

    statement: str
    rows: list[tuple[Any, ...]] | list[dict[str, Any]]


def bound(table: Table, rows: Sequence[Row], dialect: Dialect) -> Bound:
    """Rows of a table, all with the same columns; what they leave out has its plain default."""
    columns = [each for each in table.columns if each.name in rows[0] or each.default is not None]
    names = [each.name for each in columns]
    compiled = table.insert().compile(dialect=dialect, column_keys=names)
    ready = list(zip(*(_values(each, rows, dialect) for each in columns), strict=True))
    if compiled.positional:
        return Bound(str(compiled), ready)
    return Bound(str(compiled), [dict(zip(names, row, strict=True)) for row in ready])


def insert(some: Bound, connection: Connection) -> None:
    """Write them, in the transaction of the connection."""
    connection.exec_driver_sql(some.statement, some.rows)


def _values(column: Column[Any], rows: Sequence[Row], dialect: Dialect) -> list[Any]:
    """The values of one column, as the driver takes them."""
    if column.name not in rows[0]:
        values = [getattr(column.default, "arg", None)] * len(rows)
    else:
        values = [row[column.name] for row in rows]
    if isinstance(column.type, LargeBinary):
        return values  # drivers take bytes; what SQLAlchemy makes of them fits into no message
    process = column.type.dialect_impl(dialect).bind_processor(dialect)
    return values if process is None else [process(value) for value in values]
