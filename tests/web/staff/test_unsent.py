"""What was typed when the session had ended comes back after signing in, to the same person."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, text

from intake.accounts.models import StaffSession
from intake.core.db import db, unit_of_work
from intake.submissions.models import Note
from tests import factories
from tests.browse import Browser, Page
from tests.factories import MONDAY_MORNING
from tests.web.staff.people import CLINICIAN, DESK, PASSWORD, code_of, give_app, give_password

NOTE = "canary-7Q asks to be called\nafter five <b>o'clock</b>"
FROM_US = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def morning(app: Flask):
    """A Monday morning; two users have passwords."""
    with time_machine.travel(MONDAY_MORNING, tick=False) as now:
        for email in (DESK, CLINICIAN):
            give_password(email)
            SECRETS[email] = give_app(email)
        yield now


SECRETS: dict[str, str] = {}


def sign_in(browser: Browser, email: str = DESK) -> Page:
    browser.get("/staff/sign-in")
    return come_in(browser, email)


def come_in(browser: Browser, email: str = DESK, **more: str) -> Page:
    """Fill in the sign-in page that is shown, and the one of the second factor."""
    browser.submit(email=email, password=PASSWORD, **more)
    return browser.submit(code=code_of(SECRETS[email]))


@pytest.fixture
def signed_out(app: Flask, morning) -> Browser:
    """The front desk, shown the sign-in page instead of having a note taken."""
    browser, submission = Browser(app), factories.sent()
    sign_in(browser)
    browser.get(f"/staff/submissions/{submission.id}")
    morning.shift(timedelta(minutes=16))
    browser.post(f"/staff/submissions/{submission.id}/notes", {"body": NOTE}, headers=FROM_US)
    return browser


def notes() -> list[str]:
    return [note.body for note in db.session.scalars(select(Note))]


def test_the_sign_in_page_says_that_it_is_kept(signed_out: Browser) -> None:
    page = signed_out.page
    assert (page.status, page.h1) == (403, "Sign in")
    assert "What you typed is kept" in page.text


def test_after_signing_in_it_is_shown_and_can_be_sent(signed_out: Browser) -> None:
    page = come_in(signed_out)
    assert (page.path, page.h1) == ("/staff/unsent", "What you typed is still here")
    assert page.fields()["body"] == [NOTE]
    page = signed_out.submit()
    assert page.path.startswith("/staff/submissions/")
    assert notes() == [NOTE]


def test_a_typing_mistake_in_the_password_loses_nothing(signed_out: Browser) -> None:
    signed_out.submit(email=DESK, password="not the password at all")
    page = come_in(signed_out)
    assert page.fields()["body"] == [NOTE]


def test_somebody_else_does_not_get_it(signed_out: Browser) -> None:
    page = come_in(signed_out, CLINICIAN)
    assert page.h1 == "Nothing is waiting to be sent"
    assert "canary" not in page.text


def test_it_works_when_the_old_session_is_deleted_already(app: Flask, signed_out: Browser) -> None:
    with unit_of_work():
        db.session.query(StaffSession).delete()
    page = come_in(signed_out)
    assert page.fields()["body"] == [NOTE]


def test_it_is_sealed_wherever_it_waits(app: Flask, signed_out: Browser) -> None:
    assert b"canary" not in signed_out.page.body
    assert "canary" not in signed_out.page.path
    come_in(signed_out)
    everything = [
        bytes(str(row), "utf-8")
        for table in db.metadata.sorted_tables
        for row in db.session.execute(text(f"SELECT * FROM {table.name}"))
    ]
    assert not any(b"canary" in row for row in everything)


def test_it_is_gone_when_it_was_sent(signed_out: Browser) -> None:
    come_in(signed_out)
    signed_out.submit()
    assert signed_out.get("/staff/unsent").h1 == "Nothing is waiting to be sent"


def test_it_can_be_looked_at_again_until_then(signed_out: Browser) -> None:
    come_in(signed_out)
    signed_out.get("/staff/")
    assert signed_out.get("/staff/unsent").fields()["body"] == [NOTE]


def test_a_booking_comes_back_as_well(app: Flask, morning) -> None:
    browser, submission, key = Browser(app), factories.sent(), factories.free_keys()[0]
    sign_in(browser)
    browser.get(f"/staff/submissions/{submission.id}")
    version = next(i.get("value") for i in browser.page.all("input") if i.get("name") == "version")
    morning.shift(timedelta(minutes=16))
    path, data = f"/staff/submissions/{submission.id}/book", {"slot": key, "version": version}
    browser.post(path, data, headers=FROM_US)
    come_in(browser)
    assert "The call is booked" in browser.submit().text


def test_what_may_come_from_another_site_is_not_kept(app: Flask, morning) -> None:
    browser = Browser(app)
    sign_in(browser)
    morning.shift(timedelta(minutes=16))
    page = browser.post(f"/staff/submissions/{factories.sent().id}/notes", {"body": NOTE})
    assert (page.h1, page.path) == ("Sign in", "/staff/sign-in?next=/staff/")


@pytest.mark.parametrize("value", ["", "x", "é", "AAAA", "=" * 5000])
def test_a_forged_form_is_nothing(app: Flask, morning, value: str) -> None:
    browser = Browser(app)
    browser.get("/staff/sign-in?next=/staff/unsent")
    page = come_in(browser, unsent=value)
    assert page.h1 == "Nothing is waiting to be sent"
