"""Passkeys, with a security key made of Python. A real browser has its own test."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from intake.accounts.models import Passkey, StaffSession
from intake.accounts.service import disable
from intake.core import clock
from intake.core.db import db, unit_of_work
from tests.authenticator import PRESENT, SecurityKey
from tests.browse import Browser, Page
from tests.web.staff.people import (
    CLINICIAN,
    DESK,
    NEW_FACTOR,
    ONE_MORE,
    actions,
    give_app,
    give_password,
    let_in,
    person,
    with_password,
)

pytestmark = pytest.mark.usefixtures("morning")


def questions(browser: Browser, path: str, kind: str = "show") -> str:
    """What the page asks the browser."""
    forms = browser.get(path).all("form")
    return next(found for each in forms if (found := each.get(f"data-{kind}")))


def make(browser: Browser, key: SecurityKey, name: str = "Desk") -> Page:
    """Add a passkey."""
    answer = key.make(questions(browser, "/staff/second-factor/new", "add"))
    return browser.post("/staff/second-factor/passkey", {"answer": answer, "name": name})


def enter(browser: Browser, key: SecurityKey, path: str = "/staff/sign-in") -> Page:
    """Sign in with a passkey."""
    answer = key.show(questions(browser, path))
    return browser.post("/staff/passkey", {"answer": answer, "next": "/staff/calendar"})


@pytest.fixture
def key(app: Flask, morning: object) -> SecurityKey:
    """The front desk's passkey."""
    give_password()
    key = SecurityKey()
    make(with_password(Browser(app)), key)
    return key


def test_the_first_sign_in_makes_one_and_gives_ten_codes(app: Flask, morning) -> None:
    give_password()
    browser = with_password(Browser(app))
    assert browser.page.h1 == NEW_FACTOR
    assert make(browser, SecurityKey()).h1 == "Keep these ten codes"
    assert browser.get("/staff/").h1 == "Work queue"
    assert "second factor: passkey added" in actions()


def test_it_signs_in_alone_or_after_the_password(app: Flask, key: SecurityKey) -> None:
    assert enter(Browser(app), key).path == "/staff/calendar"
    half_way = with_password(Browser(app))
    assert half_way.page.h1 == ONE_MORE
    assert enter(half_way, key, "/staff/second-factor").path == "/staff/calendar"
    shown = select(StaffSession.second_factor)
    assert set(db.session.scalars(shown)) == {"passkey"}


def test_an_answer_is_taken_once_and_soon(app: Flask, key: SecurityKey, morning) -> None:
    browser = Browser(app)
    answer = key.show(questions(browser, "/staff/sign-in"))
    late = SecurityKey(**vars(key)).show(questions(browser, "/staff/sign-in"))
    assert browser.post("/staff/passkey", {"answer": answer}).h1 == "Work queue"
    thief = Browser(app)
    thief.get("/staff/sign-in")
    assert thief.post("/staff/passkey", {"answer": answer}).status == 400
    morning.shift(timedelta(minutes=5, seconds=1))
    assert thief.post("/staff/passkey", {"answer": late}).status == 400
    assert actions()[-2:] == ["passkey refused"] * 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://phish.example"},
        {"flags": PRESENT},  # nobody's finger, face or PIN
        {"private": SecurityKey().private},
        {"credential_id": b"unknown"},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_what_is_not_the_passkey_at_our_address_is_refused(
    app: Flask, key: SecurityKey, wrong: dict[str, object]
) -> None:
    page = enter(Browser(app), SecurityKey(**{**vars(key), **wrong}))
    assert (page.status, page.h1) == (400, "Sign in")
    assert "That passkey was not taken" in page.text


def test_a_copy_that_counts_back_is_refused(app: Flask, key: SecurityKey) -> None:
    copy = SecurityKey(**vars(key))
    enter(Browser(app), key)
    enter(Browser(app), key)
    assert enter(Browser(app), copy).status == 400


def test_what_is_no_answer_is_refused(client: Browser) -> None:
    client.get("/staff/sign-in")
    for answer in ("", "{}", "[]", "null", "é", '{"id":"*"}', "x" * 30_000):
        assert client.post("/staff/passkey", {"answer": answer}).status == 400


def test_somebody_who_is_switched_off_is_refused(app: Flask, key: SecurityKey) -> None:
    with unit_of_work():
        disable(person(), actor="command line", now=clock.now())
    assert enter(Browser(app), key).status == 400


def test_it_proves_anew_who_one_is_and_nobody_elses_does(app: Flask, key: SecurityKey, morning):
    other, theirs = let_in(Browser(app), CLINICIAN), SecurityKey()
    make(other, theirs)
    desk = let_in(Browser(app), DESK)
    morning.shift(timedelta(minutes=6))
    asked = "/staff/prove?next=/staff/account"
    for shown, path in ((theirs, "/staff/prove"), (key, "/staff/account")):
        answer = shown.show(questions(desk, asked))
        page = desk.post("/staff/prove", {"answer": answer, "next": "/staff/account"})
        assert page.path == path


def test_the_last_one_stays_until_there_is_another(app: Flask, key: SecurityKey) -> None:
    desk = let_in(Browser(app))
    passkey = db.session.scalars(select(Passkey)).one()
    remove = f"/staff/account/passkeys/{passkey.id}"
    desk.get("/staff/account")
    assert "your only second factor" in desk.post(remove, {}).text
    give_app()
    desk.get("/staff/account")
    assert "Removed." in desk.post(remove, {}).text
    assert enter(Browser(app), key).status == 400


def test_nobody_removes_a_passkey_of_somebody_else(app: Flask, key: SecurityKey) -> None:
    other = let_in(Browser(app), CLINICIAN)
    other.get("/staff/account")
    passkey = db.session.scalars(select(Passkey)).one()
    assert other.post(f"/staff/account/passkeys/{passkey.id}", {}).status == 404
