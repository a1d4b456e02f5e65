"""Error pages: what they say, what they keep, what they never show."""

import json
import logging
import sqlite3
from collections.abc import Iterator

import pytest
from flask import Blueprint, Flask, request
from flask.typing import ResponseReturnValue
from sqlalchemy import event
from werkzeug.exceptions import ImATeapot, TooManyRequests, default_exceptions

from intake.clinic.clinic import US_CRISIS_LINES
from intake.clinic.models import ClinicSettings
from intake.core import clock
from intake.core.db import db, unit_of_work
from intake.core.logs import JsonFormatter
from intake.core.migrations import upgrade
from intake.development.example import create_example
from intake.web.errors import NEUTRAL, WORDS
from tests.browse import Browser

CANARY = "canary-7Q"
FROM_US = {"Sec-Fetch-Site": "same-origin"}
TYPED = {
    "story": f'"><script>{CANARY}</script>',
    "tried": ["ketamine", "tms"],
    "empty": "",
    "password": "open sesame",
}


faults = Blueprint("faults", __name__, url_prefix="/test")


@faults.get("/status/<int:status>")
def fail(status: int) -> ResponseReturnValue:
    raise default_exceptions.get(status, ImATeapot)


@faults.get("/busy")
def be_busy() -> ResponseReturnValue:
    raise TooManyRequests(retry_after=60)


@faults.get("/bug")
def fall_over() -> ResponseReturnValue:
    raise RuntimeError(request.args.get("secret", ""))


@faults.post("/form")
def save_form() -> ResponseReturnValue:
    """Write something, then answer what was sent."""
    with unit_of_work() as session:
        clinic = session.get_one(ClinicSettings, 1)
        clinic.updated_at = clock.now()
    return request.form.to_dict(flat=False)


@pytest.fixture(scope="module")
def faulty(make_app) -> Flask:
    """The application with the example clinic and views that fail in every way."""
    app: Flask = make_app()
    app.register_blueprint(faults)
    with app.app_context():
        event.listen(db.engine, "connect", wait_a_moment_only)
        upgrade()
        with unit_of_work():
            create_example(now=clock.now())
    return app


def wait_a_moment_only(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA busy_timeout=50")


@pytest.fixture
def browser(faulty: Flask) -> Browser:
    return Browser(faulty)


@pytest.fixture
def locked(faulty: Flask) -> Iterator[sqlite3.Connection]:
    """Somebody else writes to the database, and does not come to an end."""
    with faulty.app_context():
        other = sqlite3.connect(db.engine.url.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield other
    other.close()


@pytest.mark.parametrize("status", WORDS)
def test_every_failure_has_a_page_with_help(browser: Browser, status: int) -> None:
    page = browser.get(f"/test/status/{status}")
    assert page.status == status
    assert page.h1 == str(WORDS[status].title)
    assert "(312) 555-0142" in page.text
    assert {"tel:988", "tel:911", "tel:+13125550142"} <= set(page.links())


@pytest.mark.parametrize(("status", "like"), [(409, 400), (418, 400), (501, 500)])
def test_a_failure_without_words_of_its_own_takes_the_nearest(
    browser: Browser, status: int, like: int
) -> None:
    page = browser.get(f"/test/status/{status}")
    assert (page.status, page.h1) == (status, str(WORDS[like].title))


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_a_wrong_method_is_told_which_are_right(browser: Browser, method: str) -> None:
    response = getattr(browser.client, method)("/learn")
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]


def test_too_many_tries_say_when_to_come_back(browser: Browser) -> None:
    assert browser.get("/test/busy").headers["Retry-After"] == "60"


def test_an_error_is_never_json(browser: Browser) -> None:
    page = browser.get("/test/bug", headers={"Accept": "application/json"})
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"


def test_a_bug_shows_and_logs_nothing_of_the_request(
    browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    page = browser.get(f"/test/bug?secret={CANARY}")
    lines = [JsonFormatter().format(record) for record in caplog.records]
    assert page.status == 500
    assert CANARY not in page.body.decode()
    assert "Traceback" not in page.text
    assert len(lines) == 1
    assert json.loads(lines[0])["fault"] == "RuntimeError"
    assert CANARY not in lines[0]


def test_a_refusal_is_one_line(browser: Browser, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "intake.web"):
        browser.get("/test/status/404")
    assert [(r.name, r.levelname, r.status) for r in caplog.records] == [
        ("intake.web", "INFO", 404)
    ]


def test_an_unknown_host_gets_a_page_too(browser: Browser) -> None:
    response = browser.client.get("/", headers={"Host": "evil.example"})
    assert response.status_code == 400
    assert b"evil.example" not in response.data


def test_the_staff_site_has_its_own_page(browser: Browser) -> None:
    page = browser.get("/staff/test/nowhere")
    assert page.status == 404
    assert "/staff/" in page.links()
    assert "tel:988" not in page.links()


# Forms that could not be saved


def take_a_token(browser: Browser) -> None:
    """Be shown a page with a fresh token, as that of any form; `post` sends it."""
    browser.post("/test/form", {}, headers=FROM_US)


def test_a_locked_database_keeps_what_was_typed(browser: Browser, locked: object) -> None:
    take_a_token(browser)
    page = browser.post("/test/form", TYPED, headers=FROM_US)
    sent = page.fields()
    assert (page.status, page.headers["Retry-After"]) == (503, "30")
    assert sent.pop("csrf_token")[0] != ""
    assert sent == {"story": [TYPED["story"]], "tried": ["ketamine", "tms"], "empty": [""]}


def test_it_can_be_sent_again_when_the_lock_is_gone(
    browser: Browser, locked: sqlite3.Connection
) -> None:
    take_a_token(browser)
    page = browser.post("/test/form", TYPED, headers=FROM_US)
    locked.rollback()
    saved = browser.post("/test/form", page.fields())
    assert saved.status == 200
    assert json.loads(saved.body)["story"] == [TYPED["story"]]


def test_an_expired_form_can_be_sent_again_as_it_was(browser: Browser) -> None:
    page = browser.post("/test/form", {"csrf_token": "old", **TYPED}, headers=FROM_US)
    assert page.status == 400
    assert "old" not in page.fields()["csrf_token"]
    saved = browser.post("/test/form", page.fields())
    assert saved.status == 200
    assert json.loads(saved.body)["tried"] == ["ketamine", "tms"]


def test_nobody_is_led_away_from_what_they_typed(browser: Browser) -> None:
    page = browser.post("/test/form", TYPED, headers=FROM_US)
    assert [form.get("action") for form in page.all("form")] == [None]


@pytest.mark.parametrize("token", ["é", "\x00", "a.b.c", "x" * 5000])
def test_a_broken_token_is_a_page_and_not_a_fault(browser: Browser, token: str) -> None:
    assert browser.post("/test/form", {"csrf_token": token}, headers=FROM_US).status == 400


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 400),
        ({"Sec-Fetch-Site": "same-site"}, 400),
        ({"Sec-Fetch-Site": "cross-site"}, 400),
        ({"Origin": "https://evil.example"}, 400),
    ],
)
def test_what_may_come_from_another_site_is_not_shown_back(
    browser: Browser, headers: dict[str, str], status: int
) -> None:
    page = browser.post("/test/form", TYPED, headers=headers)
    assert page.status == status
    assert CANARY not in page.body.decode()
    assert page.all("form") == []


