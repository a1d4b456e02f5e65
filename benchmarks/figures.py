"""`python -m benchmarks.figures`: the figures of a clinic with a million requests.

The weeks and months of five such years are stored as the worker would store them, and the page is
asked for at each span; then one day of such a clinic is counted anew. On SQLite and PostgreSQL. The
goal: at most 50 ms of CPU for the page.
"""

import argparse
import random
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from functools import partial
from statistics import median
from time import process_time

from flask import Flask

from config import load
from intake.app import create_app
from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.db import db, unit_of_work
from intake.core.encryption import seal_json
from intake.core.migrations import upgrade
from intake.core.tokens import new_id
from intake.development.example import create_example
from intake.exports import counting
from intake.exports.figures import Facts, counted
from intake.staff.dashboard_periods import SPANS
from intake.submissions.models import Submission
from tests import intakes, postgres
from tests.browse import Browser
from tests.web.staff.people import let_in

A_DAY, A_WEEK, A_MONTH = 550, 3_850, 16_700
"""Requests of a clinic that gets a million in five years."""
ROUNDS, GOAL = 15, 50
TABLE = Submission.metadata.tables["submissions"]
CONDITIONS = ("depression", "chronic_pain", "ptsd", "migraine", "other")
SOURCES = ("clinician", "friend", "web_search", "social_media", "other", "not_said")


def main() -> None:
    argparse.ArgumentParser(prog="python -m benchmarks.figures", description=__doc__).parse_args()
    for name in ("SQLite", "PostgreSQL"):
        with _clinic(name) as app:
            print(name, flush=True)
            with app.app_context():
                _store(random.Random(1))
                browser = let_in(Browser(app), "desk@example.com")
            for span in SPANS:
                ms = _cpu(partial(_open, app, browser, f"/staff/dashboard?span={span.key}"))
                verdict = "pass" if ms <= GOAL else "FAIL"
                print(f"  {verdict}  {span.label}: {ms:.1f} ms ({GOAL} or less)")
            with app.app_context():
                day = clock.now().date() - timedelta(days=2)
                _fill(day)
                ms = _cpu(partial(_count, day))
                print(f"        a day of {A_DAY} requests is counted in {ms:.1f} ms")


def _open(app: Flask, browser: Browser, path: str) -> None:
    with app.app_context():
        assert browser.client.get(path).status_code == 200


def _count(day: date) -> None:
    for _day in counting.count_anew([day], current_clinic(), now=clock.now()):
        pass


@contextmanager
def _clinic(name: str) -> Iterator[Flask]:
    folder = tempfile.mkdtemp(prefix="figures-")
    settings = {"INTAKE_ENV": "development", "INSTANCE": folder, "INTAKE_LOG_LEVEL": "ERROR"}
    with _database(name) as environ:
        app = create_app(load({**settings, **environ}))
        with app.app_context():
            upgrade()
            with unit_of_work():
                create_example(now=clock.now())
        yield app
        with app.app_context():
            db.engine.dispose()


@contextmanager
def _database(name: str) -> Iterator[dict[str, str]]:
    if name == "SQLite":
        yield {}
        return
    with postgres.own_server(postgres.FASTEST) as server:
        yield {"INTAKE_DATABASE_URL": postgres.create_database(server.address)}


def _cpu(do: Callable[[], object]) -> float:
    """CPU milliseconds, the median of some rounds."""
    taken = []
    for _ in range(ROUNDS):
        before = process_time()
        do()
        taken.append((process_time() - before) * 1000)
    return median(taken)


def _store(chance: random.Random) -> None:
    now = clock.now()
    today = now.astimezone(current_clinic().tz).date()
    number = {"week": A_WEEK, "month": A_MONTH}
    documents = {kind: counted(_facts(chance, many)) for kind, many in number.items()}
    with unit_of_work():
        for span in SPANS:
            for start in span.starts(today):
                counting.store(span.kind, start, documents[span.kind], now)


def _facts(chance: random.Random, number: int) -> list[Facts]:
    return [
        Facts(
            level=chance.choice((0, 0, 0, 1, 1, 2, 3)),
            conditions=tuple(chance.sample(CONDITIONS, chance.choice((1, 1, 2)))),
            source=chance.choice(SOURCES),
            minutes=int(chance.lognormvariate(5, 1)),
            reached=chance.random() < 0.8,
            booked=chance.random() < 0.7,
            held=chance.random() < 0.5,
            no_show=chance.random() < 0.1,
        )
        for _ in range(number)
    ]


def _fill(day: date) -> None:
    """As many full requests as are sent on one day."""
    sample = intakes.full(intakes.mildest)
    values = {column.name: getattr(sample, column.name) for column in TABLE.columns}
    at = datetime.combine(day, time_of_day(9), current_clinic().tz)
    rows = []
    for place in range(A_DAY):
        number = new_id()
        sealed = {
            f"{name}_sealed": seal_json(getattr(sample, name), "submissions", name, number)
            for name in ("contact", "answers")
        }
        own = {"id": number, "reference": f"F{place:06}", "cookie_hash": None, **sealed}
        rows.append(values | own | {"sent_at": at, "resume_hash": None})
    with unit_of_work():
        db.session.execute(TABLE.insert(), rows)


if __name__ == "__main__":
    main()
