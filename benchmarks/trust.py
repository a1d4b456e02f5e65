"""What trust costs: an entry of the audit log, sealing a field, and asking a long log who saw whom.

`python -m benchmarks.trust` prints all of it, at a log of a million entries; `--database` names an
empty PostgreSQL database instead of SQLite. `make bench` measures the first two.
"""

import argparse
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from resource import RUSAGE_SELF, getrusage
from statistics import median
from time import perf_counter, process_time
from uuid import UUID

from flask import Flask

from config import load
from intake.app import create_app
from intake.audit import log
from intake.core import clock
from intake.core.db import db, unit_of_work
from intake.core.encryption import key_ring
from intake.core.migrations import upgrade
from intake.core.tokens import new_id
from intake.development.example import create_example
from tests import factories
from tests.browse import Browser
from tests.web.staff.people import ADMIN, let_in, person

ENTRIES, SUBJECTS, BATCH = 1_000_000, 20_000, 20_000
REPEATS, ROUNDS, QUESTIONS = 300, 7, 9
FIELD = {"given_name": "Dana", "family_name": "Whitfield", "phone": "312 555 0198", "dob": "1985"}


@dataclass(frozen=True)
class Figures:
    """Microseconds of CPU time, each the median of several rounds."""

    entry: float
    sealing: float
    opening: float

    def goals(self) -> tuple[tuple[bool, str], ...]:
        """What was met, in words."""
        return (
            (self.entry <= 50, f"an entry of the audit log {self.entry:.0f} µs (50 or less)"),
            (self.sealing <= 5, f"encrypting a field {self.sealing:.1f} µs (5 or less)"),
            (self.opening <= 5, f"decrypting a field {self.opening:.1f} µs (5 or less)"),
        )


@contextmanager
def clinic(database: str | None = None) -> Iterator[Flask]:
    """An example clinic with an empty log."""
    with tempfile.TemporaryDirectory(prefix="benchmark-trust-") as name:
        given = {"INTAKE_DATABASE_URL": database} if database else {}
        app = create_app(
            load({**os.environ, "INSTANCE": name, "INTAKE_ENV": "development", **given})
        )
        with app.app_context():
            upgrade()
            with unit_of_work():
                create_example(now=clock.now())
            yield app
            db.session.remove()
            db.engine.dispose()


def measure() -> Figures:
    """Measure in this process, on SQLite. The text of a field is made beforehand."""
    row_id, now, text = new_id(), clock.now(), json.dumps(FIELD).encode()
    with clinic():
        sealed = key_ring().seal(text, f"submissions|contact|{row_id}")
        with unit_of_work():
            entry = _microseconds(
                lambda: log.record("record viewed", actor="system", now=now, subject_id=row_id)
            )
        return Figures(
            entry=entry,
            sealing=_microseconds(lambda: key_ring().seal(text, f"submissions|contact|{row_id}")),
            opening=_microseconds(lambda: key_ring().open(sealed, f"submissions|contact|{row_id}")),
        )


def _microseconds(work: Callable[[], object]) -> float:
    rounds = []
    for _ in range(ROUNDS):
        began = process_time()
        for _ in range(REPEATS):
            work()
        rounds.append((process_time() - began) * 1e6 / REPEATS)
    return median(rounds)


def fill(subjects: list[UUID], entries: int) -> None:
    """Write looks of one colleague at many records, in turn."""
    actor, now = person(ADMIN).actor, clock.now()
    row = {"at": now, "actor": actor, "action": "record viewed", "detail": ""}
    for first in range(0, entries, BATCH):
        with unit_of_work():
            log.extend(
                {**row, "subject_id": subjects[number % len(subjects)]}
                for number in range(first, min(first + BATCH, entries))
            )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.trust", description=__doc__)
    parser.add_argument("--entries", type=int, default=ENTRIES)
    parser.add_argument("--database", help="of an empty PostgreSQL database")
    arguments = parser.parse_args()
    report(measure().goals())
    with clinic(arguments.database) as app:
        submission = factories.sent(clock.now())
        fill([submission.id, *(new_id() for _ in range(SUBJECTS - 1))], arguments.entries)
        browser = let_in(Browser(app), ADMIN)
        path = f"/staff/dashboard/access?reference={submission.reference}&what=looks"
        seconds = median(timed(lambda: browser.client.get(path)) for _ in range(QUESTIONS))
        before = getrusage(RUSAGE_SELF).ru_maxrss
        walking = timed(log.verify)
        grown = (getrusage(RUSAGE_SELF).ru_maxrss - before) / 1024
        size = log.head().seq
    report(
        (
            (seconds < 1, f"who saw a person, of {size:,} entries: {seconds * 1000:.0f} ms (1 s)"),
            (grown < 20, f"verified in {walking:.0f} s, {grown:.0f} MB more (20 or less)"),
        )
    )


def timed(work: Callable[[], object]) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began


def report(goals: tuple[tuple[bool, str], ...]) -> None:
    print("\n".join(f"{'pass' if met else 'FAIL'}  {words}" for met, words in goals))


if __name__ == "__main__":
    main()
