"""A request that a clinician must read says whether one has, before it is confirmed."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from intake.clinic.service import current_clinic
from intake.core.db import unit_of_work
from intake.scheduling import service
from intake.submissions import drafts
from intake.submissions.models import Submission
from intake.submissions.service import submit
from tests import factories
from tests.browse import Browser
from tests.factories import MONDAY_MORNING
from tests.web.staff.people import CLINICIAN, let_in

HEAVY = {f"q{number}": 3 for number in range(1, 9)} | {"q9": 0, "q10": 2}
NOBODY_YET = "No clinician has read these answers yet"
BY_THE_CLINICIAN = "Read by"


@pytest.fixture
def now(app: Flask):
    with time_machine.travel(MONDAY_MORNING, tick=False) as clock:
        yield clock


def asking_for_a_time(mood: dict[str, int]) -> Submission:
    clinic, draft = current_clinic(), factories.fill(factories.begin())
    with unit_of_work():
        drafts.save_answers(draft, "phq9", mood, clinic, now=MONDAY_MORNING)
        key, choice = factories.free_keys()[0], {"time_zone": "UTC", "channel": "phone"}
        service.hold(draft, key, clinic, now=MONDAY_MORNING, **choice)
        service.keep_for_sending(draft, now=MONDAY_MORNING)
        submit(draft, clinic, now=MONDAY_MORNING)
    return draft


def record(app: Flask, submission: Submission, email: str = "") -> str:
    browser = let_in(Browser(app), *filter(None, [email]))
    return browser.get(f"/staff/submissions/{submission.id}").text


def test_the_front_desk_sees_that_nobody_has_read_it(app: Flask, now) -> None:
    assert NOBODY_YET in record(app, asking_for_a_time(HEAVY))


def test_and_who_has_once_a_clinician_opened_it(app: Flask, now) -> None:
    submission = asking_for_a_time(HEAVY)
    record(app, submission, CLINICIAN)
    page = record(app, submission)
    assert NOBODY_YET not in page
    assert BY_THE_CLINICIAN in page


def test_newer_answers_are_to_be_read_anew(app: Flask, now) -> None:
    submission = asking_for_a_time(HEAVY)
    record(app, submission, CLINICIAN)
    now.shift(timedelta(hours=1))
    with unit_of_work():
        worse, later = HEAVY | {"q10": 3}, MONDAY_MORNING + timedelta(hours=1)
        drafts.save_answers(submission, "phq9", worse, current_clinic(), now=later)
    assert NOBODY_YET in record(app, submission)


def test_a_routine_request_needs_no_reader(app: Flask, now) -> None:
    page = record(app, asking_for_a_time(factories.MILD_MOOD))
    assert NOBODY_YET not in page
    assert BY_THE_CLINICIAN not in page
