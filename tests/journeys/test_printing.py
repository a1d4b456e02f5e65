"""What is printed is one sheet: a record before a call, however much was answered; a calendar."""

import re
from datetime import date, timedelta
from itertools import groupby

import pytest
from playwright.sync_api import Page

from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.db import db, unit_of_work
from intake.development.example import example_user
from intake.scheduling import service
from tests import factories, intakes
from tests.journeys.conftest import DESKTOP
from tests.journeys.receptionist import sign_in_link

PAGES = re.compile(rb"/Type\s*/Page[^s]")


@pytest.mark.parametrize("choose", [intakes.gravest, intakes.mildest])
def test_a_full_intake_prints_on_one_page(open_page, clinic, choose):
    with clinic.app.app_context():
        number = intakes.full(choose).id
        db.session.remove()
    page = open_page(**DESKTOP)
    page.goto(sign_in_link(clinic, "clinician@example.com"))
    page.get_by_role("button", name="Sign in").click()
    page.goto(f"{clinic.address}/staff/submissions/{number}")
    assert pages_printed(page) == {"A4": 1, "Letter": 1}


@pytest.mark.parametrize("view", ["week", "day"])
def test_a_busy_calendar_prints_on_one_page(open_page, clinic, full_day, view):
    page = open_page(**DESKTOP)
    page.goto(sign_in_link(clinic, "desk@example.com"))
    page.get_by_role("button", name="Sign in").click()
    page.goto(f"{clinic.address}/staff/calendar?on={full_day}&view={view}")
    assert page.get_by_role("link", name="Dana Whitfield").count() == 32
    assert page.get_by_text("Printed by Marta Ruiz on").count() == 1
    assert pages_printed(page) == {"A4": 1, "Letter": 1}


def pages_printed(page: Page) -> dict[str, int]:
    """How many sheets of each paper the page fills."""
    return {paper: len(PAGES.findall(page.pdf(format=paper))) for paper in ("A4", "Letter")}


@pytest.fixture(scope="module")
def full_day(clinic) -> str:
    """The date of a day with a call at every time with each of the two providers.

    It lies in a week of its own: the first one is where other journeys book.
    """
    with clinic.app.app_context():
        now = clock.now()
        later = f"{now + timedelta(days=8):%Y%m%d}"
        keys = (key for key in factories.free_keys(now) if day_of(key) > later)
        by_day = groupby(sorted(keys, key=day_of), key=day_of)
        day, keys = max(
            ((day, list(keys)) for day, keys in by_day), key=lambda found: len(found[1])
        )
        desk = example_user("desk@example.com")
        for key in (*keys, *(key.replace("1-", "2-", 1) for key in keys)):
            submission = factories.sent(now)
            with unit_of_work():
                service.book(submission, key, current_clinic(), actor=desk, now=now)
        db.session.remove()
    return date.fromisoformat(day).isoformat()


def day_of(key: str) -> str:
    return key.split("-")[1][:8]
