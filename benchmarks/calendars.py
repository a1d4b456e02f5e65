"""`python -m benchmarks.calendars`: free times beside a long past, on SQLite and PostgreSQL.

Two calendars of five providers that differ in nothing but how many consultations lie behind them.
Asked in turn for every free time of the next 60 days; the CPU time is that of our process and of
the database's. The goals: at most 3 statements, and at most 1.2 times the CPU time.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import median

from flask import Flask
from sqlalchemy import event, text

from config import load
from intake.app import create_app
from intake.clinic.clinic import EXAMPLE_CLINIC
from intake.core import clock
from intake.core.db import db, is_postgresql, unit_of_work
from intake.core.migrations import upgrade
from intake.core.tokens import new_id
from intake.development.example import create_example
from intake.scheduling import queries
from intake.scheduling.hours import add_providers
from intake.scheduling.models import ConsultationType
from intake.submissions import drafts
from tests import postgres

PROVIDERS, DAYS, AHEAD = 5, 60, 200
FEW, MANY = 1_000, 1_000_000
ROUNDS, ASKED = 15, 20
"""How often both are measured in turn, and how often each is asked in a row then."""
HALF_HOUR = timedelta(minutes=30)
BATCH = 50_000
ROW = """
    INSERT INTO appointments (id, provider_id, type_id, submission_id, status, starts_at, ends_at,
        blocked_from, blocked_until, created_at, updated_at, channel, time_zone, sequence, moves,
        person, changed_by, reason, outside_hours, version)
    VALUES (:id, :provider, 1, :submission, :status, :start, :end, :start, :end, :start, :start,
        'phone', '', 0, 0, '', '', '', :outside, 1)
"""


class Calendar:
    """A clinic with so many consultations behind it."""

    def __init__(self, past: int, **environ: str) -> None:
        folder = tempfile.mkdtemp(prefix="calendar-")
        settings = {"INTAKE_ENV": "development", "INSTANCE": folder, "INTAKE_LOG_LEVEL": "ERROR"}
        self.app: Flask = create_app(load({**settings, **environ}))
        self.statements = 0
        with self.app.app_context():
            upgrade()
            with unit_of_work():
                create_example(now=clock.now())
                more = [f"Dr. {number}" for number in range(PROVIDERS - 2)]
                add_providers(more, EXAMPLE_CLINIC)
                kind = db.session.get_one(ConsultationType, 1)
                kind.horizon_days = DAYS
                draft, _token = drafts.begin({}, EXAMPLE_CLINIC, language="en", now=clock.now())
            self._fill(past, draft.id, first=-past // PROVIDERS, status="held")
            self._fill(AHEAD, draft.id, first=48, status="no_show")
            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("ANALYZE"))
            event.listen(db.engine, "before_cursor_execute", self._count)

    def ask(self) -> int:
        """Every free time; returns how many there are."""
        db.session.rollback()
        return len(
            queries.diary(now=clock.now()).free(now=clock.now(), first_day=None, last_day=None)
        )

    def cpu(self) -> float:
        """CPU milliseconds for one answer, of both processes."""
        with self.app.app_context():
            before = time.process_time() + self._of_database()
            for _ in range(ASKED):
                self.ask()
            return (time.process_time() + self._of_database() - before) * 1000 / ASKED

    def counted(self) -> tuple[int, int]:
        """Statements of a first answer, and of one a moment later."""
        with self.app.app_context():
            self.app.extensions.pop("remembered", None)
            counts = []
            for _ in range(2):
                self.statements = 0
                self.ask()
                counts.append(self.statements)
        return counts[0], counts[1]

    def _count(self, _connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        self.statements += not statement.startswith(("BEGIN", "PRAGMA", "ROLLBACK"))

    def _of_database(self) -> float:
        """CPU seconds of the database's process that serves us; SQLite has none of its own."""
        if not is_postgresql():
            return 0.0
        pid = db.session.execute(text("SELECT pg_backend_pid()")).scalar_one()
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _fill(self, count: int, submission: object, *, first: int, status: str) -> None:
        """So many consultations in a row, half an hour each, from `first` half hours on."""
        now = clock.now().replace(minute=0, second=0, microsecond=0)
        for begin in range(0, count, BATCH):
            rows = []
            for number in range(begin, min(begin + BATCH, count)):
                start = now + (first + number // PROVIDERS) * HALF_HOUR
                rows.append(
                    {
                        "id": _stored(new_id()),
                        "provider": number % PROVIDERS + 1,
                        "submission": _stored(submission),
                        "status": status,
                        "start": _stored(start),
                        "end": _stored(start + HALF_HOUR),
                        "outside": False,
                    }
                )
            with db.engine.begin() as connection:
                connection.execute(text(ROW), rows)


def _stored(value: object) -> object:
    """A value as the database of this moment keeps it."""
    if is_postgresql():
        return value
    return value.hex if hasattr(value, "hex") else f"{value:%Y-%m-%d %H:%M:%S.%f}"


@contextmanager
def _databases(name: str) -> Iterator[tuple[dict[str, str], dict[str, str]]]:
    if name == "SQLite":
        yield {}, {}
        return
    with postgres.own_server(postgres.FASTEST) as server:
        first, second = (postgres.create_database(server.address) for _ in range(2))
        yield {"INTAKE_DATABASE_URL": first}, {"INTAKE_DATABASE_URL": second}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.calendars", description=__doc__)
    parser.add_argument("--past", type=int, default=MANY, help="consultations of the longer past")
    parser.add_argument("--only", choices=("SQLite", "PostgreSQL"))
    arguments = parser.parse_args()
    for name in (arguments.only,) if arguments.only else ("SQLite", "PostgreSQL"):
        with _databases(name) as (one, other):
            few, many = Calendar(FEW, **one), Calendar(arguments.past, **other)
            with few.app.app_context():
                print(f"{name}: {few.ask()} free times", flush=True)
            rounds = [(few.cpu(), many.cpu()) for _ in range(ROUNDS)]
            ratio = median(b / a for a, b in rounds)
            short, long = (median(each[who] for each in rounds) for who in (0, 1))
            first, later = many.counted()
            print(f"  CPU ms with {FEW:,} past: {short:.2f}; with {arguments.past:,}: {long:.2f}")
            print(f"  {'pass' if ratio <= 1.2 else 'FAIL'}  {ratio:.2f} times (1.2 or less)")
            verdict = "pass" if later <= 3 else "FAIL"
            print(f"  {verdict}  {later} statements (3 or fewer), {first} after a start or change")


if __name__ == "__main__":
    main()
