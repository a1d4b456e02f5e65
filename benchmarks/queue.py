"""`python -m benchmarks.queue`: do the pages of the front desk stay as fast when requests grow?

Two clinics, filled by `flask --app wsgi demo`, are asked for the same pages in turn, on SQLite.
Printed are the CPU time of a page at the larger one over that at the smaller one, the median of
rounds, and the statements of each, which differ a little with what is listed. Goal: 1.2 at most.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import process_time

from flask import Flask
from sqlalchemy import Engine, event, func, select

from benchmarks.server import ROOT
from config import load
from intake.app import create_app
from intake.core.db import db
from intake.staff.search import sealed
from intake.submissions.models import Submission
from tests.browse import Browser
from tests.web.staff.people import CLINICIAN, let_in, person

SMALL, LARGE, ROUNDS, GOAL = 1_000, 20_000, 15, 1.2

seen: list[str] = []


@event.listens_for(Engine, "before_cursor_execute")
def count(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
    seen.append(statement)


@dataclass
class Clinic:
    """An application with somebody signed in, and the addresses of its pages by their names."""

    app: Flask
    browser: Browser
    pages: dict[str, str]

    def open(self, name: str) -> tuple[float, int]:
        """Ask for a page: CPU milliseconds, and statements."""
        with self.app.app_context():
            seen.clear()
            before = process_time()
            answer = self.browser.client.get(self.pages[name])
            spent = (process_time() - before) * 1000
        assert answer.status_code == 200, (name, answer.status_code)
        return spent, len(seen)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.queue", description=__doc__)
    parser.add_argument("--small", type=int, default=SMALL, help="requests of the smaller clinic")
    parser.add_argument("--large", type=int, default=LARGE, help="and of the larger one")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="queue-") as folder:
        clinics = [_filled(Path(folder), number) for number in (asked.small, asked.large)]
        print(f"{asked.small} and {asked.large} requests")
        for name in clinics[0].pages:
            _compare(name, *clinics)


def _compare(name: str, small: Clinic, large: Clinic) -> None:
    """Ask both for a page in turn, and print what came of it."""
    for each in (small, large):
        each.open(name)
    rounds = [(small.open(name), large.open(name)) for _ in range(ROUNDS)]
    ratio = median(ours[0] / base[0] for base, ours in rounds)
    statements = [median(each[1] for each in asked) for asked in zip(*rounds, strict=True)]
    verdict = "pass" if ratio <= GOAL else "FAIL"
    spent = median(ours[0] for _, ours in rounds)
    numbers = " and ".join(f"{each:.0f}" for each in statements)
    print(f"  {verdict}  {name}: {ratio:.2f} ({spent:.1f} ms), statements {numbers}", flush=True)


def _filled(folder: Path, number: int) -> Clinic:
    """An example clinic with so many requests."""
    settings = {
        "INTAKE_ENV": "development",
        "INSTANCE": str(folder / str(number)),
        "INTAKE_LOG_LEVEL": "ERROR",
    }
    Path(settings["INSTANCE"]).mkdir()
    flask = [sys.executable, "-m", "flask", "--app", "wsgi", "demo", "--submissions", str(number)]
    for command in ([sys.executable, "-m", "benchmarks.prepare"], flask):
        subprocess.run(command, cwd=ROOT, env={**os.environ, **settings}, check=True)
    app = create_app(load(settings))
    with app.app_context():
        browser, pages = let_in(Browser(app), CLINICIAN), _pages()
    return Clinic(app, browser, pages)


def _pages() -> dict[str, str]:
    """The pages that are compared; record and search are about one and the same made-up person."""
    half = select(func.count()).select_from(Submission).scalar_subquery() / 2
    someone = db.session.scalars(
        select(Submission).order_by(Submission.sent_at, Submission.id).offset(half).limit(1)
    ).one()
    contact = someone.contact["contact"]
    words = sealed(f"{contact['family_name']} {contact['phone']}", person(CLINICIAN))
    return {
        "queue": "/staff/",
        "filtered by state": "/staff/?status=new",
        "filtered by condition": "/staff/?condition=depression",
        "what is over": "/staff/?tab=over",
        "record": f"/staff/submissions/{someone.id}",
        "search": f"/staff/search?wanted={words}",
    }


if __name__ == "__main__":
    main()
