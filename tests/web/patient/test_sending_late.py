"""What somebody sees who sends when the time they chose cannot be kept any more."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from intake.clinic.service import current_clinic
from intake.core.db import db, unit_of_work
from intake.scheduling import hours, service
from intake.submissions.models import Submission
from tests import factories
from tests.appointments import appointment_of, mails, rule
from tests.browse import Browser
from tests.factories import MONDAY_MORNING as NOW
from tests.web.patient import journey

GONE = "That time is not free any more. Your answers are safe."


@pytest.fixture
def monday(app: Flask):
    with time_machine.travel(NOW, tick=False) as travel:
        yield travel


@pytest.fixture
def at_check(client: Browser, monday) -> Submission:
    journey.to_check(client)
    return db.session.scalars(select(Submission)).one()


@pytest.mark.parametrize("mode", ["confirm", "instant"])
def test_a_time_that_is_over_leads_to_the_nearest_ones(
    client: Browser, monday, at_check: Submission, mode: str
) -> None:
    rule(mode=mode)
    monday.move_to(appointment_of(at_check).starts_at + timedelta(hours=3))
    page = client.submit()
    assert page.path.startswith("/request/times")
    assert GONE in page.text
    assert journey.choose_time(client).path == "/request/check"
    assert client.submit().path == "/request/done"
    assert appointment_of(at_check).starts_at > datetime.now(UTC)


def test_a_day_that_was_closed_leads_to_the_nearest_ones(
    client: Browser, at_check: Submission
) -> None:
    with unit_of_work():
        hours.close([date(2026, 11, 24)], "Snow", actor="user:1", now=NOW)
    page = client.submit()
    assert GONE in page.text
    assert "Wednesday" in page.text
    db.session.expire_all()
    assert at_check.is_draft


def test_whoever_wants_to_be_called_is_not_stopped_by_it(
    client: Browser, monday, at_check: Submission
) -> None:
    monday.move_to(appointment_of(at_check).starts_at + timedelta(hours=3))
    client.get("/request/call-me")
    client.submit()
    assert client.page.path == "/request/done"
    assert appointment_of(at_check).status == "released"


def test_a_call_that_staff_booked_and_held_is_no_promise(
    client: Browser, monday, at_check: Submission
) -> None:
    key, desk = factories.free_keys()[3], factories.user()
    with unit_of_work():
        service.book(at_check, key, current_clinic(), actor=desk, now=NOW)
    monday.move_to(appointment_of(at_check).starts_at + timedelta(hours=3))
    page = client.submit()
    assert page.path == "/request/done"
    assert "Your call is booked" not in page.text
    assert "contacts you to agree on a time" in page.text
    (receipt,) = mails(at_check, "received")
    assert (receipt.context["call_at"], receipt.context["is_booked"]) == ("", False)
    assert receipt.context["respond_by"].startswith("Wednesday")
