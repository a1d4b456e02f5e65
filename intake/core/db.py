"""The database: base class, column types, connection rules and the unit of work.

Reads need nothing special. Writes happen only inside `unit_of_work()`, which starts a writing
transaction and commits once; flushing outside of it is an error, so no page view can change state
by accident.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, TypeVar

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    ColumnElement,
    Connection,
    DateTime,
    Engine,
    MetaData,
    Row,
    event,
    literal_column,
    text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, MappedAsDataclass, Session
from sqlalchemy.sql.elements import SQLCoreOperations
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

Model = TypeVar("Model", bound="Base")

SQLITE_PRAGMAS = (
    "journal_mode=WAL",
    "busy_timeout=10000",
    "foreign_keys=ON",
    "secure_delete=ON",
    # Up to 16 MB of log before it is copied back, as most of its pages change many times.
    "wal_autocheckpoint=4000",
)

LASTING = "PRAGMA synchronous=FULL"
"""A commit that was answered survives a power cut."""
REPEATABLE = "PRAGMA synchronous=NORMAL"
"""It may lose the latest commits, but no commit that was to last and came after them."""

_writing: ContextVar[bool] = ContextVar("writing", default=False)
_durability: ContextVar[str] = ContextVar("durability", default=LASTING)


class Base(MappedAsDataclass, DeclarativeBase, kw_only=True):
    """Base of all models; every constraint gets a name by convention.

    An index over a part of a table names that part for SQLite only: to name it for PostgreSQL, too,
    loads that dialect into every process (3 MB). The migrations write it for both.
    """

    metadata = MetaData(naming_convention=NAMING)


db = SQLAlchemy(
    metadata=Base.metadata,
    session_options={"expire_on_commit": False},
    engine_options={"hide_parameters": True},  # they are personal data; keep them out of logs
)


class UTCDateTime(TypeDecorator[datetime]):
    """An instant, kept in UTC; naive values are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:
        """What makes an aware instant the stored value: written by the million, read all day."""
        return _to_text if dialect.name == "sqlite" else _as_utc

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        """What makes a stored value an aware UTC instant; a page reads hundreds of them."""
        return _from_text if dialect.name == "sqlite" else _as_utc


def _from_text(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(f"{value}+00:00")


def _to_text(value: datetime | None) -> str | None:
    """The text that the dialect would write, in a third of the time."""
    instant = _as_utc(value)
    return None if instant is None else instant.isoformat(" ", "microseconds")[:-6]


def _as_utc(value: datetime | None) -> datetime | None:
    if value is not None and value.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return None if value is None else value.astimezone(UTC)


class WriteOutsideUnitOfWork(RuntimeError):
    """Something tried to write without `unit_of_work()`: a programming error."""


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """One writing transaction: everything inside commits together, or nothing does.

    Whatever was read before is read again inside, under the write lock, so no decision rests on a
    stale value.
    """
    if _writing.get():
        raise WriteOutsideUnitOfWork("a unit of work is already open")
    db.session.rollback()
    db.session.expire_all()
    with writing():
        try:
            yield db.session()
            db.session.commit()
        except BaseException:
            db.session.rollback()
            raise


@contextmanager
def repeatable_work() -> Iterator[Connection]:
    """A transaction on bare tables that does not wait for the disk: a power cut may undo it.

    For what is simply done again then. The death of a process undoes nothing.
    """
    if _writing.get():
        raise WriteOutsideUnitOfWork("a unit of work is already open")
    mark = _durability.set(REPEATABLE)
    try:
        with writing(), db.engine.begin() as connection:
            if is_postgresql():
                connection.execute(text("SET LOCAL synchronous_commit = off"))
            yield connection
    finally:
        _durability.reset(mark)


@contextmanager
def writing() -> Iterator[None]:
    """Let transactions that begin inside take the write lock. For `unit_of_work` and migrations."""
    mark = _writing.set(True)
    try:
        yield
    finally:
        _writing.reset(mark)


def init_database(app: Flask) -> None:
    """Bind the database to the application and set the rules of its connections."""
    # After a restart of PostgreSQL, nobody gets a dead connection. A file needs no asking.
    is_file = app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite")
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"pool_pre_ping": not is_file}
    db.init_app(app)
    app.teardown_appcontext(_end_reading)  # runs before the extension closes the session
    with app.app_context():
        engine = db.engine
    if engine.dialect.name == "sqlite":
        _set_sqlite_rules(engine)
    if not event.contains(Session, "before_flush", _refuse_stray_write):
        event.listen(Session, "before_flush", _refuse_stray_write)


def _end_reading(_error: BaseException | None) -> None:
    """End what was read. A connection that died since is dropped: the answer is made already."""
    try:
        db.session.close()
    except DBAPIError:
        db.session().invalidate()


def _refuse_stray_write(session: Session, _context: Any, _instances: Any) -> None:
    if (session.new or session.dirty or session.deleted) and not _writing.get():
        raise WriteOutsideUnitOfWork("write inside `with unit_of_work():`")


def _set_sqlite_rules(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        # The driver must not begin transactions by itself: it does so too late, and updates of
        # other connections get lost without an error.
        connection.isolation_level = None
        for pragma in SQLITE_PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    def begin(connection: Any) -> None:
        # Writers take the lock at once: a transaction that reads first and asks for the lock
        # later is refused immediately when somebody else wrote in between.
        if not _writing.get():
            connection.execute("BEGIN")
            return
        connection.execute(_durability.get())
        connection.execute("BEGIN IMMEDIATE")

    # The event "begin" would do, but one listener makes an engine look for more at every statement.
    engine.dialect.do_begin = begin  # type: ignore[assignment]


def is_one_of(column: SQLCoreOperations[str], words: Iterable[str]) -> ColumnElement[bool]:
    """The condition that a column has one of our own words, written into the statement: there is
    nothing to bind at each execution, and SQLite can use an index of only such rows."""
    return column.in_([literal_column(f"'{word}'") for word in words])


def unwatched(model: type[Model], row: Row[Any]) -> Model:
    """An object of a row with all columns, to look at: the session does not know of it.

    Takes a third of the time of an object that the session watches for changes.
    """
    # As the session itself does it; calling the class sets each column through its bookkeeping.
    found: Model = model.__mapper__.class_manager.new_instance()
    found.__dict__.update(row._mapping)
    return found


def is_postgresql() -> bool:
    """Whether the current database is PostgreSQL (the other one is SQLite)."""
    return db.engine.dialect.name == "postgresql"


def drop_traces() -> None:
    """Let nothing of what was deleted stay in SQLite's files: freed pages are zeroed as they are
    freed, and what the write-ahead log still holds of them goes now, unless somebody is reading.

    PostgreSQL reuses the space by itself. Outside of a unit of work.
    """
    if is_postgresql():
        return
    db.session.rollback()
    connection = db.engine.raw_connection()
    try:
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()
