import random
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from intake.audit import log
from intake.audit.chain import Head
from intake.core.db import db, is_postgresql, unit_of_work
from tests import factories

TAMPERINGS = 200
ENTRIES = 12
WORDS = ("actor", "action", "detail", "request_id", "chain")


class TakenBack(Exception):
    """Ends a unit of work that must leave nothing behind."""


def write_up_to(last: int) -> None:
    """Bring the log to that many entries; the example clinic has made some."""
    with unit_of_work():
        for each in range(log.head().seq, last):
            log.record(f"deed {each}", actor="system", now=factories.MONDAY_MORNING)


@contextmanager
def without_protection() -> Iterator[Connection]:
    """What somebody with full access to the database could do; taken back at the end."""
    try:
        with unit_of_work() as session:
            if is_postgresql():
                session.execute(text("SET LOCAL session_replication_role = replica"))
            else:
                for event in ("update", "delete", "insert"):
                    session.execute(text(f"DROP TRIGGER audit_log_no_{event}"))
            yield session.connection()
            raise TakenBack
    except TakenBack:
        pass


def test_an_untouched_log_verifies(app):
    write_up_to(4)
    walk = log.verify({2: chain_of(2)})
    assert walk.fault is None
    assert walk.head == log.head() == Head(4, chain_of(4))


def test_every_one_of_many_random_tamperings_is_found(app):
    write_up_to(ENTRIES)
    published = log.head()
    for number in range(TAMPERINGS):
        chance = random.Random(number)
        tamper = chance.choice([change, delete, swap, put_in, put_in_again, cut_off])
        with without_protection() as connection:
            tamper(connection, chance)
            found = log.verify({published.seq: published.chain}).fault
        assert found, f"{tamper.__name__} {number} was not found"
    assert log.verify().fault is None


def test_it_says_where_the_chain_is_broken(app):
    write_up_to(ENTRIES)
    with without_protection() as connection:
        connection.execute(text("DELETE FROM audit_log WHERE seq = 7"))
        assert log.verify().fault == "entry 7 is missing"
        connection.execute(text("UPDATE audit_log SET actor = 'x' WHERE seq = 4"))
        assert "entry 4 does not fit" in str(log.verify().fault)


def test_a_log_that_was_cut_off_and_goes_on_is_found_by_its_published_head(app):
    write_up_to(ENTRIES)
    published = log.head()
    with without_protection() as connection:
        connection.execute(text("DELETE FROM audit_log WHERE seq > 8"))
        assert log.verify().fault is None
        for each in range(6):
            log.record(f"other deed {each}", actor="system", now=factories.MONDAY_MORNING)
        assert "the end was replaced" in str(log.verify({published.seq: published.chain}).fault)


ON_SQLITE = "INSERT OR REPLACE INTO audit_log SELECT * FROM audit_log WHERE seq = 2"
ON_POSTGRESQL = "TRUNCATE audit_log"


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_log SET actor = 'x'", "DELETE FROM audit_log", ""]
)
def test_the_database_refuses_changes(app, statement):
    write_up_to(4)
    statement = statement or (ON_POSTGRESQL if is_postgresql() else ON_SQLITE)
    with pytest.raises(DBAPIError, match="append-only"), unit_of_work():
        db.session.execute(text(statement))
    assert log.verify().head.seq == 4


def chain_of(seq: int) -> str:
    return db.session.scalar(text(f"SELECT chain FROM audit_log WHERE seq = {seq}"))


def change(connection: Connection, chance: random.Random) -> None:
    """Change something in one entry."""
    column, seq = chance.choice(WORDS), chance.randint(1, ENTRIES)
    connection.execute(text(f"UPDATE audit_log SET {column} = 'x' WHERE seq = {seq}"))


def delete(connection: Connection, chance: random.Random) -> None:
    """Take one entry away, and close the gap or leave it."""
    seq = chance.randint(1, ENTRIES)
    connection.execute(text(f"DELETE FROM audit_log WHERE seq = {seq}"))
    if chance.random() < 0.5:
        for later in range(seq + 1, ENTRIES + 1):
            move(connection, later, later - 1)


def swap(connection: Connection, chance: random.Random) -> None:
    """Let two entries change places."""
    one, other = chance.sample(range(1, ENTRIES + 1), 2)
    for before, after in ((one, 0), (other, one), (0, other)):
        move(connection, before, after)


def put_in(connection: Connection, chance: random.Random) -> None:
    """Add an entry nobody made, with the chain value of another one."""
    seq = chance.randint(1, ENTRIES + 1)
    for later in range(ENTRIES, seq - 1, -1):
        move(connection, later, later + 1)
    copy(connection, chance.choice([each for each in range(1, ENTRIES + 2) if each != seq]), seq)


def put_in_again(connection: Connection, chance: random.Random) -> None:
    """Add an entry at the end that was made before."""
    copy(connection, chance.randint(1, ENTRIES), ENTRIES + 1)


def cut_off(connection: Connection, chance: random.Random) -> None:
    """Take the last entries away."""
    connection.execute(text(f"DELETE FROM audit_log WHERE seq >= {chance.randint(1, ENTRIES)}"))


def move(connection: Connection, before: int, after: int) -> None:
    connection.execute(text(f"UPDATE audit_log SET seq = {after} WHERE seq = {before}"))


def copy(connection: Connection, seq: int, to: int) -> None:
    rest = "at, actor, action, subject_id, detail, request_id, chain"
    columns = f"INSERT INTO audit_log (seq, {rest})"
    connection.execute(text(f"{columns} SELECT {to}, {rest} FROM audit_log WHERE seq = {seq}"))
