"""kill -9 at any moment between "Send my request" and the mail about it."""

import random
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from intake.audit import log
from intake.core.db import db
from intake.submissions.models import Submission
from tests.browse import Browser
from tests.faults.outbox import all_are_sent, let_time_pass, looking_at, states
from tests.over_http import CUT_OFF
from tests.processes import PATIENCE, Installation, wait_for
from tests.web.patient.journey import CONTACT, NO_THOUGHTS, START

PATIENTS = 6
SPREAD = 2.0
"""Seconds within which all of them press the button."""
NOT_ASKED = ("for_whom", "dob_month", "dob_day", "dob_year", "email", "state")
SHORT_WAY = {k: v for k, v in (START | CONTACT).items() if k not in NOT_ASKED}
PIECES = ("catcher", "worker", "web")


@pytest.mark.parametrize(
    ("running", "killed"),
    [(PIECES, "web"), (PIECES, "worker"), (PIECES, "catcher"), (("everything",), "everything")],
)
def test_nothing_acknowledged_is_lost(clinic, running, killed):
    clinic.start(*running)
    browsers = [about_to_send(clinic) for _ in range(PATIENTS)]
    with ThreadPoolExecutor(PATIENTS) as pool:
        sending = [pool.submit(send, browser) for browser in browsers]
        time.sleep(random.uniform(0.2, SPREAD))
        kill_and_start_again(clinic, killed)
        receipts = [each.result() for each in sending]
    wait_for(lambda: all_are_sent(clinic), "the mails")
    check_that_all_is_there(clinic, receipts)


def about_to_send(clinic: Installation) -> Browser:
    """Somebody on the last page of the short way, whose button sends the request."""
    browser = clinic.browser()
    browser.get("/request/call-me")
    page = browser.submit(**SHORT_WAY)
    assert page.path == "/request/safety", page.text
    return browser


def send(browser: Browser) -> str:
    """Press the button, again and again while nobody answers; returns the receipt's words."""
    time.sleep(random.uniform(0, SPREAD))
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            page = browser.submit(**NO_THOUGHTS)
        except CUT_OFF:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        else:
            assert (page.status, page.path) == (200, "/request/done"), page.text
            return page.text


def kill_and_start_again(clinic: Installation, piece: str) -> None:
    clinic.kill(piece)
    if piece in ("worker", "everything"):
        let_time_pass(clinic)
    clinic.start(piece)


def check_that_all_is_there(clinic: Installation, receipts: list[str]) -> None:
    with looking_at(clinic):
        sent = db.session.scalars(select(Submission).where(Submission.status == "new")).all()
        assert log.verify() is None
    references = [submission.reference for submission in sent]
    assert len(references) == PATIENTS
    assert all(sum(each in receipt for each in references) == 1 for receipt in receipts)
    assert all(any(each in receipt for receipt in receipts) for each in references)
    assert len(states(clinic)) == PATIENTS
    assert {mail["Message-ID"] for mail in clinic.mails()} == set(states(clinic))
