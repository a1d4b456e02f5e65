"""The real thing for tests: web server, worker and mail catcher, as processes that can be killed.

An `Installation` has an instance folder, a database and ports of its own, so that many can run at
the same time.
"""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TextIO

from flask import Flask

import config
from intake.app import create_app
from intake.cli.running import LEAN, gunicorn
from intake.clinic.service import current_clinic, save_clinic
from intake.core import clock
from intake.core.db import db, unit_of_work
from intake.core.migrations import upgrade
from intake.development.example import create_example
from tests.over_http import CUT_OFF, Connection, RemoteBrowser
from tests.smtp_servers import UNCOUNTED

ROOT = Path(__file__).parent.parent
PATIENCE = 30.0
"""Seconds until something that should happen soon counts as failed."""
PORTS_EACH = 500
FIRST_PORT = 18_000
"""Below the ports that systems hand out by themselves, so that nobody gets one in between."""


class Installation:
    """An example clinic of its own. Pieces: "web", "worker", "catcher", or "everything"."""

    def __init__(self, folder: Path, database_url: str | None = None) -> None:
        self.folder = folder
        self.port, self.smtp_port = free_ports(2)
        self.database_url = database_url
        self.umask = -1
        """Of its processes; -1 for that of the tests."""
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self._app: Flask | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def settings(self) -> dict[str, str]:
        """The environment variables that make a process part of this installation."""
        return {
            "INSTANCE": str(self.folder),
            "PORT": str(self.port),
            "INTAKE_ENV": "development",
            "INTAKE_SMTP_PORT": str(self.smtp_port),
            "INTAKE_SMTP_TIMEOUT": "2",
            **({"INTAKE_DATABASE_URL": self.database_url} if self.database_url else {}),
        }

    @property
    def environment(self) -> dict[str, str]:
        """The environment of its processes: nothing of ours that could change how they behave."""
        kept = ("PATH", "HOME", "LANG", "TMPDIR", "RACE_ATTEMPTS")
        return {name: os.environ[name] for name in kept if name in os.environ} | self.settings

    @property
    def app(self) -> Flask:
        """The application in this process, on the same database: to prepare and to look."""
        if self._app is None:
            self._app = create_app(config.load(self.settings))
        return self._app

    def prepare(self) -> None:
        """Make the database with the example clinic, as the first start would.

        Mails about what staff did leave at once: no test waits for minutes of grace. The numbers of
        the day, which leave at some hours only, go where nobody counts them.
        """
        with self.app.app_context():
            upgrade()
            with unit_of_work():
                create_example(now=clock.now())
                clinic = replace(current_clinic(), digest_recipients=(UNCOUNTED,), grace_minutes=0)
                save_clinic(clinic, now=clock.now())
            db.session.remove()

    def start(self, *pieces: str) -> None:
        """Start pieces; returns when they can be used."""
        for piece in pieces:
            self.running[piece] = self._run(piece)
        for piece in pieces:
            self.wait_until_usable(piece)

    def wait_until_usable(self, piece: str) -> None:
        """Wait for a piece that was started by us, or again by the supervisor."""

        def is_usable() -> bool:
            assert self.running[piece].poll() is None, f"{piece} has stopped:\n{self.log()[-2000:]}"
            web = piece == "catcher" or self.status("/ready") == 200
            return web and (piece == "web" or not is_free(self.smtp_port))

        if piece != "worker":
            wait_for(is_usable, piece)

    def status(self, path: str) -> int | None:
        """The status of a page, or None when nobody answers."""
        try:
            return Connection(self.address, timeout=5).open(path).status_code
        except CUT_OFF:
            return None

    def kill(self, piece: str) -> None:
        """kill -9, without a chance to say goodbye: the piece and whatever it has started."""
        process = self.running.pop(piece)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        while piece == "everything" and (left := self.processes()):
            for pid in left:
                send(signal.SIGKILL, pid)

    def stop(self) -> None:
        """End what still runs."""
        for piece in list(self.running):
            self.kill(piece)
        self.forget_connections()

    def forget_connections(self) -> None:
        """Let this process connect to the database anew."""
        if self._app is not None:
            with self._app.app_context():
                db.engine.dispose()

    def processes(self) -> list[int]:
        """The ids of all processes of this installation, whoever started them (Linux)."""
        mark = f"INSTANCE={self.folder}".encode()
        return [pid for pid in _pids() if mark in _environment(pid).split(b"\0")]

    def browser(self) -> RemoteBrowser:
        """A patient's browser."""
        return RemoteBrowser(self.address)

    def mails(self) -> list[EmailMessage]:
        """What the catcher holds, in order."""
        files = sorted((self.folder / "mail").glob("*.eml"))
        return [mail for mail in map(read_mail, files) if mail["To"] != UNCOUNTED]

    def log(self) -> str:
        """What the processes have written."""
        return self._log_file.read_text("utf-8", "replace") if self._log_file.exists() else ""

    @property
    def _log_file(self) -> Path:
        return self.folder / "processes.log"

    def _run(self, piece: str) -> subprocess.Popen[bytes]:
        with self._log_file.open("a") as log:
            log.write(f"--- {piece}\n")
            log.flush()
            lean = LEAN if piece == "web" else {}
            return self.run(*self._command(piece), output=log, **lean)

    def run(self, *arguments: str, output: TextIO | int, **environ: str) -> subprocess.Popen[bytes]:
        """Start `python` with arguments as one of our processes, in a group of its own."""
        return subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env={**self.environment, **environ},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            umask=self.umask,
        )

    def _command(self, piece: str) -> tuple[str, ...]:
        flask = ("-m", "flask", "--app", "wsgi")
        mail = str(self.folder / "mail")
        return {
            "everything": ("-m", "intake"),
            "web": tuple(gunicorn(f"127.0.0.1:{self.port}")),  # what `serve` becomes
            "worker": (*flask, "worker"),
            "catcher": ("-m", "intake.development.catcher", str(self.smtp_port), mail),
        }[piece]


@contextmanager
def installation(folder: Path, database_url: str | None = None) -> Iterator[Installation]:
    """An installation whose processes end with the block; their log is printed."""
    it = Installation(folder, database_url)
    try:
        yield it
    finally:
        it.stop()
        print(it.log()[-20_000:])  # noqa: T201  pytest shows it when a test fails


def wait_for(condition: Callable[[], object], what: str, *, seconds: float = PATIENCE) -> None:
    """Return as soon as the condition holds; fails when it does not in time."""
    deadline, pause = time.monotonic() + seconds, 0.01
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds:.0f} seconds in vain for {what}"
        time.sleep(pause)  # longer and longer: what we wait for needs the processor more than we
        pause = min(pause * 1.3, 0.1)


@cache
def read_mail(file: Path) -> EmailMessage:
    """A mail that was taken, which nothing changes any more."""
    return message_from_bytes(file.read_bytes(), policy=policy.default)


def free_ports(count: int) -> list[int]:
    """Ports nobody listens on, from the range of this test process; no two are the same."""
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    first = FIRST_PORT + number * PORTS_EACH
    candidates = random.SystemRandom().sample(range(first, first + PORTS_EACH), PORTS_EACH)
    return list(islice(filter(is_free, candidates), count))


def is_free(port: int) -> bool:
    """Whether nobody listens on a port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def send(number: signal.Signals, pid: int) -> None:
    """Send a signal to a process that may be gone."""
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def _pids() -> list[int]:
    return [int(path.name) for path in Path("/proc").glob("[0-9]*")]


def _environment(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return b""  # gone, or not ours
