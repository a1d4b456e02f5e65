"""A time outside the hours: what is said before it is booked, and what is refused."""

import pytest
import time_machine
from flask import Flask

from intake.clinic.service import current_clinic
from intake.core.db import db, unit_of_work
from intake.scheduling import service
from intake.scheduling.models import Appointment
from intake.submissions.models import Submission
from tests import factories
from tests.browse import Browser, Page
from tests.factories import MONDAY_MORNING
from tests.web.staff.people import let_in, person


@pytest.fixture(autouse=True)
def morning(app: Flask):
    with time_machine.travel(MONDAY_MORNING, tick=False) as now:
        yield now


@pytest.fixture
def desk(app: Flask, morning) -> Browser:
    return let_in(Browser(app))


def path_of(submission: Submission) -> str:
    return f"/staff/submissions/{submission.id}/any-time"


def look(browser: Browser, submission: Submission, day: str, time: str) -> Page:
    query = f"provider=1&day={day}&time={time.replace(' ', '+')}"
    return browser.get(f"{path_of(submission)}?{query}")


def book(browser: Browser, page: Page) -> Page:
    (button,) = [b for b in page.all("button") if b.get("name") == "slot"]
    return browser.submit(slot=button.get("value"))


@pytest.mark.parametrize(
    ("day", "time", "said"),
    [
        ("2026-11-24", "20:00", "It is outside their hours."),
        ("2026-11-28", "10:00", "It is outside their hours."),
        ("2026-11-26", "09:30", "The clinic is closed on that day: Thanksgiving Day."),
        ("2026-11-23", "10:30", "It is very soon"),
        ("2027-05-03", "09:30", "further ahead than patients can book"),
    ],
)
def test_what_speaks_against_it_is_said_and_it_can_still_be_booked(
    desk: Browser, day: str, time: str, said: str
) -> None:
    submission = factories.sent()
    page = look(desk, submission, day, time)
    assert said in page.text
    assert "Book it anyway" in page.text
    page = book(desk, page)
    assert "Booked for" in page.text
    assert db.session.query(Appointment).one().outside_hours


def test_a_time_within_the_hours_needs_no_warning(desk: Browser) -> None:
    page = look(desk, factories.sent(), "11/24/2026", "9:30 am")
    assert "Tuesday, November 24, 9:30 am Central Time" in page.text
    assert "The hours would offer this time, too" in page.text


def test_a_taken_time_is_never_offered(desk: Browser) -> None:
    other = factories.sent()
    with unit_of_work():
        key = "1-202611241530"
        service.book(other, key, current_clinic(), actor=person(), now=MONDAY_MORNING)
    page = look(desk, factories.sent(), "2026-11-24", "9:20 am")
    assert "It overlaps another call" in page.text
    assert "Book it" not in page.text


def test_a_time_taken_meanwhile_is_refused(desk: Browser) -> None:
    submission, other = factories.sent(), factories.sent()
    page = look(desk, submission, "2026-11-24", "20:00")
    with unit_of_work():
        key = "1-202611250200"
        service.book_outside_hours(other, key, current_clinic(), actor=person(), now=MONDAY_MORNING)
    page = book(desk, page)
    assert page.status == 409
    assert "That time is taken" in page.text


def test_whoever_was_slower_looks_again(desk: Browser) -> None:
    submission = factories.sent()
    page = look(desk, submission, "2026-11-24", "20:00")
    with unit_of_work():
        key = "1-202611241530"
        service.book(submission, key, current_clinic(), actor=person(), now=MONDAY_MORNING)
    page = book(desk, page)
    assert page.status == 409
    assert "was changed since you opened the page" in page.text


@pytest.mark.parametrize(
    ("day", "time", "said"),
    [
        ("", "20:00", "Enter a date"),
        ("2026-11-24", "", "Enter a time"),
        ("2026-11-24", "8", "Enter a time like"),
        ("2026-13-24", "20:00", "Enter a date like"),
    ],
)
def test_what_is_no_time_is_refused(desk: Browser, day: str, time: str, said: str) -> None:
    page = look(desk, factories.sent(), day, time)
    assert page.status == 400
    assert said in page.text


@pytest.mark.parametrize(("day", "said"), [("2026-11-20", "over"), ("2028-01-03", "more than a")])
def test_the_past_and_the_far_future_are_refused(desk: Browser, day: str, said: str) -> None:
    page = look(desk, factories.sent(), day, "20:00")
    assert said in page.text
    assert "Book it" not in page.text
