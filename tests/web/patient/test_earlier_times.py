"""Hearing of earlier times: asking for it, taking one, leaving it, asking for no more."""

from datetime import timedelta

import pytest
import time_machine

from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.db import unit_of_work
from intake.scheduling import changes, waitlist
from intake.scheduling.models import PATIENT
from intake.submissions.models import Submission
from tests import factories
from tests.appointments import appointment_of, booked, link_in, mails, path_of, rule
from tests.factories import MONDAY_MORNING

EARLY, FRIDAY, LATE = "1-202611251500", "1-202611271500", "1-202612011500"


@pytest.fixture(autouse=True)
def morning(app):
    """A Monday morning."""
    with time_machine.travel(MONDAY_MORNING, tick=False) as now:
        yield now


@pytest.fixture
def waiting(client, morning) -> Submission:
    """Somebody who asked for earlier times on their page."""
    submission = booked(LATE)
    client.get(path_of(submission))
    client.submit("join")
    return submission


@pytest.fixture
def offered(waiting, morning) -> Submission:
    """The same, with Wednesday on offer."""
    free_on_wednesday(morning)
    return waiting


def free_on_wednesday(morning) -> None:
    give_up(booked(EARLY, email="early@example.org"), morning)


def give_up(submission: Submission, morning) -> None:
    """Have somebody cancel, and the next in line asked."""
    with unit_of_work():
        appointment, now = appointment_of(submission), clock.now()
        changes.cancel(submission, appointment, current_clinic(), actor=PATIENT, reason="", now=now)
    morning.shift(waitlist.PATIENCE)
    for _ in range(2):  # an offer that ran out, and the new one
        with unit_of_work():
            waitlist.ask_next(current_clinic(), now=clock.now())


def offer_path(submission: Submission) -> str:
    return link_in(mails(submission, "earlier_time")[0])


def test_asking_for_earlier_times_and_for_no_more(client, waiting):
    assert "We send you an email when somebody gives up an earlier time" in client.page.text
    page = client.submit("leave")
    assert "Tell me about earlier times" in page.text
    assert not waitlist.is_waiting(waiting.id)


def test_times_that_are_free_already_are_said_to_be_there(client, morning):
    submission = booked(LATE)
    page = client.get(path_of(submission))
    assert "Earlier times are free right now." in page.text
    page = client.get(next(link for link in page.links() if "times?day=" in link))
    assert page.h1 == "Choose another time"
    keys = [item.get("value") for item in page.all("input") if item.get("name") == "slot"]
    assert keys[0] == factories.free_keys()[0]
    rule(min_notice=8 * 24 * 60)
    text = client.get(path_of(submission)).text
    assert "right now" not in text
    assert "If somebody gives up an earlier time" in text


def test_whoever_gets_no_mail_is_not_asked(client, app):
    submission = booked(LATE)
    path = path_of(submission)
    with unit_of_work():
        contact = submission.contact["contact"] | {"contact_by": ["call"]}
        submission.contact = {**submission.contact, "contact": contact}
    assert "earlier time" not in client.get(path).text
    client.post(path + "/waitlist", {"join": "1"})
    assert not waitlist.is_waiting(submission.id)


def test_the_mailed_link_shows_both_times_and_until_when(client, offered):
    assert offer_path(offered).endswith("/earlier")
    page = client.get(offer_path(offered))
    assert page.h1 == "An earlier time is free for you"
    assert "until Monday, November 23, 12:10 pm Central Time" in page.text
    assert "Wednesday, November 25, 9:00 am Central Time" in page.text
    assert "Tuesday, December 1, 9:00 am Central Time" in page.text


def test_taking_it(client, offered):
    client.get(offer_path(offered))
    page = client.submit("take")
    assert page.h1 == "Your consultation"
    assert "Wednesday, November 25 9:00 am Central Time" in page.text
    assert "free for you" not in page.text


@pytest.mark.parametrize("button", ["take", "keep"])
def test_an_old_page_takes_or_leaves_no_other_time_than_it_shows(client, offered, morning, button):
    client.get(offer_path(offered))
    morning.shift(timedelta(hours=2))
    another = booked(FRIDAY, email="friday@example.org")
    give_up(another, morning)
    page = client.submit(button)
    assert page.h1 == "An earlier time is free for you"
    assert "Friday, November 27, 9:00 am" in page.text
    assert appointment_of(offered).sequence == 0
    client.submit("take")
    assert appointment_of(offered).starts_at.day == 27


def test_keeping_ones_own_time(client, offered):
    client.get(offer_path(offered))
    assert "Tuesday, December 1" in client.submit("keep").text
    assert waitlist.is_waiting(offered.id)
    assert EARLY in factories.free_keys(MONDAY_MORNING)


def test_wanting_no_more_of_these_mails(client, offered):
    client.get(offer_path(offered))
    assert "Tell me about earlier times" in client.submit("leave").text
    assert EARLY in factories.free_keys(MONDAY_MORNING)


def test_looking_at_an_offer_takes_nothing(client, offered):
    for _ in range(3):
        client.get(offer_path(offered))
        client.client.head(offer_path(offered))
    assert appointment_of(offered).sequence == 0


def test_the_own_page_speaks_of_the_offer_while_it_is_kept(client, offered, morning):
    assert "An earlier time is free for you" in client.get(path_of(offered)).text
    morning.shift(timedelta(hours=2))
    assert "An earlier time is free for you" not in client.get(path_of(offered)).text
    assert client.get(offer_path(offered)).h1 == "Your consultation"


def test_whoever_takes_it_too_late_gets_the_nearest_times(client, offered, morning):
    client.get(offer_path(offered))
    morning.shift(timedelta(hours=3))
    for key in (EARLY, EARLY.replace("1-", "2-", 1)):
        booked(key, MONDAY_MORNING + timedelta(hours=3), email="quick@example.org")
    page = client.submit("take")
    assert page.status == 409
    assert "just been taken" in page.text
    assert "Wednesday November 25" in page.text
    assert appointment_of(offered).sequence == 0
