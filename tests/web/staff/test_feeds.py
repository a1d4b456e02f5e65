"""The page for secret calendar addresses, and the addresses themselves."""

import re

import pytest
import time_machine
from flask import Flask
from icalendar import Calendar

from intake.clinic.service import current_clinic
from intake.core.db import unit_of_work
from intake.scheduling import service
from tests import factories
from tests.browse import Browser, Page
from tests.factories import MONDAY_MORNING
from tests.web.staff.people import let_in, person

FEEDS = "/staff/calendar/feeds"


@pytest.fixture(autouse=True)
def morning(app: Flask):
    with time_machine.travel(MONDAY_MORNING, tick=False) as now:
        yield now


@pytest.fixture
def desk(app: Flask, morning) -> Browser:
    return let_in(Browser(app))


def make(browser: Browser, **sent: str) -> Page:
    browser.get(FEEDS)
    return browser.post(FEEDS, {"provider": "all", "shows": "busy", **sent})


def path_on(page: Page) -> str:
    (address,) = [i.get("value", "") for i in page.all("input") if i.get("id") == "address"]
    return re.sub(r"^https?://[^/]+", "", address)


def test_the_address_is_shown_once_and_works_without_signing_in(app: Flask, desk: Browser) -> None:
    submission = factories.sent()
    with unit_of_work():
        service.book(
            submission, "1-202611241530", current_clinic(), actor=person(), now=MONDAY_MORNING
        )
    page = make(desk)
    path = path_on(page)
    assert any(link.startswith("webcal://") and link.endswith(path) for link in page.links())
    assert path not in desk.get(FEEDS).body.decode()
    answer = app.test_client().get(path)
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    assert len(Calendar.from_ical(answer.data).walk("VEVENT")) == 1
    assert "Set-Cookie" not in answer.headers


def test_it_can_be_revoked(app: Flask, desk: Browser) -> None:
    path = path_on(make(desk))
    page = desk.get(FEEDS)
    (button,) = [b for b in page.all("button") if b.get("name") == "feed"]
    page = desk.post(f"{FEEDS}/revoke", {"feed": button.get("value")})
    assert "That address works no more" in page.text
    assert app.test_client().get(path).status_code == 404


def test_what_was_asked_for_is_listed(desk: Browser) -> None:
    make(desk, provider="2", shows="reference")
    assert "Dr. Samuel Okafor Also the reference, with a link" in desk.get(FEEDS).text


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"provider": ""}, "Choose whose calls"),
        ({"provider": "99"}, "Select one of the answers"),
        ({"shows": ""}, "Select what your calendar program sees"),
        ({"shows": "names"}, "Select one of the answers"),
    ],
)
def test_what_cannot_be_is_refused(desk: Browser, sent: dict[str, str], said: str) -> None:
    page = make(desk, **sent)
    assert page.status == 400
    assert said in page.text


def test_each_user_sees_their_own_only(app: Flask, desk: Browser) -> None:
    make(desk)
    other = let_in(Browser(app), "clinician@example.com")
    assert "None yet" in other.get(FEEDS).text


@pytest.mark.parametrize("wrong", ["x", "A" * 43, "%00"])
def test_an_unknown_address_is_not_found(app: Flask, wrong: str) -> None:
    assert app.test_client().get(f"/staff/calendar-feed/{wrong}.ics").status_code == 404
