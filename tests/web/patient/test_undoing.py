"""Undo on the page of a call whose day was closed meanwhile."""

from datetime import date

import pytest
import time_machine

from intake.core.db import unit_of_work
from intake.scheduling import hours
from tests.appointments import appointment_of, booked, path_of
from tests.factories import MONDAY_MORNING

TUESDAY_930 = "1-202611241530"


@pytest.fixture(autouse=True)
def morning(app):
    with time_machine.travel(MONDAY_MORNING, tick=False):
        yield


def test_what_was_undone_is_said(client):
    submission = booked(TUESDAY_930)
    client.get(path_of(submission) + "/cancel")
    client.submit()
    assert "You have your consultation back" in client.submit().text
    assert "consultation back" not in client.get(path_of(submission)).text


def test_the_nearest_times_on_other_days_are_offered_instead(client):
    submission = booked(TUESDAY_930)
    client.get(path_of(submission) + "/cancel")
    client.submit()
    with unit_of_work():
        hours.close([date(2026, 11, 24)], "Flood", actor="user:1", now=MONDAY_MORNING)
    page = client.post(path_of(submission) + "/undo", {})
    assert page.status == 409
    offered = [i.get("value") for i in page.all("input") if i.get("name") == "slot"]
    assert offered
    assert not [key for key in offered if "-20261124" in key]
    assert appointment_of(submission).status == "cancelled"
    assert client.submit(slot=offered[0]).h1 == "Your consultation"
    assert appointment_of(submission).status == "booked"
