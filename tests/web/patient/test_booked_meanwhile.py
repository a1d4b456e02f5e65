"""Staff book a call for somebody who raised a flag and is still answering."""

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from intake.clinic.service import current_clinic
from intake.core.db import db, unit_of_work
from intake.scheduling import service
from intake.submissions.models import Submission
from tests import appointments, factories
from tests.appointments import appointment_of
from tests.browse import Browser
from tests.web.patient import journey
from tests.web.patient.test_check_page import rows

BOOKED = "Tuesday, November 24, 9:00 am Central Time"
YES = {**journey.NO_THOUGHTS, "q4": "yes"}


@pytest.fixture
def monday(app: Flask):
    with time_machine.travel(factories.MONDAY_MORNING, tick=False):
        yield


@pytest.fixture
def desk(app: Flask, monday):
    """Has staff book the first free time for the one draft there is."""
    who = factories.user()

    def book() -> Submission:
        with unit_of_work():
            draft = db.session.scalars(select(Submission)).one()
            key = factories.free_keys()[0]
            now = factories.MONDAY_MORNING
            service.book(draft, key, current_clinic(), actor=who, now=now)
        return draft

    return book


@pytest.fixture
def flagged(client: Browser, monday) -> Browser:
    """Somebody who goes on after the page of help, up to the times."""
    journey.to_safety(client)
    client.submit(**YES)
    client.submit(q5="no")
    client.get("/request/screening/phq9")
    journey.skip_to(client, "/request/times")
    return client


def draft_state(draft: Submission) -> tuple[str, bool]:
    """Its status, and whether it was sent."""
    db.session.expire_all()
    return draft.status, draft.sent_at is not None


def plain(client: Browser) -> str:
    return client.page.text.replace("\xa0", " ")


def test_the_page_of_times_says_what_is_booked(flagged: Browser, desk) -> None:
    desk()
    flagged.get("/request/times")
    assert f"We have booked a time with you already: {BOOKED}" in plain(flagged)
    assert not [item for item in flagged.page.all("input") if item.get("type") == "radio"]


def test_they_go_on_from_there_and_send(flagged: Browser, desk) -> None:
    draft = desk()
    flagged.get("/request/times")
    assert rows(flagged.submit())["Time"][0].replace("\xa0", " ") == BOOKED
    assert flagged.submit().path == "/request/done"
    assert BOOKED.split(",", maxsplit=1)[0] in plain(flagged)
    assert (appointment_of(draft).status, draft.status) == ("booked", "booked")


def test_a_choice_made_on_an_older_page_is_answered(flagged: Browser, desk) -> None:
    desk()
    radios = [item for item in flagged.page.all("input") if item.get("name") == "slot"]
    page = flagged.submit(slot=radios[4].get("value"), channel="phone")
    assert page.path == "/request/times"
    assert BOOKED in plain(flagged)


def test_the_check_page_shows_it_to_whoever_chose_no_time(flagged: Browser, desk) -> None:
    desk()
    page = flagged.submit(slot="none", availability=["tue-morning"], channel="phone")
    assert rows(page)["Time"][0].replace("\xa0", " ") == BOOKED


def test_moving_the_call_does_not_end_the_form(flagged: Browser, desk) -> None:
    draft = desk()
    flagged.get(appointments.path_of(draft) + "/times")
    radios = [item for item in flagged.page.all("input") if item.get("name") == "slot"]
    assert flagged.submit(slot=radios[-1].get("value")).h1 == "Your consultation"
    flagged.get("/request/times")
    assert "We have booked a time with you already" in flagged.page.text
    assert flagged.submit().path == "/request/check"
    assert flagged.submit().path == "/request/done"
    assert draft_state(draft) == ("booked", True)


def test_it_says_so_in_spanish(flagged: Browser, desk) -> None:
    desk()
    flagged.get("/request/times?lang=es")
    assert "Ya reservamos una hora con usted: martes" in plain(flagged)
