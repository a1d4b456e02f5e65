"""What looked like spam: kept apart, let through or closed, never lost."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from intake.core.db import db, unit_of_work
from intake.notifications.models import Message
from intake.submissions import queries
from intake.submissions.models import Submission
from tests import factories
from tests.browse import Browser
from tests.web.staff.people import actions
from tests.web.staff.test_queue import names


@pytest.fixture
def suspected(app: Flask, morning) -> Submission:
    """A request that something took for spam."""
    submission = factories.sent()
    with unit_of_work():
        submission.status = "quarantined"
    return submission


def test_it_has_a_tab_of_its_own(suspected: Submission, desk: Browser) -> None:
    page = desk.get("/staff/")
    assert names(desk) == []
    assert "Suspected spam 1" in page.text
    desk.get("/staff/?tab=suspected")
    assert names(desk) == ["Dana Whitfield"]
    desk.get("/staff/?tab=over")
    assert names(desk) == []


def test_what_a_person_wrote_is_let_through_into_the_queue(
    suspected: Submission, desk: Browser
) -> None:
    page = desk.get(f"/staff/submissions/{suspected.id}")
    assert "This looked like spam" in page.text
    path = f"/staff/submissions/{suspected.id}/let-through"
    assert "in the queue now" in desk.post(path, {}).text
    assert "decided on this request already" in desk.post(path, {}).text
    desk.get("/staff/")
    assert names(desk) == ["Dana Whitfield"]
    assert actions().count("let out of quarantine") == 1
    receipts = select(func.count()).select_from(Message).where(Message.name == "received")
    assert db.session.scalar(receipts) == 1


def test_spam_is_closed_and_can_be_opened_again(suspected: Submission, desk: Browser) -> None:
    desk.get(f"/staff/submissions/{suspected.id}/close?reason=spam")
    page = desk.submit(reason="spam")
    assert "It was spam" in page.text
    assert "Nothing looks like spam" in desk.get("/staff/?tab=suspected").text
    desk.post(f"/staff/submissions/{suspected.id}/open", {})
    desk.get("/staff/")
    assert names(desk) == ["Dana Whitfield"]


def test_page_by_page_nobody_is_left_out(app: Flask, morning, desk: Browser, monkeypatch) -> None:
    monkeypatch.setattr(queries, "PAGE_SIZE", 1)
    ids = set()
    for _ in range(2):
        submission = factories.sent()
        with unit_of_work():
            submission.status = "quarantined"
        ids.add(f"/staff/submissions/{submission.id}")
    page = desk.get("/staff/?tab=suspected")
    later = next(a.get("href", "") for a in page.all("a") if a.get("rel") == "next")
    assert {*page.links(), *desk.get(later).links()} >= ids
