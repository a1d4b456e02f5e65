"""`python -m benchmarks.queue`: do the pages of the front desk stay as fast when requests grow?

Two clinics, filled by `flask --app wsgi demo`, are asked for the same pages in turn, on SQLite.
Printed are the CPU time of a page at the larger one over that at the smaller one, the median of
rounds, and the statements of each, which differ a little with what is listed. Goal: 1.2 at most;
and, on a machine that does nothing else, the milliseconds of `LIMITS` at the larger one.

`--filled FOLDER` takes an instance that was filled before as the larger one; signing in and looking
at its pages is written into it, as always.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from time import process_time
from typing import NamedTuple

from flask import Flask
from sqlalchemy import Engine, event, func, select

from benchmarks.server import ROOT
from config import load
from intake.app import create_app
from intake.core.db import db
from intake.core.paging import Cursor
from intake.staff.search import sealed
from intake.submissions.models import Submission
from tests.browse import Browser
from tests.web.staff.people import CLINICIAN, let_in, person

SMALL, LARGE, ROUNDS, GOAL = 1_000, 20_000, 15, 1.2
LIMITS, LIMIT = {"search": 15, "figures": 50, "start of a list": 15}, 5
"""Milliseconds of CPU by page, and of any other."""

seen: list[str] = []


@event.listens_for(Engine, "before_cursor_execute")
def count(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
    seen.append(statement)


class Ask(NamedTuple):
    """A page by its address; with the fields of a form, a button that is pressed."""

    path: str
    form: dict[str, str] | None = None


@dataclass
class Clinic:
    """An application with somebody signed in, and its pages by their names."""

    app: Flask
    browser: Browser
    pages: dict[str, Ask]

    def open(self, name: str) -> tuple[float, int]:
        """Ask for a page, of a file for its beginning: CPU milliseconds, and statements."""
        path, form = self.pages[name]
        with self.app.app_context():
            seen.clear()
            before = process_time()
            answer = self.browser.client.open(path, method="POST" if form else "GET", data=form)
            next(answer.iter_encoded())
            spent = (process_time() - before) * 1000
            answer.close()
        assert answer.status_code == 200, (name, answer.status_code)
        return spent, len(seen)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.queue", description=__doc__)
    parser.add_argument("--small", type=int, default=SMALL, help="requests of the smaller clinic")
    parser.add_argument("--large", type=int, default=LARGE, help="and of the larger one")
    parser.add_argument("--filled", type=Path, help="an instance to take as the larger one")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="queue-") as folder:
        small, large = (Path(folder, name) for name in ("small", "large"))
        _fill(small, asked.small)
        if asked.filled is None:
            _fill(large, asked.large)
        clinics = [_clinic(each) for each in (small, asked.filled or large)]
        print(f"{asked.small} and {asked.filled or asked.large} requests")
        for name in clinics[0].pages:
            _compare(name, *clinics)


def _compare(name: str, small: Clinic, large: Clinic) -> None:
    """Ask both for a page in turn, and print what came of it."""
    for each in (small, large):
        each.open(name)
    rounds = [(small.open(name), large.open(name)) for _ in range(ROUNDS)]
    ratio = median(ours[0] / base[0] for base, ours in rounds)
    statements = [median(each[1] for each in asked) for asked in zip(*rounds, strict=True)]
    spent = median(ours[0] for _, ours in rounds)
    verdict = "pass" if ratio <= GOAL else "FAIL"
    numbers = " and ".join(f"{each:.0f}" for each in statements)
    milliseconds = f"{spent:.1f} of {LIMITS.get(name, LIMIT)} ms"
    print(f"  {verdict}  {name}: {ratio:.2f} ({milliseconds}), statements {numbers}", flush=True)


def _fill(folder: Path, number: int) -> None:
    """Make an example clinic with so many requests."""
    folder.mkdir()
    flask = [sys.executable, "-m", "flask", "--app", "wsgi", "demo", "--submissions", str(number)]
    for command in ([sys.executable, "-m", "benchmarks.prepare"], flask):
        subprocess.run(command, cwd=ROOT, env={**os.environ, **_settings(folder)}, check=True)


def _settings(folder: Path) -> dict[str, str]:
    return {"INTAKE_ENV": "development", "INSTANCE": str(folder), "INTAKE_LOG_LEVEL": "ERROR"}


def _clinic(folder: Path) -> Clinic:
    app = create_app(load(_settings(folder)))
    with app.app_context():
        browser = let_in(Browser(app), CLINICIAN)
        return Clinic(app, browser, _pages(browser))


def _pages(browser: Browser) -> dict[str, Ask]:
    """The pages that are compared; record and search are about one and the same made-up person."""
    half = select(func.count()).select_from(Submission).scalar_subquery() / 2
    someone = db.session.scalars(
        select(Submission).order_by(Submission.sent_at, Submission.id).offset(half).limit(1)
    ).one()
    contact = someone.contact["contact"]
    words = sealed(f"{contact['family_name']} {contact['phone']}", person(CLINICIAN))
    place = Cursor(0, someone.waiting_since, someone.id).text
    return {
        "queue": Ask("/staff/"),
        "filtered by state": Ask("/staff/?status=new"),
        "filtered by condition": Ask("/staff/?condition=depression"),
        "what is over": Ask("/staff/?tab=over"),
        "any page": Ask(f"/staff/?tab=over&after={place}"),
        "badges": Ask("/staff/live"),
        "record": Ask(f"/staff/submissions/{someone.id}"),
        "search": Ask(f"/staff/search?wanted={words}"),
        "figures": Ask("/staff/dashboard"),
        "start of a list": _list(browser, someone.sent_at.date()),
    }


def _list(browser: Browser, day: date) -> Ask:
    """The button that downloads the requests of a week."""
    days = f"first={day}&last={day + timedelta(days=6)}"
    page = browser.get(f"/staff/dashboard/requests?{days}")
    fields = {name: values[0] for name, values in page.fields("start").items() if values}
    return Ask("/staff/dashboard/requests", fields)


if __name__ == "__main__":
    main()
