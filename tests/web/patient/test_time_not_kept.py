"""A call whose time the clinic cannot keep: its patient sees the times first, and no promise."""

from datetime import date, timedelta

import pytest
import time_machine

from intake.clinic.service import current_clinic
from intake.core.db import db, unit_of_work
from intake.development.example import example_user
from intake.scheduling import hours
from intake.scheduling.models import Provider
from intake.scheduling.rebooking import ask_to_rebook
from intake.submissions.models import Submission
from tests.appointments import appointment_of, booked, link_in, mails, path_of, rule
from tests.factories import MONDAY_MORNING

WEDNESDAY = date(2026, 11, 25)
BY_STAFF = {"actor": "user:1", "now": MONDAY_MORNING}


@pytest.fixture(autouse=True)
def morning(app):
    """A Monday morning."""
    with time_machine.travel(MONDAY_MORNING, tick=False) as now:
        yield now


@pytest.fixture
def asked(morning) -> Submission:
    """Somebody with a call on Wednesday at 9, who was asked to choose another time."""
    submission = booked("1-202611251500")
    desk = example_user("desk@example.com")
    with unit_of_work():
        hours.close([WEDNESDAY], "Flood", **BY_STAFF)
        call = appointment_of(submission)
        ask_to_rebook([call.id], current_clinic(), actor=desk, now=MONDAY_MORNING)
    return submission


def test_the_page_says_so_and_shows_the_times(client, asked):
    page = client.get(path_of(asked))
    words = "We cannot keep this time: Wednesday, November 25, 9:00 am Central Time."
    assert f"{words} Please choose another." in page.text
    assert [each for each in page.all("input") if each.get("name") == "slot"]
    for gone in ("stays yours", "Add it to your calendar", "earlier time?"):
        assert gone not in page.text
    assert any(link.endswith("/cancel") for link in page.links())
    assert client.get(path_of(asked) + "/times").text == page.text


def test_there_is_no_calendar_file_of_that_time(client, asked):
    assert client.get(path_of(asked) + "/appointment.ics").h1 == "Choose another time"


def test_a_lost_link_comes_without_it_too(client, asked):
    client.get("/appointment/lost")
    client.submit(email="dana@example.org")
    assert mails(asked, "link_again") == []
    _first, again = mails(asked, "rebook")
    assert again.context["calendar"] == ""
    assert client.get(link_in(again)).h1 == "Choose another time"


def test_who_chooses_has_a_call_like_any_other(client, asked):
    page = client.get(path_of(asked))
    slots = [each.get("value") for each in page.all("input") if each.get("name") == "slot"]
    page = client.submit(slot=slots[0])
    assert "Your consultation is moved" in page.text
    assert "Add it to your calendar" in page.text
    assert len(mails(asked, "moved")) == 1


@pytest.mark.parametrize("limit", [{"most_moves": 0}, {"change_notice": 7 * 24 * 60}])
def test_limits_of_the_patient_do_not_bind_whom_the_clinic_asked(client, asked, limit):
    rule(**limit)
    assert client.get(path_of(asked)).h1 == "Choose another time"
    client.submit(slot="1-202611241500")
    assert appointment_of(asked).starts_at.day == 24


def test_a_time_that_is_free_again_can_be_chosen(client, asked, morning):
    morning.shift(timedelta(minutes=5))
    with unit_of_work():
        hours.reopen([WEDNESDAY], **BY_STAFF)
    client.get(path_of(asked))
    page = client.submit(slot="1-202611251500")
    assert page.h1 == "Your consultation"
    assert len(mails(asked, "restored")) == 1
    assert mails(asked, "moved") == []


def test_the_same_time_with_somebody_else_is_no_new_time(client, asked, morning):
    morning.shift(timedelta(minutes=5))
    with unit_of_work():
        hours.reopen([WEDNESDAY], **BY_STAFF)
        away = db.session.get_one(Provider, 1)
        hours.set_dated(away, [WEDNESDAY], [], label="", version=away.version, **BY_STAFF)
    page = client.get(path_of(asked))
    slots = [each.get("value") for each in page.all("input") if each.get("name") == "slot"]
    assert "2-202611251500" in slots
    client.submit(slot="2-202611251500")
    assert [mail.name for mail in mails(asked, "restored", "moved")] == ["restored"]
    (desk,) = mails(asked, "appointment_changed")
    assert (desk.context["was"], desk.context["time"][:10]) == ("", "Wednesday,")


def test_nobody_is_offered_to_keep_what_cannot_be_kept(client, asked):
    page = client.get(path_of(asked) + "/cancel")
    assert "No, choose another time" in page.text
    assert "keep it" not in page.text