def test_a_password_is_never_shown_back(browser: Browser) -> None:
    page = browser.post("/test/form", TYPED, headers=FROM_US)
    assert b"open sesame" not in page.body


def test_a_form_that_is_too_large_is_refused_with_words(browser: Browser) -> None:
    take_a_token(browser)
    page = browser.post("/test/form", {"story": "x" * 300_000}, headers=FROM_US)
    assert page.status == 413


# Without a database


@pytest.fixture(scope="module")
def stranded(make_app) -> Flask:
    """The application with a database that cannot be reached."""
    return make_app(INTAKE_DATABASE_URL="sqlite:////nowhere/at/all/intake.db")


@pytest.mark.parametrize("path", ["/", "/learn", "/privacy", "/accessibility", "/not-for-you"])
def test_without_a_database_there_is_still_help(stranded: Flask, path: str) -> None:
    page = Browser(stranded).get(path)
    assert page.status == 503
    assert page.headers["Retry-After"] == "30"
    assert {"tel:988", "tel:911"} <= set(page.links())


def test_without_a_database_urgent_help_is_complete(stranded: Flask) -> None:
    page = Browser(stranded).get("/urgent-help")
    assert page.status == 200
    assert {"tel:988", "sms:988", "tel:911", "https://988lifeline.org"} <= set(page.links())


def test_without_a_database_a_missing_page_is_still_missing(stranded: Flask) -> None:
    assert Browser(stranded).get("/nowhere").status == 404


def test_without_a_database_the_failure_is_one_line(
    stranded: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    Browser(stranded).get("/")
    assert [(r.name, r.getMessage()) for r in caplog.records] == [
        ("intake.web", "The database did not answer")
    ]


def test_without_a_database_staff_keep_what_they_typed(stranded: Flask) -> None:
    browser = Browser(stranded)
    browser.client.set_cookie("staff", "x" * 43)  # as if signed in: the session is a row
    page = browser.post("/staff/", {"note": "call after five"}, headers=FROM_US)
    assert page.status == 503
    assert page.fields() == {"note": ["call after five"]}


def test_the_neutral_lines_of_help_are_those_of_a_new_clinic() -> None:
    shown = [(str(line.text), line.number, line.href) for line in NEUTRAL["crisis"]]
    assert shown == [(line.text, line.number, line.href) for line in US_CRISIS_LINES]
