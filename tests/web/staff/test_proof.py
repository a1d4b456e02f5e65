"""Proving anew who one is before health data leaves."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from intake.accounts.models import StaffSession
from intake.core.db import db
from tests import factories
from tests.browse import Browser
from tests.web.staff.people import CLINICIAN, PASSWORD, actions, give_password, let_in

LIST = "/staff/dashboard/requests?first=2026-11-01&last=2026-11-30"


@pytest.fixture
def clinician(app, morning) -> Browser:
    """A clinician who has a password and came in just now."""
    give_password(CLINICIAN)
    return let_in(Browser(app), CLINICIAN)


def test_it_is_asked_for_after_five_minutes_and_leads_back(clinician: Browser, morning) -> None:
    assert clinician.get(LIST).h1 == "List of requests"
    morning.shift(timedelta(minutes=5))
    assert clinician.get(LIST).h1 == "Is it still you?"
    page = clinician.submit(password=PASSWORD)
    assert (page.h1, page.path) == ("List of requests", LIST)
    assert actions()[-1] == "identity proved"


def test_a_download_asks_too_and_leads_to_its_page(clinician: Browser, morning) -> None:
    submission = factories.sent()
    path = f"/staff/submissions/{submission.id}/hand-over"
    clinician.get(path)
    morning.shift(timedelta(minutes=11))
    assert clinician.submit().h1 == "Is it still you?"
    assert "record exported" not in actions()
    assert clinician.submit(password=PASSWORD).path == path


def test_a_wrong_password_opens_nothing_and_is_written_down(clinician: Browser, morning) -> None:
    morning.shift(timedelta(minutes=11))
    clinician.get(LIST)
    assert "not the password of this account" in clinician.submit(password="a wrong one").text
    assert actions()[-1] == "identity not proved"
    assert "Enter your password" in clinician.submit(password="").text
    assert clinician.get(LIST).h1 == "Is it still you?"


def test_guessing_is_limited(clinician: Browser, morning) -> None:
    morning.shift(timedelta(minutes=11))
    clinician.get(LIST)
    found = [clinician.submit(password="a guess").status for _ in range(11)]
    assert found == [400] * 10 + [429]
    assert clinician.submit(password=PASSWORD).status == 429


def test_the_session_goes_on_under_another_id(clinician: Browser, morning) -> None:
    before = db.session.query(StaffSession).one().id_hash
    morning.shift(timedelta(minutes=11))
    clinician.get(LIST)
    clinician.submit(password=PASSWORD)
    assert db.session.query(StaffSession).one().id_hash != before
    assert actions().count("signed in") == 1


def test_proving_gives_no_more_hours(clinician: Browser, morning) -> None:
    began = db.session.scalars(select(StaffSession.created_at)).one()
    morning.shift(timedelta(minutes=11))
    clinician.get(LIST)
    clinician.submit(password=PASSWORD)
    assert db.session.scalars(select(StaffSession.created_at)).one() == began


def test_who_came_by_a_link_and_has_no_password_presses_a_button(desk_clinician, morning) -> None:
    morning.shift(timedelta(minutes=11))
    assert "password" not in desk_clinician.get(LIST).fields()
    assert desk_clinician.submit().h1 == "List of requests"


def test_it_leads_nowhere_else(clinician: Browser) -> None:
    clinician.get("/staff/prove?next=//evil.example/")
    assert clinician.submit(password=PASSWORD).path == "/staff/"


@pytest.fixture
def desk_clinician(app, morning) -> Browser:
    """A clinician of the example, who has no password."""
    return let_in(Browser(app), CLINICIAN)
