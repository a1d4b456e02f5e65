"""What one network may begin: far more than people do, far less than a program can."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from intake.core.db import db
from intake.patient import limits
from intake.scheduling.models import Appointment
from intake.submissions.models import Submission
from intake.web.limits import Limit
from tests.browse import Browser
from tests.factories import MONDAY_MORNING
from tests.web.patient import journey

START = {"conditions": "depression", "for_whom": "me", "age18": "yes"}
FROM_US = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def now():
    with time_machine.travel(MONDAY_MORNING, tick=False) as clock:
        yield clock


def begin(app: Flask, address: str = "127.0.0.1"):
    """Send the first page as somebody new."""
    browser = Browser(app)
    browser.client.environ_base["REMOTE_ADDR"] = address
    browser.get("/request/start")
    return browser.post("/request/start", START, headers=FROM_US)


def drafts() -> int:
    return db.session.scalar(select(func.count()).select_from(Submission)) or 0


def test_a_program_cannot_begin_without_end(app: Flask, now) -> None:
    pages = [begin(app) for _ in range(limits.BEGUN.burst + 1)]
    assert {page.status for page in pages[:-1]} == {200}
    assert pages[-1].status == 429
    assert drafts() == limits.BEGUN.burst


@pytest.fixture
def strict(monkeypatch: pytest.MonkeyPatch) -> None:
    """A limit that is reached by the second try."""
    monkeypatch.setattr(limits, "BEGUN", Limit("begun", burst=1, every=timedelta(seconds=30)))


def test_the_page_that_stops_somebody_helps_and_keeps_what_was_typed(
    app: Flask, now, strict
) -> None:
    begin(app)
    page = begin(app)
    assert (page.status, page.headers["Retry-After"]) == (429, "30")
    assert page.h1 == "Please wait a minute"
    assert {"tel:988", "tel:911", "tel:+13125550142"} <= set(page.links())
    assert page.fields()["conditions"] == ["depression"]


def test_after_the_wait_the_same_page_goes_through(app: Flask, now, strict) -> None:
    begin(app)
    stopped = Browser(app)
    stopped.get("/request/start")
    stopped.post("/request/start", START, headers=FROM_US)
    now.shift(timedelta(seconds=30))
    assert stopped.submit().path == "/request/contact"


def test_other_networks_are_not_stopped(app: Flask, now, strict) -> None:
    begin(app)
    assert begin(app, "203.0.113.7").status == 200
    assert begin(app, "2001:db8::1").status == 200
    assert begin(app, "2001:db8::2").status == 429


def test_whoever_finishes_does_not_count(app: Flask, now, monkeypatch: pytest.MonkeyPatch) -> None:
    two = Limit("begun", burst=2, every=timedelta(hours=1))  # a draft and its time
    monkeypatch.setattr(limits, "BEGUN", two)
    for _ in range(3):
        assert journey.to_done(Browser(app)).path == "/request/done"


def test_going_back_to_the_first_page_does_not_count(app: Flask, now, strict) -> None:
    browser = Browser(app)
    for _ in range(3):
        browser.get("/request/start")
        assert browser.post("/request/start", START).path != "/request/start"


def test_the_short_way_counts_too(app: Flask, now, strict) -> None:
    begin(app)
    browser = Browser(app)
    browser.get("/request/call-me")
    page = browser.submit(
        conditions=["ptsd"],
        age18="yes",
        given_name="Sam",
        family_name="Lee",
        phone="3125550111",
        contact_by=["call"],
        voicemail_ok="no",
        best_time="any",
        consent_privacy="yes",
    )
    assert page.status == 429


def test_a_program_cannot_hold_all_times(app: Flask, now, monkeypatch: pytest.MonkeyPatch) -> None:
    three = Limit("begun", burst=3, every=timedelta(hours=1))
    monkeypatch.setattr(limits, "BEGUN", three)
    for expected in (200, 429):
        browser = Browser(app)
        journey.to_times(browser)
        assert journey.choose_time(browser).status == expected
    assert db.session.scalar(select(func.count()).select_from(Appointment)) == 1


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", ""])
def test_in_production_a_proxy_that_hides_people_stops_nobody(
    app: Flask, now, strict, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    settings = app.config["SETTINGS"]
    production = type(settings)(**{**vars(settings), "environment": "production"})
    monkeypatch.setitem(app.config, "SETTINGS", production)
    assert [begin(app, address).status for _ in range(3)] == [200, 200, 200]
