"""`python -m benchmarks.mail`: how fast mails leave, from the commit to the server's 250.

The server is the project's mail catcher, which has each mail on the disk before it answers, as
mail servers must (RFC 5321 section 6.1). Bare smtplib on one connection is the measure.
"""

import argparse
import os
import random
import smtplib
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import quantiles

from benchmarks.server import ROOT, TICKS, _free_port
from config import load
from intake.accounts.emails import PasswordChangedMail
from intake.app import create_app
from intake.core import clock
from intake.core.db import unit_of_work
from intake.core.migrations import upgrade
from intake.development.example import create_example
from intake.notifications.outbox import enqueue

IDLE_SECONDS = 10.0


@contextmanager
def process(environment, *arguments: str):
    """A Python process that ends with the block."""
    running = subprocess.Popen([sys.executable, *arguments], cwd=ROOT, env=environment)
    try:
        yield running
    finally:
        running.terminate()
        running.wait(20)


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
    return time.time()


def arrived(folder: Path) -> int:
    return len(list(folder.glob("*.eml")))


def wait_for(folder: Path, count: int) -> None:
    deadline = time.monotonic() + 120
    while arrived(folder) < count:
        if time.monotonic() > deadline:
            raise RuntimeError("the mails do not arrive")
        time.sleep(0.001)


def latencies(folder: Path, rounds: int) -> list[float]:
    """Milliseconds from the commit of a mail until the server has it, one mail at a time."""
    found = []
    for _ in range(rounds):
        time.sleep(random.uniform(0.02, 0.2))
        before = arrived(folder)
        committed = ask()
        wait_for(folder, before + 1)
        found.append((time.time() - committed) * 1000)
    return found


def drain(folder: Path, count: int) -> float:
    """Mails per second that a worker sends of a backlog."""
    before = arrived(folder)
    ask(count)
    wait_for(folder, before + 1)
    began = time.monotonic()
    wait_for(folder, before + count)
    return (count - 1) / (time.monotonic() - began)


def bare(folder: Path, port: int, count: int) -> float:
    """Mails per second by nothing but smtplib."""
    raw = next(folder.glob("*.eml")).read_bytes()
    with smtplib.SMTP("127.0.0.1", port) as server:
        server.ehlo()
        began = time.monotonic()
        for _ in range(count):
            server.sendmail("clinic@example.com", ["user@example.com"], raw)
        return count / (time.monotonic() - began)


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mail", description=__doc__)
    parser.add_argument("--mails", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=100)
    arguments = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="benchmark-mail-")))
        port, mail = _free_port(), folder / "mail"
        ours = {"INSTANCE": str(folder), "INTAKE_ENV": "development", "INTAKE_LOG_LEVEL": "WARNING"}
        environment = {**os.environ, **ours, "INTAKE_SMTP_PORT": str(port)}
        stack.enter_context(create_app(load(environment)).app_context())
        upgrade()
        with unit_of_work():
            create_example(now=clock.now())
        catcher = ("-m", "intake.development.catcher", str(port), str(mail))
        stack.enter_context(process(environment, *catcher))
        worker = stack.enter_context(process(environment, "-m", "flask", "--app", "wsgi", "worker"))
        ask()
        wait_for(mail, 1)
        cuts = quantiles(latencies(mail, arguments.rounds), n=100)
        rates = [
            (drain(mail, arguments.mails), bare(mail, port, arguments.mails)) for _ in range(3)
        ]
        time.sleep(1)
        before = cpu_seconds(worker.pid)
        time.sleep(IDLE_SECONDS)
        idle = (cpu_seconds(worker.pid) - before) / IDLE_SECONDS
    report(cuts[49], cuts[98], rates, idle)


def report(p50: float, p99: float, rates: list[tuple[float, float]], idle: float) -> None:
    """The figures beside their goals."""
    ours, theirs = max(rates, key=lambda each: each[0] / each[1])
    for met, words in (
        (p50 <= 50, f"commit to accepted, p50 {p50:.0f} ms (50 or less)"),
        (p99 <= 500, f"commit to accepted, p99 {p99:.0f} ms (500 or less)"),
        (ours / theirs >= 0.7, f"{ours:.0f} of {theirs:.0f} mails/s: {ours / theirs:.0%} (70 %)"),
        (idle <= 0.01, f"idle {idle:.2%} of one core (1 % or less)"),
    ):
        print(f"{'pass' if met else 'FAIL'}  {words}")


if __name__ == "__main__":
    main()
