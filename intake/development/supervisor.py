"""Running several processes as one: started together, restarted when one dies, stopped together."""

import ctypes
import http.client
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import FrameType
from urllib.parse import urlsplit

POLL_SECONDS = 0.2
READY_SECONDS = 60
STOP_SECONDS = 15
PR_SET_PDEATHSIG = 1


@dataclass
class Child:
    """One process to keep running."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    not_before: float = field(default=0.0, init=False)
    """Monotonic time before which it is not started again."""

    def start(self) -> None:
        """Start it in a session of its own, so that Ctrl-C reaches only us and we stop it."""
        self.process = subprocess.Popen(  # noqa: S603  our own commands
            self.command,
            start_new_session=True,
            preexec_fn=_die_with_parent,  # noqa: PLW1509
        )
        self.not_before = time.monotonic() + 1

    def is_running(self) -> bool:
        """Whether the process is alive."""
        return self.process is not None and self.process.poll() is None


class _Wish:
    """Whether a signal has asked us to stop. Looked at between steps, so none is cut in two."""

    def __init__(self) -> None:
        self.to_stop = False

    def __call__(self, _number: int, _frame: FrameType | None) -> None:
        self.to_stop = True


def supervise(children: list[Child], *, ready_url: str, on_ready: Callable[[], None]) -> None:
    """Run the children until SIGINT or SIGTERM, then stop them all.

    Calls `on_ready` once, when `ready_url` first answers 200. Exits with a message if it does not
    within a minute.
    """
    wish = _Wish()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, wish)
    try:
        for child in children:
            child.start()
        _wait_until_ready(children, ready_url, wish)
        if not wish.to_stop:
            on_ready()
        while not wish.to_stop:
            _restart_dead(children)
            time.sleep(POLL_SECONDS)
    finally:
        _stop_all(children)


def _wait_until_ready(children: list[Child], url: str, wish: _Wish) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while not (wish.to_stop or _answers(url)):
        if time.monotonic() > deadline:
            sys.exit(f"Not ready after {READY_SECONDS} seconds: {url}")
        _restart_dead(children)
        time.sleep(POLL_SECONDS)


def _answers(url: str) -> bool:
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.netloc, timeout=5)
    try:
        connection.request("GET", address.path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _restart_dead(children: list[Child]) -> None:
    for child in children:
        if not child.is_running() and time.monotonic() >= child.not_before:
            print(f"{child.name} stopped; starting it again", file=sys.stderr)  # noqa: T201
            child.start()


def _stop_all(children: list[Child]) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    running = [child.process for child in children if child.process and child.is_running()]
    for process in running:
        process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for process in running:
        try:
            process.wait(max(deadline - time.monotonic(), 0.1))
        except subprocess.TimeoutExpired:
            process.kill()


def _die_with_parent() -> None:
    """On Linux, let the kernel stop this child when the supervisor itself is killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
