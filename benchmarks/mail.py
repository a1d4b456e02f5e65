"""`python -m benchmarks.mail`: how fast mails leave, and that patients never wait for them.

The mail server is the project's mail catcher, which has each mail on the disk before it answers, as
mail servers must (RFC 5321 section 6.1). Bare smtplib on one connection is the measure.
"""

import argparse
import os
import random
import shutil
import signal
import smtplib
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

from benchmarks.journey import Step, explore, replay
from benchmarks.server import ROOT, TICKS, _free_port, serving
from config import load
from intake.accounts.emails import PasswordChangedMail
from intake.app import create_app
from intake.core import clock
from intake.core.db import unit_of_work
from intake.core.migrations import upgrade
from intake.development.example import create_example
from intake.notifications.outbox import enqueue

IDLE_SECONDS = 10.0
PATIENCE = 120.0
OFTEN, SELDOM = 0.001, 0.02
"""Seconds between two looks at what has arrived: the looks themselves must not slow it down."""


@dataclass(frozen=True)
class Found:
    """Milliseconds from commit to acceptance; shares of what may be reached; share of a core."""

    p50: float
    p99: float
    drained: list[tuple[float, float]]
    """Mails per second in each round: of a backlog, and by nothing but smtplib."""
    hung: float
    """Time of the page that sends, with a mail server that hangs, as a share of that without."""
    idle: float

    def goals(self) -> Iterator[tuple[bool, str]]:
        """Whether each goal is met, and the figure beside it."""
        share = median(ours / bare for ours, bare in self.drained)
        ours, bare = (median(each) for each in zip(*self.drained, strict=True))
        yield self.p50 <= 50, f"commit to accepted, p50 {self.p50:.0f} ms (50 or less)"
        yield self.p99 <= 500, f"commit to accepted, p99 {self.p99:.0f} ms (500 or less)"
        yield share >= 0.7, f"backlog, {ours:.0f} of {bare:.0f} mails/s: {share:.0%} (70 % or more)"
        yield self.hung <= 1.05, f"sending while mail hangs: {self.hung:.2f} x (1.05 or less)"
        yield self.idle <= 0.01, f"idle {self.idle:.2%} of one core (1 % or less)"


@dataclass(frozen=True)
class Installation:
    """The example clinic in a folder of its own, and its mail catcher's folder and port."""

    folder: Path
    environment: dict[str, str]
    mail: Path
    port: int

    @contextmanager
    def process(self, *arguments: str, **changes: str) -> Iterator[int]:
        """A Python process that ends with the block; gives its id."""
        environment = {**self.environment, **changes}
        running = subprocess.Popen([sys.executable, *arguments], cwd=ROOT, env=environment)
        try:
            yield running.pid
        finally:
            running.terminate()
            running.wait(20)

    def worker(self, **changes: str) -> AbstractContextManager[int]:
        """The process that sends."""
        return self.process("-m", "flask", "--app", "wsgi", "worker", **changes)

    def arrived(self) -> int:
        """How many mails the catcher has."""
        return sum(entry.name.endswith(".eml") for entry in os.scandir(self.mail))

    def wait_for(self, count: int, looks: float) -> None:
        """Return once that many mails have arrived."""
        deadline = time.monotonic() + PATIENCE
        while self.arrived() < count:
            if time.monotonic() > deadline:
                raise RuntimeError("the mails do not arrive")
            time.sleep(looks)


@contextmanager
def installed(folder: Path) -> Iterator[Installation]:
    """An installation whose application is at hand and whose mail catcher runs."""
    port = _free_port()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("INTAKE_")},
        "INSTANCE": str(folder),
        "INTAKE_ENV": "development",
        "INTAKE_LOG_LEVEL": "ERROR",
        "INTAKE_SMTP_PORT": str(port),
    }
    place = Installation(folder, environment, folder / "mail", port)
    place.mail.mkdir(parents=True)
    catcher = ("-m", "intake.development.catcher", str(port), str(place.mail))
    with create_app(load(environment)).app_context(), place.process(*catcher):
        upgrade()
        with unit_of_work():
            create_example(now=clock.now())
        yield place


