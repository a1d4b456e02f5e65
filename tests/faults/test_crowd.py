"""Eight processes over the same times: every way to take one, at once, also with kill -9.

`RACE_ATTEMPTS` is how often each process tries: few by default, 250 for the whole truth.
"""

import json
import os
import random
import signal
import subprocess
import time
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from itertools import chain
from uuid import UUID

from sqlalchemy import func, select

from intake.audit import log
from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.db import db, unit_of_work
from intake.core.tokens import token_hash
from intake.notifications.models import Message
from intake.patient.journey import steps_of
from intake.scheduling import queries, waitlist
from intake.scheduling.models import Appointment
from intake.submissions import drafts
from intake.submissions.assessment import plan_of
from intake.submissions.models import Submission
from tests import factories
from tests.appointments import booked, path_of, rule
from tests.faults.test_racing_for_times import appointments, overlaps
from tests.processes import Installation, send, wait_for

CROWDS = 8
DRAFTS, BOOKED = 4, 4
"""People of each process: some still choose a time, some have a call with a link to change it."""
TIMES = 14
ATTEMPTS = int(os.environ.get("RACE_ATTEMPTS", "12"))
PATIENCE = 60 + ATTEMPTS
"""Seconds until all have tried."""
TAKES_TIME = ("hold", "confirm", "staff", "move", "accept")
STATES = {"hold": "draft", "pending": "live", "booked": "live", "cancelled": "gone"}

Standing = tuple[str, str]
Notes = dict[str, list[list[str]]]
"""By person, in order: tried, won or lost; how; and where the call then stands."""


def test_a_crowd_never_overlaps_and_loses_nothing(clinic):
    prepare(clinic, "confirm")
    assert ends(start(clinic)) == [0] * CROWDS
    notes = read_notes(clinic)
    results = Counter((kind, how) for each in notes.values() for kind, how, *_ in each)
    print(dict(sorted(results.items())))  # noqa: T201  shown when it fails, or with -s
    assert sum(results["lost", how] for how in TAKES_TIME) >= CROWDS
    check(clinic, notes)
    check_mails(clinic, results)


