"""The second factor: added at the first sign-in, asked for at every one after."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from intake.accounts import throttle
from intake.accounts.emails import FactorNews
from intake.accounts.models import AuthenticatorApp, RecoveryCode, StaffSession
from intake.core.db import db
from intake.notifications.models import Message
from tests import factories
from tests.browse import Browser, Page
from tests.web.staff.people import (
    DESK,
    NEW_APP,
    NEW_FACTOR,
    ONE_MORE,
    PASSWORD,
    actions,
    code_of,
    give_app,
    give_password,
    let_in,
    person,
    with_password,
)
from tests.web.staff.test_guard import HALF_WAY, PUBLIC, address, staff_rules

pytestmark = pytest.mark.usefixtures("morning")


@pytest.fixture
def newcomer(app: Flask, morning: object) -> Browser:
    """Somebody who gave a password for the first time."""
    give_password()
    return with_password(Browser(app))


def add_app(browser: Browser) -> Page:
    """Read the key on the page, as an app does, and type the code it shows."""
    browser.get("/staff/second-factor/app")
    key = re.search(r"(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}", browser.page.text)
    assert key is not None
    return browser.submit(code=code_of(key[0].replace(" ", "")))


def codes_on(page: Page) -> list[str]:
    return re.findall(r"\b\w{4}-\w{4}-\w{4}\b", page.text)


def mails() -> list[str]:
    query = select(Message).where(Message.name == "second_factor_changed")
    return [str(each.context["news"]) for each in db.session.scalars(query)]


def test_the_first_sign_in_adds_an_app_and_gives_ten_codes(newcomer: Browser, morning) -> None:
    assert newcomer.page.h1 == NEW_FACTOR
    page = add_app(newcomer)
    assert (page.h1, len(set(codes_on(page)))) == ("Keep these ten codes", 10)
    assert newcomer.get("/staff/").h1 == "Work queue"
    added = ["second factor: app added", "second factor: codes made", "signed in"]
    assert [each for each in actions() if each in added] == added
    assert mails() == ["An authenticator app was added to your account."]


def test_nothing_opens_by_the_password_alone(app: Flask, newcomer: Browser) -> None:
    token, nothing = newcomer.token, factories.sent().id
    for endpoint, methods in staff_rules(app).items():
        if endpoint not in PUBLIC | HALF_WAY:
            for method in methods:
                path = address(app, endpoint, nothing)
                data = {"csrf_token": token} if method == "POST" else None
                with app.app_context():
                    answer = newcomer.client.open(path, method=method, data=data)
                assert answer.status_code == 303, path
                assert answer.location.startswith("/staff/second-factor?"), path


def test_who_has_a_second_factor_cannot_add_one_half_way(newcomer: Browser) -> None:
    give_app()
    for path in ("/staff/", "/staff/second-factor/app", "/staff/second-factor/new"):
        assert newcomer.get(path).h1 == ONE_MORE


def test_a_code_of_the_app_lets_in_and_leads_to_what_was_wanted(app: Flask, morning) -> None:
    give_password()
    secret, browser = give_app(), Browser(app)
    browser.get("/staff/calendar")
    assert browser.submit(email=DESK, password=PASSWORD).h1 == ONE_MORE
    assert browser.submit(code=code_of(secret)).path == "/staff/calendar"
    assert db.session.scalars(select(StaffSession.second_factor)).all() == ["app"]


def test_a_code_is_taken_once(app: Flask, morning) -> None:
    give_password()
    secret = give_app()
    code = code_of(secret)
    with_password(Browser(app)).submit(code=code)
    second = with_password(Browser(app))
    assert "was used already" in second.submit(code=code).text
    morning.shift(timedelta(seconds=30))
    assert second.submit(code=code_of(secret)).h1 == "Work queue"


def test_a_wrong_code_is_refused_written_down_and_soon_slow(app: Flask, morning) -> None:
    give_password()
    secret, browser = give_app(), with_password(Browser(app))
    wrong = f"{(int(code_of(secret)) + 1) % 10**6:06}"
    found = [browser.submit(code=wrong).status for _ in range(throttle.CODES.burst + 1)]
    assert found == [200] * throttle.CODES.burst + [429]
    assert "tried too often" in browser.page.text
    assert mails() == [FactorNews.GUESSED.value]
    assert actions().count("second factor refused") == throttle.CODES.burst
    assert browser.submit(code=code_of(secret)).status == 429
    assert len(mails()) == 1


def test_tries_by_a_thief_do_not_shut_the_owner_out(app: Flask, morning) -> None:
    give_password()
    secret, owner, thief = give_app(), let_in(Browser(app)), with_password(Browser(app))
    for _ in range(throttle.CODES.burst + 1):
        thief.submit(code="000000")
    owner.get("/staff/")
    owner.post("/staff/sign-out", {})
    assert with_password(owner).submit(code=code_of(secret)).h1 == "Work queue"


def test_a_recovery_code_lets_in_once_and_is_told_by_mail(newcomer: Browser, app: Flask) -> None:
    code = codes_on(add_app(newcomer))[0]
    browser = with_password(Browser(app))
    browser.get("/staff/second-factor/recovery-code")
    page = browser.submit(code=f" {code.lower().replace('-', ' ')}")
    assert (page.h1, "9 are left" in page.text) == ("Your account", True)
    assert mails()[-1] == "Somebody signed in with one of your recovery codes."
    again = with_password(Browser(app))
    again.get("/staff/second-factor/recovery-code")
    assert "not one of your unused recovery codes" in again.submit(code=code).text


def test_secrets_are_stored_sealed_or_hashed(newcomer: Browser) -> None:
    codes = codes_on(add_app(newcomer))
    stored = "".join(db.session.scalars(select(RecoveryCode.code_hash)))
    assert not any(code[5:] in stored or code[5:].replace("-", "") in stored for code in codes)
    assert stored.count("$argon2id$") == 10
    sealed = db.session.scalars(select(AuthenticatorApp)).one()
    assert sealed.secret.encode() not in (sealed.secret_sealed or b"")


def test_new_codes_end_the_old_ones(newcomer: Browser) -> None:
    before = set(codes_on(add_app(newcomer)))
    newcomer.get("/staff/account")
    after = codes_on(newcomer.post("/staff/account/codes", {}))
    assert (len(after), before & set(after)) == (10, set())
    assert db.session.scalar(select(func.count(RecoveryCode.id))) == 10
    assert mails()[-1].startswith("New recovery codes were made")


def test_half_way_lasts_a_quarter_of_an_hour(newcomer: Browser, morning) -> None:
    morning.shift(timedelta(minutes=10))
    assert newcomer.get("/staff/second-factor/app").h1 == NEW_APP
    morning.shift(timedelta(minutes=6))
    assert newcomer.get("/staff/second-factor/app").h1 == "Sign in"


def test_a_key_that_was_shown_to_somebody_else_is_not_taken(newcomer: Browser) -> None:
    newcomer.get("/staff/second-factor/app")
    page = newcomer.submit(code="123456", secret="AAAA")
    assert "That code is not right" in page.text
    assert db.session.scalar(select(AuthenticatorApp)) is None


def test_a_new_app_needs_a_fresh_proof_and_replaces_the_old_one(app: Flask, morning) -> None:
    give_password()
    old, owner = give_app(), let_in(Browser(app))
    morning.shift(timedelta(minutes=5))
    assert owner.get("/staff/second-factor/app").h1 == "Is it still you?"
    assert owner.submit(password=PASSWORD).h1 == NEW_APP
    add_app(owner)
    assert db.session.scalars(select(AuthenticatorApp)).one().secret != old
    assert person().email == DESK
