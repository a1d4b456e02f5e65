"""One of several processes that want the same times: `python -m tests.faults.racer HOW`.

It has submissions of its own, and prints where each of them ended up and how many attempts were
lost, as JSON.
"""

import gc

if __name__ == "__main__":
    gc.disable()  # several start at once: looking for garbage takes a quarter of that

import json
import os
import random
import sys
import time
from pathlib import Path

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

SUBMISSIONS = 10
"""Half of them drafts, whose patients hold a time; half of them sent, which staff book."""
ATTEMPTS = 50
TIMES = 16
ROUNDS = 100 if "RACE_ATTEMPTS" in os.environ else 40
ROUND = 0.04
"""Seconds from one moment at which all racers want the same time to the next."""

Attempt = tuple[Submission, str, float]
"""Who wants which time, and at which moment after the start."""


def main(race: str) -> None:
    """Get ready, wait for the others, race."""
    attempts = {"everywhere": _everywhere, "together": _together}[race]()
    actor = example_user("desk@example.com")
    start = _wait_for_the_start(Path(os.environ["INSTANCE"]))
    won: dict[str, str] = {}
    lost = 0
    for submission, key, moment in attempts:
        _wait_until(start + moment)
        try:
            won[str(submission.id)] = _take(submission, key, actor)
        except SlotTaken:
            lost += 1
    json.dump({"won": won, "lost": lost}, sys.stdout)


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
    with create_app(config.load(os.environ)).app_context():
        main(sys.argv[1])
