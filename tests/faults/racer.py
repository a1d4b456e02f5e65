"""One of several processes that want the same times: `python -m tests.faults.racer`.

It has submissions of its own, moves them from time to time as fast as it can, and prints where
each of them ended up, as JSON.
"""

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
from intake.scheduling import service
from intake.scheduling.service import SlotTaken
from intake.submissions.models import Submission
from tests import factories
from tests.factories import MONDAY_MORNING as NOW

DRAFTS = 5
SENT = 5
ATTEMPTS = 50
TIMES = 16


def main() -> None:
    """Get ready, wait for the others, race."""
    submissions = [factories.begin() for _ in range(DRAFTS)]
    submissions += [factories.sent() for _ in range(SENT)]
    keys = factories.free_keys()[:TIMES]
    actor = example_user("desk@example.com")
    _wait_for_the_start(Path(os.environ["INSTANCE"]))
    won: dict[str, str] = {}
    lost = 0
    for _ in range(ATTEMPTS):
        submission, key = random.choice(submissions), random.choice(keys)
        try:
            _take(submission, key, actor)
        except SlotTaken:
            lost += 1
        else:
            won[str(submission.id)] = key
    json.dump({"won": won, "lost": lost}, sys.stdout)


def _take(submission: Submission, key: str, actor: User) -> None:
    with unit_of_work():
        if submission.is_draft:
            service.hold(
                submission, key, current_clinic(), now=NOW, time_zone="UTC", channel="phone"
            )
        else:
            service.book(submission, key, current_clinic(), actor=actor, now=NOW)


def _wait_for_the_start(folder: Path) -> None:
    db.session.rollback()
    (folder / f"ready-{os.getpid()}").touch()
    while not (folder / "go").exists():
        time.sleep(0.005)


if __name__ == "__main__":
    with create_app(config.load(os.environ)).app_context():
        main()
