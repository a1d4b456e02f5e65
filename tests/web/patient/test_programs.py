"""What programs send is kept apart; people who are fast, many or in danger are not lost."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from intake.core.db import db
from intake.notifications.models import Message
from intake.patient import limits
from intake.submissions.models import Submission
from intake.web.limits import Limit
from tests.browse import Browser, Page
from tests.factories import MONDAY_MORNING
from tests.web.patient import journey

CALL_ME = {
    "conditions": ["ptsd"],
    "age18": "yes",
    "given_name": "Sam",
    "family_name": "Lee",
    "phone": "3125550111",
    "contact_by": ["call"],
    "voicemail_ok": "no",
    "best_time": "any",
    "consent_privacy": "yes",
}


@pytest.fixture(autouse=True)
def now(app: Flask):
    with time_machine.travel(MONDAY_MORNING, tick=False) as travel:
        yield travel


@pytest.fixture
def watchful(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that looks at speed and numbers, as in production."""
    settings = replace(app.config["SETTINGS"], quarantines=True)
    monkeypatch.setitem(app.config, "SETTINGS", settings)


def asked(
    app: Flask, now, *, after: float = 60, safety: dict = journey.NO_THOUGHTS, **typed
) -> Page:
    """Somebody asks for a call by the short way, so many seconds after they began."""
    browser = Browser(app)
    browser.get("/request/call-me")
    browser.submit(**{**CALL_ME, **typed})
    now.shift(timedelta(seconds=after))
    page = browser.submit(**safety)
    return browser.submit(q5="no") if safety["q1"] == "yes" else page


def states() -> list[tuple[str, str]]:
    db.session.expire_all()
    sent = select(Submission.status, Submission.suspicion).order_by(Submission.sent_at)
    return [tuple(row) for row in db.session.execute(sent)]


def test_who_fills_in_the_hidden_field_is_kept_apart_and_reads_the_same(app: Flask, now) -> None:
    person, program = asked(app, now), asked(app, now, topic="Cheap pills")
    assert (program.path, program.h1) == (person.path, person.h1)
    assert states() == [("new", ""), ("quarantined", "trap")]
    assert db.session.scalar(select(func.count()).select_from(Message)) == 1


def test_the_long_way_has_the_same_trap(client: Browser) -> None:
    page = journey.to_contact(client, topic="Cheap pills")
    assert page.path == "/request/contact"
    assert states() == [("draft", "trap")]


def test_whoever_is_in_danger_is_never_kept_apart(app: Flask, now, watchful) -> None:
    danger = {**journey.NO_THOUGHTS, "q1": "yes"}
    asked(app, now, after=0, safety=danger, topic="Cheap pills")
    assert db.session.scalars(select(Submission.queue_rank)).all() == [2]
    assert states() == [("new", "trap")]


def test_what_is_sent_within_seconds_is_kept_apart(app: Flask, now, watchful) -> None:
    for seconds in (1, 4):
        asked(app, now, after=seconds)
    assert states() == [("quarantined", "fast"), ("new", "")]


@pytest.mark.parametrize("who", ["SENT", "SENT_BY_ONE"])
def test_what_comes_too_often_is_kept_apart(app: Flask, now, watchful, monkeypatch, who) -> None:
    two = Limit("two", burst=2, every=timedelta(hours=9))
    monkeypatch.setattr(limits, who, two)
    for _ in range(3):
        asked(app, now)
    why = {"SENT": "network", "SENT_BY_ONE": "person"}[who]
    assert states() == [("new", ""), ("new", ""), ("quarantined", why)]
    now.shift(timedelta(hours=10))
    asked(app, now)
    assert states()[-1] == ("new", "")
