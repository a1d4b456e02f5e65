"""A server under measurement: started as in production, watched through /proc, stopped."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from intake.cli.running import LEAN, gunicorn

ROOT = Path(__file__).parent.parent
START_SECONDS = 30
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Server:
    """A running gunicorn; the cold start is the time in seconds from exec to the first 200."""

    pid: int
    port: int
    cold_start: float

    def cpu_seconds(self) -> float:
        """CPU time that all its processes used so far."""
        return sum(_ticks(pid) for pid in self._tree()) / TICKS

    def worker_memory(self) -> tuple[float, float]:
        """RSS and PSS of the worker in MB."""
        rollup = Path(f"/proc/{self._tree()[-1]}/smaps_rollup").read_text()
        sizes = dict(line.split(":", 1) for line in rollup.splitlines()[1:])
        rss, pss = (int(sizes[key].split()[0]) / 1024 for key in ("Rss", "Pss"))
        return rss, pss

    def _tree(self) -> list[int]:
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        return [self.pid, *map(int, children)]


@contextmanager
def serving(application: str, environment: dict[str, str]) -> Iterator[Server]:
    """Serve a WSGI application; all its processes are gone afterwards."""
    port = _free_port()
    command = [*gunicorn(f"127.0.0.1:{port}")[:-1], application]
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, env=LEAN | environment, start_new_session=True)
    try:
        _wait_until_ready(process, f"http://127.0.0.1:{port}/")
        yield Server(process.pid, port, time.perf_counter() - began)
    finally:
        _stop(process)


def _wait_until_ready(process: subprocess.Popen[bytes], url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urlopen(url, timeout=10):
                return
        except (URLError, ConnectionError):
            time.sleep(0.005)
    raise RuntimeError("the server does not start")


def _stop(process: subprocess.Popen[bytes]) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is None:
            os.killpg(process.pid, number)
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                continue


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])  # utime and stime, see proc(5)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
