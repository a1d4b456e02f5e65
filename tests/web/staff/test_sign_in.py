"""Signing in with a password."""

import time

import pytest
from flask import Flask
from flask_security.utils import get_hmac
from sqlalchemy import select

from intake.accounts.models import StaffSession, User
from intake.audit.models import AuditEntry
from intake.core.db import db, unit_of_work
from tests.browse import Browser, Page
from tests.web.staff.people import DESK, NEW_FACTOR, PASSWORD, actions, give_password, person

WRONG = "The email address or the password is not right"


def sign_in(browser: Browser, email: str = DESK, password: str = PASSWORD, where: str = "") -> Page:
    browser.get("/staff/sign-in" + where)
    return browser.submit(email=email, password=password)


def test_the_right_password_leads_to_the_second_factor(client: Browser) -> None:
    give_password()
    assert sign_in(client).h1 == NEW_FACTOR


def test_an_address_may_be_typed_in_any_case(client: Browser) -> None:
    give_password()
    assert sign_in(client, email="Desk@Example.COM").h1 == NEW_FACTOR


@pytest.mark.parametrize(
    ("email", "password"),
    [(DESK, "not the password at all"), ("nobody@example.com", PASSWORD), (DESK, ""), ("", "")],
)
def test_every_failure_has_the_same_words(client: Browser, email: str, password: str) -> None:
    give_password()
    page = sign_in(client, email=email, password=password)
    assert (page.status, page.h1) == (200, "Sign in")
    assert WRONG in page.text
    assert page.text.count(WRONG) == 1


def test_a_disabled_user_gets_the_same_words(client: Browser) -> None:
    give_password()
    with unit_of_work():
        db.session.scalars(select(User).where(User.email == DESK)).one().active = False
    assert WRONG in sign_in(client).text


def test_a_user_without_a_password_cannot_sign_in(client: Browser) -> None:
    assert WRONG in sign_in(client, password="").text
    assert WRONG in sign_in(client).text


def test_a_password_is_never_sent_back(client: Browser) -> None:
    give_password()
    assert b"not the password" not in sign_in(client, password="not the password at all").body


@pytest.fixture
def as_configured(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    security = app.extensions["security"]
    costly = security.pwd_context.using(**app.config["SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS"])
    monkeypatch.setattr(security, "pwd_context", costly)


@pytest.mark.usefixtures("as_configured")
def test_passwords_are_kept_as_argon2id() -> None:
    give_password()
    assert str(person().password).startswith("$argon2id$v=19$m=65536,t=3,p=1$")


@pytest.mark.usefixtures("as_configured")
def test_a_password_hashed_with_less_is_hashed_anew_at_sign_in(app: Flask, client: Browser) -> None:
    weaker = app.extensions["security"].pwd_context.using(argon2__time_cost=1)
    with unit_of_work():
        person().password = weaker.hash(get_hmac(PASSWORD))
    assert sign_in(client).h1 == NEW_FACTOR
    assert "t=3" in str(person().password)
    assert sign_in(Browser(app)).h1 == NEW_FACTOR


@pytest.mark.usefixtures("as_configured")
def test_an_unknown_address_takes_as_long_as_a_known_one(client: Browser) -> None:
    give_password()
    taken = []
    for email in (DESK, "nobody@example.com"):
        client.get("/staff/sign-in")
        began = time.process_time()
        client.submit(email=email, password="not the password at all")
        taken.append(time.process_time() - began)
    assert min(taken) > 0.75 * max(taken)


def test_sign_in_and_failure_are_recorded(client: Browser) -> None:
    give_password()
    sign_in(client, password="not the password at all")
    sign_in(client)
    assert actions()[-2:] == ["sign-in failed", "password given"]


def test_an_unknown_address_is_not_written_down(client: Browser) -> None:
    sign_in(client, email="nobody@example.com")
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.seq.desc())).first()
    assert entry is not None
    assert (entry.subject_id, entry.detail) == (None, "unknown address")


def test_the_page_that_was_wanted_follows(client: Browser) -> None:
    give_password()
    page = client.get("/staff/?tab=booked")
    assert page.h1 == "Sign in"
    page = client.submit(email=DESK, password=PASSWORD)
    assert page.path == "/staff/second-factor/new?next=/staff/?tab%3Dbooked"


@pytest.mark.parametrize(
    "wanted", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_it_never_leads_to_another_site(client: Browser, wanted: str) -> None:
    give_password()
    client.get("/staff/sign-in?next=" + wanted)
    page = client.submit(email=DESK, password=PASSWORD)  # the browser fails on another host
    assert page.path.startswith("/")


def test_no_token_is_handed_out_as_json(app: Flask) -> None:
    give_password()
    client = app.test_client()
    answer = client.post(
        "/staff/sign-in?include_auth_token=1", json={"email": DESK, "password": PASSWORD}
    )
    assert b"authentication_token" not in answer.data
    assert answer.mimetype == "text/html"


def test_signing_in_needs_the_token_of_the_form(app: Flask) -> None:
    give_password()
    client = app.test_client()
    client.get("/staff/sign-in")
    answer = client.post("/staff/sign-in", data={"email": DESK, "password": PASSWORD})
    assert answer.status_code == 400
    assert db.session.scalar(select(StaffSession)) is None