def ask(count: int = 1) -> float:
    """Commit mails to the outbox; returns the moment of the commit."""
    context = PasswordChangedMail(clinic_name="Clinic", clinic_phone="(312) 555-0142", name="Sam")
    with unit_of_work():
        for number in range(count):
            enqueue(
                "password_changed",
                to=f"user{number}@example.com",
                context=context,
                language="en",
                now=clock.now(),
            )
    return time.monotonic()


def latencies(place: Installation, rounds: int) -> list[float]:
    """Milliseconds from the commit of a mail until the server has it, one mail at a time."""
    found = []
    for _ in range(rounds):
        time.sleep(random.uniform(0.02, 0.2))
        before = place.arrived()
        committed = ask()
        place.wait_for(before + 1, OFTEN)
        found.append((time.monotonic() - committed) * 1000)
    return found


def drain(place: Installation, count: int) -> float:
    """Mails per second that a worker sends of a backlog."""
    before = place.arrived()
    ask(count)
    place.wait_for(before + 1, OFTEN)
    began = time.monotonic()
    place.wait_for(before + count, SELDOM)
    return (count - 1) / (time.monotonic() - began)


def bare(place: Installation, count: int) -> float:
    """Mails per second by nothing but smtplib."""
    raw = next(place.mail.glob("*.eml")).read_bytes()
    with smtplib.SMTP("127.0.0.1", place.port) as server:
        server.ehlo()
        began = time.monotonic()
        for _ in range(count):
            server.sendmail("clinic@example.com", ["user@example.com"], raw)
        return count / (time.monotonic() - began)


def idle_share(pid: int) -> float:
    """Share of one core that a process with nothing to do uses."""
    time.sleep(1)
    before = cpu_seconds(pid)
    time.sleep(IDLE_SECONDS)
    return (cpu_seconds(pid) - before) / IDLE_SECONDS


def cpu_seconds(pid: int) -> float:
    """CPU time that a process used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def hung_share(place: Installation, journeys: int) -> float:
    """Time of the page that sends a request while its worker hangs, by that without a worker."""
    alone = shutil.copytree(place.folder, f"{place.folder}-alone")
    with (
        serving("wsgi:app", place.environment) as hung,
        serving("wsgi:app", {**place.environment, "INSTANCE": alone}) as free,
        socket.socket() as silent,
    ):
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        servers, steps = (hung, free), explore(free.port)
        sending_time(hung.port, steps)  # a mail for the worker
        with place.worker(INTAKE_SMTP_PORT=str(silent.getsockname()[1])):
            _line = silent.accept()  # it wants to hand over the mail, and never gets an answer
            times: dict[int, list[float]] = {server.port: [] for server in servers}
            for turn in range(2 * journeys):
                port = servers[(turn + turn // 2) % 2].port  # who is first changes, too
                times[port].append(sending_time(port, steps))
    return median(times[hung.port]) / median(times[free.port])


def sending_time(port: int, steps: list[Step]) -> float:
    """Seconds that the last page of the form takes to answer, for one more person."""
    answers = replay(port, steps)
    return [each.seconds for each in answers if each.page.startswith("POST")][-1]


def measure(folder: Path, *, mails: int, rounds: int, journeys: int) -> Found:
    """All figures, one after the other."""
    with installed(folder) as place:
        hung = hung_share(place, journeys)
        with place.worker() as pid:
            place.wait_for(1, SELDOM)
            waiting = place.arrived()
            while waiting != (waiting := place.arrived()):
                time.sleep(1)
            cuts = quantiles(latencies(place, rounds), n=100)
            drained = [(drain(place, mails), bare(place, mails)) for _ in range(5)]
            return Found(cuts[49], cuts[98], drained, hung, idle_share(pid))


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # what was started is stopped
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mail", description=__doc__)
    parser.add_argument("--mails", type=int, default=300, help="of a backlog")
    parser.add_argument("--rounds", type=int, default=100, help="mails sent one at a time")
    parser.add_argument("--journeys", type=int, default=60, help="requests sent of each kind")
    options = vars(parser.parse_args())
    with tempfile.TemporaryDirectory(prefix="benchmark-mail-") as name:
        found = measure(Path(name) / "clinic", **options)
    for met, words in found.goals():
        print(f"{'pass' if met else 'FAIL'}  {words}")


if __name__ == "__main__":
    main()
