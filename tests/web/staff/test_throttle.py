"""Guessing passwords is slow, and nobody can shut a colleague out by failing on purpose."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from intake.accounts import throttle
from intake.core.logs import JsonFormatter
from tests.browse import Browser, Page
from tests.factories import MONDAY_MORNING
from tests.web.staff.people import (
    CLINICIAN,
    DESK,
    NEW_FACTOR,
    PASSWORD,
    actions,
    give_password,
    let_in,
)

WRONG = "not the password at all"
HOME, AWAY = "203.0.113.7", "198.51.100.9"


@pytest.fixture
def now():
    with time_machine.travel(MONDAY_MORNING, tick=False) as clock:
        yield clock


@pytest.fixture(autouse=True)
def password(app: Flask) -> None:
    give_password()


def at(app: Flask, address: str) -> Browser:
    browser = Browser(app)
    browser.client.environ_base["REMOTE_ADDR"] = address
    return browser


def sign_in(browser: Browser, email: str = DESK, password: str = PASSWORD) -> Page:
    browser.get("/staff/sign-in")
    return browser.submit(email=email, password=password)


def fail(browser: Browser, times: int, email: str = DESK) -> list[int]:
    return [sign_in(browser, email, WRONG).status for _ in range(times)]


def test_the_sixth_failure_in_a_row_has_to_wait(app: Flask, now) -> None:
    assert fail(at(app, AWAY), 6) == [200] * 5 + [429]


def test_the_page_says_what_to_do_and_keeps_the_address(app: Flask, now) -> None:
    browser = at(app, AWAY)
    fail(browser, 5)
    page = sign_in(browser, password=WRONG)
    assert (page.h1, page.headers["Retry-After"]) == ("Sign in", "12")
    assert "Wait a minute" in page.text
    assert "/staff/forgot-password" in page.links()
    assert page.fields()["email"] == [DESK]


def test_meanwhile_even_the_right_password_tells_nothing(app: Flask, now) -> None:
    browser = at(app, AWAY)
    fail(browser, 5)
    assert sign_in(browser).status == 429


def test_known_and_unknown_addresses_get_the_same_page(app: Flask, now) -> None:
    pages = []
    for email in (DESK, "nobody@example.com"):
        browser = at(app, AWAY)
        fail(browser, 5, email)
        page = sign_in(browser, email, WRONG)
        pages.append((page.status, page.text, page.headers["Retry-After"]))
    assert pages[0] == pages[1]


def test_a_try_is_free_again_after_a_while(app: Flask, now) -> None:
    browser = at(app, AWAY)
    fail(browser, 6)
    now.shift(timedelta(seconds=12))
    assert sign_in(browser).h1 == NEW_FACTOR


def test_it_gets_slower_and_slower(app: Flask, now) -> None:
    browser, waits = at(app, AWAY), set()
    for _ in range(throttle.IN_A_DAY.burst + 2):
        page = sign_in(browser, password=WRONG)
        if page.status == 429:
            waits.add(int(page.headers["Retry-After"]))
        now.shift(timedelta(seconds=12))
    assert max(waits) > 60


def test_a_stranger_cannot_shut_anybody_out(app: Flask, now) -> None:
    fail(at(app, AWAY), 40)
    assert sign_in(at(app, HOME)).h1 == NEW_FACTOR


def test_strangers_everywhere_cannot_shut_out_a_known_browser(
    app: Flask, now, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = let_in(at(app, HOME))
    known.client.delete_cookie("staff")
    narrow = type(throttle.FROM_EVERYWHERE)("few", burst=3, every=timedelta(hours=1))
    monkeypatch.setattr(throttle, "FROM_EVERYWHERE", narrow)
    for number in range(4):
        fail(at(app, f"198.51.100.{number}"), 1)
    assert sign_in(at(app, "192.0.2.1")).status == 429
    assert sign_in(known).h1 == NEW_FACTOR


def test_a_known_browser_has_its_limit_too(app: Flask, now) -> None:
    known = let_in(at(app, HOME))
    known.client.delete_cookie("staff")
    assert fail(known, 11)[-2:] == [200, 429]


def test_a_browser_is_known_only_to_those_who_signed_in_there(app: Flask, now) -> None:
    give_password(CLINICIAN)
    known = let_in(at(app, HOME))
    known.client.delete_cookie("staff")
    assert fail(known, 6, CLINICIAN)[-1] == 429


@pytest.mark.parametrize("value", ["x", "a.b.c", "é", ""])
def test_a_forged_device_is_a_strange_one(app: Flask, now, value: str) -> None:
    browser = at(app, AWAY)
    browser.client.set_cookie("device", value)
    assert fail(browser, 6)[-1] == 429


def test_one_password_tried_on_everybody_is_slow_as_well(
    app: Flask, now, monkeypatch: pytest.MonkeyPatch
) -> None:
    narrow = type(throttle.FROM_ONE_NETWORK)("few", burst=3, every=timedelta(hours=1))
    monkeypatch.setattr(throttle, "FROM_ONE_NETWORK", narrow)
    browser = at(app, AWAY)
    codes = [fail(browser, 1, f"user{number}@example.com")[0] for number in range(4)]
    assert codes == [200, 200, 200, 429]


def test_signing_in_often_is_no_failure(app: Flask, now) -> None:
    for _ in range(7):
        assert sign_in(at(app, HOME)).h1 == NEW_FACTOR


def test_what_had_to_wait_fills_no_audit_log_but_can_be_seen(
    app: Flask, now, caplog: pytest.LogCaptureFixture
) -> None:
    fail(at(app, AWAY), 9)
    assert actions().count("sign-in failed") == 5
    lines = [JsonFormatter().format(each) for each in caplog.records]
    assert sum("tried too often" in line for line in lines) == 4
    assert not any(DESK in line or AWAY in line for line in lines)
