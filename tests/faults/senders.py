"""Patients who press the button that sends, whatever happens to the machines meanwhile."""

import random
import time
from contextlib import suppress

from sqlalchemy import select

from intake.audit import log
from intake.core.db import db
from intake.submissions.models import Submission
from tests.browse import Browser, Page
from tests.faults.outbox import looking_at, states
from tests.over_http import CUT_OFF
from tests.processes import PATIENCE, Installation
from tests.web.patient.journey import CONTACT, NO_THOUGHTS, START

NOT_ASKED = ("for_whom", "dob_month", "dob_day", "dob_year", "email", "state")
SHORT_WAY = {
    **{name: answer for name, answer in (START | CONTACT).items() if name not in NOT_ASKED},
    "contact_by": ["call"],
}
SPREAD = 2.0
"""Seconds within which all of them press the button."""


def about_to_send(clinic: Installation) -> Browser:
    """Somebody on the last page of the short way, whose button sends the request."""
    browser = clinic.browser()
    browser.get("/request/call-me")
    page = browser.submit(**SHORT_WAY)
    assert page.path == "/request/safety", page.text
    return browser


def send(browser: Browser) -> str:
    """Press the button, again and again until it works; returns the words of the receipt."""
    time.sleep(random.uniform(0, SPREAD))
    deadline = time.monotonic() + PATIENCE
    while not _is_sent(browser):
        assert time.monotonic() < deadline, "nobody answered"
        time.sleep(0.1)
    return browser.page.text


def _is_sent(browser: Browser) -> bool:
    with suppress(*CUT_OFF):
        page = _press(browser)
        assert page.status in (200, 503), page.text
        assert page.path in ("/request/safety", "/request/done"), page.text
        return (page.status, page.path) == (200, "/request/done")
    return False


def _press(browser: Browser) -> Page:
    """What the page offers: the answers, the same once more, or to look again."""
    page = browser.page
    if page.status != 503:
        return browser.submit(**NO_THOUGHTS)
    return browser.submit() if page.path == "/request/safety" else browser.get(page.path)


def check_that_all_is_there(clinic: Installation, receipts: list[str]) -> None:
    """Each receipt belongs to one request, and each request has one mail to staff."""
    with looking_at(clinic):
        sent = db.session.scalars(select(Submission).where(Submission.status == "new")).all()
        assert log.verify().fault is None
    references = [submission.reference for submission in sent]
    assert len(references) == len(receipts)
    assert all(sum(each in receipt for each in references) == 1 for receipt in receipts)
    assert all(any(each in receipt for receipt in receipts) for each in references)
    assert len(states(clinic)) == len(receipts)
    assert {mail["Message-ID"] for mail in clinic.mails()} == set(states(clinic))
