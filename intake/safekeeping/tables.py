"""The rows of all tables in a form that either database can take: JSON, one row a line.

A table begins with its name, columns, and which of them are bytes. Bytes are base64; ids are 32 hex
digits, instants UTC like "2026-11-23 16:00:00.000000", JSON is text. That is how SQLite keeps them
anyway; PostgreSQL is asked for them so, and understands them.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, cast

from sqlalchemy import (
    JSON,
    Boolean,
    Connection,
    Date,
    DateTime,
    LargeBinary,
    MetaData,
    Table,
    Time,
    Uuid,
    func,
    inspect,
    select,
    text,
)
from sqlalchemy.exc import DBAPIError, OperationalError

LEFT_OUT = frozenset({"alembic_version", "staff_sessions", "sign_in_links"})
"""Migrations set the version. Nothing that lets somebody in comes back with a backup."""
BATCH = 1000

ON_POSTGRESQL = (
    (Uuid, "replace({}::text, '-', '')"),
    (DateTime, "to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"),
    (Time, "to_char({}::interval, 'HH24:MI:SS.US')"),
    (Date, "to_char({}, 'YYYY-MM-DD')"),
    (JSON, "{}::text"),
    (Boolean, "{}::int"),
)
"""How PostgreSQL is asked for what SQLite keeps as text or numbers."""

ORDER = {"appointments": "blocked_from, id"}
"""By time, since SQLite compares a new appointment with all later ones. Others by primary key."""

Row = list[Any]


class RowsRefused(Exception):
    """A table is not as it was when the backup was made; the message names it."""


@dataclass(frozen=True)
class Rows:
    """The rows of one table, to be read once."""

    table: str
    columns: list[str]
    in_bytes: list[int]
    """Which columns hold bytes, by place."""
    rows: Iterator[Row]


def kept_tables(connection: Connection) -> list[Table]:
    """All tables that a backup holds; those that others refer to come first."""
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name not in LEFT_OUT]


def count(connection: Connection) -> dict[str, int]:
    """How many rows each table has."""
    return {
        table.name: connection.scalar(select(func.count()).select_from(table)) or 0
        for table in kept_tables(connection)
    }


def dump(connection: Connection, table: Table) -> Iterator[str]:
    """A table as lines: what it is, then its rows in order."""
    columns = list(table.columns)
    in_bytes = [place for place, each in enumerate(columns) if isinstance(each.type, LargeBinary)]
    yield _line(
        {"table": table.name, "columns": [each.name for each in columns], "bytes": in_bytes}
    )
    wanted = ", ".join(_asked(connection, table, each.name) for each in columns)
    order = ORDER.get(table.name) or ", ".join(each.name for each in table.primary_key)
    query = text(f"SELECT {wanted} FROM {table.name} ORDER BY {order}")  # noqa: S608  # nosec B608: our names
    for row in connection.execute(query, execution_options={"yield_per": BATCH}):
        yield _line(tuple(row))


def end(counts: dict[str, int], faults: list[str]) -> str:
    """The last line: how many rows each table has, and what is wrong with the database."""
    return _line({"counts": counts, "faults": faults})


def _asked(connection: Connection, table: Table, column: str) -> str:
    """A column as it is asked for."""
    name = f"{table.name}.{connection.dialect.identifier_preparer.quote(column)}"
    if connection.dialect.name == "postgresql":
        for kind, asked in ON_POSTGRESQL:
            if isinstance(table.c[column].type, kind):
                return asked.format(name)
    return name


class Reader:
    """Reads the lines of `dump`, table by table, up to the line that ends them."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._next: dict[str, Any] = {}

    def tables(self) -> Iterator[Rows]:
        """Each table; its rows must be read before the next one is asked for."""
        self._next = json.loads(next(self._lines, "{}"))
        while "table" in self._next:
            start = self._next
            self._next = {}
            yield Rows(start["table"], start["columns"], start["bytes"], self._rows(start["bytes"]))

    @property
    def end(self) -> dict[str, Any]:
        """What the last line says; {} when the tables have not ended."""
        return self._next

    def _rows(self, in_bytes: list[int]) -> Iterator[Row]:
        for line in self._lines:
            row = json.loads(line)
            if isinstance(row, dict):
                self._next = row
                return
            for place in in_bytes:
                if row[place] is not None:
                    row[place] = b64decode(row[place])
            yield row


def load(connection: Connection, rows: Rows) -> None:
    """Put the rows into the empty table of that name. Raises RowsRefused, and OperationalError
    when the database cannot go on."""
    refusal = RowsRefused(f"The table {rows.table} does not take what the backup holds.")
    if not _columns(connection, rows.table).issuperset(rows.columns):
        raise refusal
    quote = connection.dialect.identifier_preparer.quote
    columns = ", ".join(map(quote, rows.columns))
    put = _copy if connection.dialect.name == "postgresql" else _insert
    try:
        put(connection, f"{quote(rows.table)} ({columns})", rows)
    except OperationalError:
        raise
    except (DBAPIError, connection.dialect.loaded_dbapi.Error) as error:
        raise refusal from error


def _columns(connection: Connection, table: str) -> set[str]:
    found = inspect(connection)
    return {each["name"] for each in found.get_columns(table)} if found.has_table(table) else set()


def _insert(connection: Connection, target: str, rows: Rows) -> None:
    gaps = ", ".join("?" * len(rows.columns))
    while batch := [tuple(row) for row in islice(rows.rows, BATCH)]:
        connection.exec_driver_sql(f"INSERT INTO {target} VALUES ({gaps})", batch)  # noqa: S608  # nosec B608


def _copy(connection: Connection, target: str, rows: Rows) -> None:
    driver = cast(Any, connection.connection.driver_connection)
    with driver.cursor() as cursor, cursor.copy(f"COPY {target} FROM STDIN") as copy:
        for row in rows.rows:
            copy.write_row(row)


def count_on(connection: Connection) -> None:
    """Let PostgreSQL number new rows after those that were loaded. SQLite does so by itself."""
    if connection.dialect.name != "postgresql":
        return
    for table in kept_tables(connection):
        for column in table.primary_key:
            if column.server_default is not None:  # nextval(...)
                sequence = f"pg_get_serial_sequence('{table.name}', '{column.name}')"
                last = f"SELECT setval({sequence}, max({column.name})) FROM {table.name}"  # noqa: S608  # nosec B608
                connection.execute(text(last))


def _base64(value: object) -> str:
    """Bytes as text; raises TypeError for what no table holds."""
    if not isinstance(value, bytes | memoryview):
        raise TypeError(f"a backup cannot hold a {type(value).__name__}")
    return b64encode(value).decode("ascii")


_encode: Callable[[object], str] = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), default=_base64
).encode


def _line(value: object) -> str:
    return f"{_encode(value)}\n"