def test_a_crowd_of_which_half_is_killed_loses_nothing_acknowledged(clinic):
    prepare(clinic, "instant")
    crowds = start(clinic)
    for number in range(CROWDS // 2):
        time.sleep(random.uniform(0.1, 0.3))
        send(signal.SIGKILL, int((clinic.folder / f"ready-{number}").read_text()))
    ended = ends(crowds)
    assert -signal.SIGKILL in ended[: CROWDS // 2]
    assert ended[CROWDS // 2 :] == [0] * (CROWDS // 2)
    check(clinic, read_notes(clinic))


def prepare(clinic: Installation, mode: str) -> None:
    """Times whose neighbors overlap, and people who want them."""
    with clinic.app.app_context():
        rule(mode=mode, minutes=30, step_minutes=15, min_notice=0)
        rule(most_moves=1_000_000, change_notice=0, person_cap=None)
        now = clock.now()
        keys = [key for key in factories.free_keys(now) if starts(key) > now + timedelta(days=2)]
        later = iter(keys[2 * TIMES :: 4])
        people = {
            str(number): [
                *(a_draft(now) for _ in range(DRAFTS)),
                *(a_call(next(later), now) for _ in range(BOOKED)),
            ]
            for number in range(CROWDS)
        }
        wanted = [f"{who}-{key.split('-')[1]}" for who in (1, 2) for key in keys[:TIMES]]
        plan = {"wanted": wanted, "people": people, "attempts": ATTEMPTS}
        (clinic.folder / "plan.json").write_text(json.dumps(plan))
        db.session.remove()


def a_draft(now: datetime) -> dict[str, str]:
    """Somebody about to choose a time, with everything else answered or left out."""
    draft, clinic = factories.begin(now), current_clinic()
    factories.fill(draft, now, email=f"{draft.id.hex}@example.org")  # no two are one person
    token = f"cookie of {draft.id}"
    with unit_of_work():
        draft.cookie_hash = token_hash(token)
        for step in steps_of(plan_of(draft, clinic)):
            if step.asked is not None and step.key not in (draft.answers or {}):
                drafts.save_answers(draft, step.key, None, clinic, now=now)
    return {"id": draft.id.hex, "cookie": token, "link": "", "state": "draft", "at": ""}


def a_call(key: str, now: datetime) -> dict[str, str]:
    """Somebody with a call in the weeks ahead who would like an earlier time."""
    submission = booked(key, now, email=f"{key}@example.org")
    with unit_of_work():
        waitlist.join(submission.id, now=now)
    link, at = path_of(submission), key.split("-")[1]
    return {"id": submission.id.hex, "cookie": "", "link": link, "state": "booked", "at": at}


def start(clinic: Installation) -> subprocess.Popen[bytes]:
    """All crowds, ready and gone."""
    crowds = clinic.run("-m", "tests.faults.crowd", str(CROWDS), output=subprocess.PIPE)

    def are_ready() -> bool:
        assert crowds.poll() is None, crowds.communicate()[0]
        return len(list(clinic.folder.glob("ready-*"))) == CROWDS

    wait_for(are_ready, "the crowds", seconds=90)
    (clinic.folder / "go").touch()
    return crowds


def ends(crowds: subprocess.Popen[bytes]) -> list[int]:
    """How each of them ended; what they wrote is shown when a test fails."""
    written = crowds.communicate(timeout=PATIENCE)[0].decode()
    print(written)  # noqa: T201
    result: list[int] = json.loads(written.splitlines()[-1])
    return result


def read_notes(clinic: Installation) -> Notes:
    notes: Notes = defaultdict(list)
    for file in clinic.folder.glob("notes-*"):
        for line in file.read_text().splitlines():
            who, *what = json.loads(line)
            notes[who].append(tuple(what))
    return notes


def check(clinic: Installation, notes: Notes) -> None:
    """Nothing overlaps, and everybody stands where they were told last, or where they were about
    to be when their process was killed."""
    plan = json.loads((clinic.folder / "plan.json").read_text())
    with clinic.app.app_context():
        db.session.rollback()
        assert not overlaps(appointments())
        assert log.verify().fault is None
        for told in chain.from_iterable(plan["people"].values()):
            seen = notes.get(told["id"], [])
            settled = [each for each in seen if each[0] != "try"]
            allowed = {tuple(settled[-1][2:]) if settled else (told["state"], told["at"])}
            if seen and seen[-1][0] == "try":
                allowed.add(tuple(seen[-1][2:]))
            allowed = {(STATES.get(state, state), at) for state, at in allowed}
            assert stands(told["id"]) in allowed, seen[-4:]


def stands(person: str) -> Standing:
    """Where somebody's call stands: what it is, and when."""
    rows = db.session.scalars(
        select(Appointment)
        .where(Appointment.submission_id == UUID(person))
        .where(Appointment.status.in_(STATES))
    ).all()
    if not rows:
        return db.session.get_one(Submission, UUID(person)).status, ""
    (row,) = rows
    return STATES[row.status], f"{row.starts_at:%Y%m%d%H%M}"


def check_mails(clinic: Installation, results: Counter[tuple[str, str]]) -> None:
    """Each change that was acknowledged is told once, and no other."""
    with clinic.app.app_context():
        names = select(Message.name, func.count()).group_by(Message.name)
        told = dict(db.session.execute(names).all())
    won = Counter({how: count for (kind, how), count in results.items() if kind == "won"})
    # Whoever is moved before the first mail has left is told by another mail of the first kind.
    placed = won["confirm"] + won["move"] + won["accept"] + won["staff"]
    assert told.get("booked", 0) + told.get("moved", 0) == CROWDS * BOOKED + placed
    assert told.get("cancelled", 0) == won["cancel"]
    assert told.get("restored", 0) == won["undo"] + won["rebook"]


def starts(key: str) -> datetime:
    return queries.read_slot_key(key)[1]
