"""A process full of people who want the same times: `python -m tests.faults.crowd N` are N of them.

Every attempt is a request to the application, as a browser or the front desk sends it. What was
tried and what was acknowledged is written down line by line, so that it is known after kill -9.
"""

import json
import os
import random
import sys
from collections.abc import Callable
from datetime import time
from functools import partial
from pathlib import Path
from time import sleep
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from flask import Flask

import config
from intake.app import create_app
from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.db import db, unit_of_work
from intake.patient import limits
from intake.patient.visit import DRAFT_COOKIE
from intake.scheduling import queries, waitlist
from intake.scheduling.placing import SlotTaken
from intake.submissions.models import Submission
from intake.web.limits import Limit
from tests.browse import Browser
from tests.faults import herd
from tests.web.staff.people import let_in

waitlist.MOST_OFFERS, waitlist.WAKING_HOURS = 1_000_000, (time.min, time.max)  # no one tires
limits.CHANGES = Limit("changes", burst=1_000_000, every=limits.CHANGES.every)
GONE = "gone"
"""The state of a cancelled call."""
Fields = dict[str, object]
Standing = tuple[str, str]
"""The state of a call, and when it starts."""


class Person:
    """Somebody with a request of their own, and where their call stands as far as they know."""

    def __init__(self, told: dict[str, Any], crowd: "Crowd") -> None:
        self.id, self.link, self.crowd = UUID(told["id"]), told["link"], crowd
        self.state, self.at = told["state"], told["at"]
        self.browser = Browser(crowd.app)
        if told["cookie"]:
            with self.browser.client.session_transaction() as session:
                session[DRAFT_COOKIE] = told["cookie"]
        self.browser.get(f"{self.link}/cancel" if self.link else "/request/times")

    def act(self, key: str) -> None:
        """Do one of the things that can be done now; `key` is the time they would like."""
        choices: dict[str, list[Callable[[str], None]]] = {
            "draft": [self.hold, self.send] if self.at else [self.hold],
            "pending": [self.confirm],
            "booked": [self.staff],
            GONE: [self.undo, self.move],
        }
        if self.link and self.state == "booked":
            choices["booked"] += [self.move, self.move, self.accept, self.accept, self.cancel]
        random.choice(choices[self.state])(key)

    def hold(self, key: str) -> None:
        fields = {"slot": key, "channel": "phone"}
        self._try("hold", "/request/times", fields, to="/request/check", then=("draft", _at(key)))

    def send(self, _key: str) -> None:
        then = ("pending", self.at)
        self._try("book", "/request/check", {}, to="/request/done", then=then)

    def confirm(self, key: str) -> None:
        asked = queries.kept_for(self.id)
        if asked is not None and random.random() < 0.7:
            key = queries.key_at(asked.provider_id, asked.starts_at)
        self._book("confirm", key)

    def staff(self, key: str) -> None:
        if _at(key) != self.at:
            self._book("staff", key)

    def _book(self, name: str, key: str) -> None:
        db.session.rollback()
        version = db.session.get_one(Submission, self.id).version
        page, fields = f"/staff/submissions/{self.id}", {"slot": key, "version": version}
        then, desk = ("booked", _at(key)), self.crowd.desk
        self._try(name, f"{page}/book", fields, to=page, then=then, browser=desk)

    def move(self, key: str) -> None:
        name = "move" if self.state == "booked" else "rebook"
        if _at(key) != self.at:
            self._change(name, "times", {"slot": key}, ("booked", _at(key)))

    def cancel(self, _key: str) -> None:
        db.session.rollback()
        call = queries.kept_for(self.id)
        seen = {"sequence": str(call.sequence)} if call is not None else {}
        self._change("cancel", "cancel", seen, (GONE, self.at))

    def undo(self, _key: str) -> None:
        self._change("undo", "undo", {}, ("booked", self.at))

    def accept(self, key: str) -> None:
        """Take what is on offer for them, if anything is; else let the worker ask somebody."""
        db.session.rollback()
        offer = waitlist.latest_offer(self.id)
        if offer is None or not waitlist.is_open(offer, now=clock.now()):
            self.crowd.ask_next()
        elif (at := f"{offer.starts_at:%Y%m%d%H%M}") < self.at:
            self._change("accept", "earlier", {"take": "1", "offer": offer.id}, ("booked", at))
        else:
            self.move(key)

    def _change(self, name: str, page: str, fields: Fields, then: Standing) -> None:
        self._try(name, f"{self.link}/{page}", fields, to=self.link, then=then)

    def _try(
        self,
        name: str,
        path: str,
        fields: Fields,
        *,
        to: str,
        then: Standing,
        browser: Browser | None = None,
    ) -> None:
        browser = browser or self.browser
        self.crowd.note(self.id, "try", name, *then)
        network = {"REMOTE_ADDR": f"10.{random.randrange(250)}.{random.randrange(250)}.1"}
        fields = {"csrf_token": browser.token, **fields}
        answer = browser.client.post(path, data=fields, environ_base=network)
        if answer.status_code == 303 and urlsplit(answer.location).path == to:
            self.state, self.at = then
            self.crowd.note(self.id, "won", name, *then)
        else:
            assert answer.status_code == 409, (name, answer.status_code, answer.location)
            assert "nearest" in answer.text, (name, answer.text)
            self.crowd.note(self.id, "lost", name, self.state, self.at)


class Crowd:
    """The people of one process."""

    def __init__(self, app: Flask, folder: Path, number: int) -> None:
        self.app = app
        self.plan = json.loads((folder / "plan.json").read_text())
        self.notes = os.open(folder / f"notes-{number}", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        with self.app.app_context():
            self.desk = let_in(Browser(self.app))
            self.desk.get("/staff/")
            self.people = [Person(told, self) for told in self.plan["people"][str(number)]]

    def note(self, who: UUID, *what: str) -> None:
        """Write down what happened before anything else does."""
        os.write(self.notes, (json.dumps([who.hex, *what]) + "\n").encode())

    def race(self) -> None:
        """All attempts, as fast as can be."""
        with self.app.app_context():
            for _ in range(self.plan["attempts"]):
                random.choice(self.people).act(random.choice(self.plan["wanted"]))
                db.session.rollback()

    def ask_next(self) -> None:
        """What the worker does each minute, as it will be after the time to think again."""
        try:
            with unit_of_work():
                waitlist.ask_next(current_clinic(), now=clock.now() + waitlist.PATIENCE)
        except SlotTaken:
            return


def _at(key: str) -> str:
    """When a slot starts: a call may go to whoever is free then."""
    return key.split("-")[1]


def main(app: Flask, folder: Path, number: int) -> None:
    """Get ready, wait for the others, race."""
    random.seed()  # not what all of them have inherited
    crowd = Crowd(app, folder, number)
    (folder / f"ready-{number}").write_text(str(os.getpid()))
    while not (folder / "go").exists():
        sleep(0.005)
    crowd.race()


if __name__ == "__main__":
    settings = config.load(os.environ)
    herd.fork(int(sys.argv[1]), partial(main, create_app(settings), settings.instance))
