"""A process that wants the same times as others. `python -m tests.faults.racer HOW N`: N of them.

It has submissions of its own, and writes down where each of them ended up and how many attempts
were lost, as JSON.
"""

import json
import os
import random
import sys
import time
from functools import partial
from pathlib import Path

from flask import Flask

import config
from intake.accounts.models import User
from intake.app import create_app
from intake.clinic.service import current_clinic
from intake.core.db import db, unit_of_work
from intake.development.example import example_user
from intake.scheduling import queries, service
from intake.scheduling.placing import SlotTaken
from intake.submissions.models import Submission
from tests import factories
from tests.factories import MONDAY_MORNING as NOW
from tests.faults import herd

SUBMISSIONS = 10
"""Half of them drafts, whose patients hold a time; half of them sent, which staff book."""
ATTEMPTS = 50
TIMES = 16
ROUNDS = 100 if "RACE_ATTEMPTS" in os.environ else 40
ROUND = 0.04
"""Seconds from one moment at which all racers want the same time to the next."""

Attempt = tuple[Submission, str, float]
"""Who wants which time, and at which moment after the start."""


def main(app: Flask, folder: Path, race: str, number: int) -> None:
    """Get ready, wait for the others, race."""
    random.seed()  # not what all of them have inherited
    with app.app_context():
        result = _race(folder, race)
    (folder / f"result-{number}").write_text(json.dumps(result))


def _race(folder: Path, race: str) -> dict[str, object]:
    attempts = {"everywhere": _everywhere, "together": _together}[race]()
    actor = example_user("desk@example.com")
    start = _wait_for_the_start(folder)
    won: dict[str, str] = {}
    lost = 0
    for submission, key, moment in attempts:
        _wait_until(start + moment)
        try:
            won[str(submission.id)] = _take(submission, key, actor)
        except SlotTaken:
            lost += 1
    return {"won": won, "lost": lost}


def _everywhere() -> list[Attempt]:
    """As fast as can be, anywhere among a few times, with moves."""
    submissions = [factories.begin() for _ in range(SUBMISSIONS // 2)]
    submissions += [factories.sent() for _ in range(SUBMISSIONS // 2)]
    keys = factories.free_keys()[:TIMES]
    return [(random.choice(submissions), random.choice(keys), 0) for _ in range(ATTEMPTS)]


def _together() -> list[Attempt]:
    """One time after the other, each at one moment that all racers share."""
    keys = factories.free_keys()[:ROUNDS]
    return [(factories.begin(), key, ROUND * number) for number, key in enumerate(keys)]


def _take(submission: Submission, key: str, actor: User) -> str:
    """Returns where it is: patients get whoever is free then."""
    with unit_of_work():
        if submission.is_draft:
            kept = service.hold(
                submission, key, current_clinic(), now=NOW, time_zone="UTC", channel="phone"
            )
        else:
            kept = service.book(submission, key, current_clinic(), actor=actor, now=NOW)
        return queries.key_at(kept.provider_id, kept.starts_at)


def _wait_for_the_start(folder: Path) -> float:
    """Say that we are ready; returns the moment at which all begin."""
    db.session.rollback()
    (folder / f"ready-{os.getpid()}").touch()
    while not (folder / "go").exists():
        time.sleep(0.005)
    return (folder / "go").stat().st_mtime + 0.2


def _wait_until(moment: float) -> None:
    """Wait as exactly as can be."""
    while (left := moment - time.time()) > 0:
        time.sleep(max(left - 0.002, 0))


if __name__ == "__main__":
    settings = config.load(os.environ)
    run = partial(main, create_app(settings), settings.instance, sys.argv[1])
    herd.fork(int(sys.argv[2]), run)
