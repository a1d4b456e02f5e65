"""The call we promise to somebody we worry about: when, on every page and in the receipt."""

import re
from datetime import datetime

import pytest
import time_machine
from sqlalchemy import select

from intake.core.db import db, unit_of_work
from intake.notifications.models import Message
from intake.notifications.render import render
from intake.submissions.models import Submission
from tests.browse import Browser, Page
from tests.web.patient import journey
from tests.web.patient.test_steps import CALL

MORNING = "2026-11-30T16:00Z"  # a Monday, 10 am in Chicago
EVENING = "2026-12-01T01:00Z"  # the same day, 7 pm
NIGHT = "2026-12-01T08:00Z"  # Tuesday, 2 am
FRIDAY_EVENING = "2026-12-05T01:00Z"
CRISIS = {"tel:988", "sms:988", "tel:911"}


def submission() -> Submission:
    return db.session.scalars(select(Submission)).one()


def acute(client: Browser, q5: str = "yes") -> Page:
    journey.to_safety(client)
    client.submit(**{**journey.NO_THOUGHTS, "q3": "yes"})
    return client.submit(q5=q5)


def test_it_is_told_in_the_zone_of_the_state_before_they_choose_one(client: Browser) -> None:
    with time_machine.travel(MORNING, tick=False):
        journey.to_contact(client)
        client.submit(**{**journey.CONTACT, "state": "CA"})
        client.submit(**{**journey.NO_THOUGHTS, "q3": "yes"})
        told = "oday by 3:00 pm Pacific Time"
        assert told in client.submit(q5="yes").text
        assert told in client.get("/request/stopped").text


def receipt() -> str:
    mail = db.session.scalars(select(Message).where(Message.name == "received")).one()
    return " ".join(render("received", mail.context, mail.language).text.split())


def finish(client: Browser) -> Page:
    client.get("/request/screening/phq9")
    journey.skip_to(client, "/request/times")
    journey.choose_time(client)
    return client.submit()


@pytest.mark.parametrize(
    ("at", "q5", "words"),
    [
        (MORNING, "yes", "We will call you today by 5:00 pm Central Time."),
        (MORNING, "no", "will call you today by 5:00 pm Central Time."),
        (EVENING, "yes", "We will call you tomorrow when we open at 9:00 am Central Time."),
        (EVENING, "no", "will call you tomorrow by 5:00 pm Central Time."),
        (NIGHT, "yes", "We will call you today when we open at 9:00 am Central Time."),
        (
            FRIDAY_EVENING,
            "yes",
            "We will call you on Monday, December 7, when we open at 9:00 am Central Time.",
        ),
    ],
)
def test_the_page_of_help_says_when(client: Browser, at: str, q5: str, words: str) -> None:
    with time_machine.travel(at, tick=False):
        page = acute(client, q5)
    assert words in page.text.replace("\xa0", " ")


def test_the_page_of_help_keeps_the_words_of_clinicians(client: Browser) -> None:
    text = acute(client).text
    assert "We have saved what you told us. Our staff will see it during office hours (" in text
    assert "and will call you. Please do not wait for our call if you need help now." in text


def test_it_says_so_in_spanish(client: Browser) -> None:
    with time_machine.travel(EVENING, tick=False):
        client.get("/?lang=es")
        journey.to_contact(client, conditions=["depression"])
        client.submit(**journey.CONTACT)
        page = client.submit(**{f"q{number}": "1" for number in range(1, 10)})
        assert "mañana, a más tardar a las 5:00 p.m." in page.text.replace("\xa0", " ")
        stopped = client.get("/request/stopped")
    assert stopped.h1 == "Tenemos lo que nos dijo"
    assert "Mañana, a más tardar a las 5:00 p.m." in stopped.text.replace("\xa0", " ")
    assert set(stopped.links()) >= CRISIS


@pytest.mark.parametrize("q5", ["yes", "no"])
def test_who_stops_there_is_told_that_we_have_it_and_when_we_call(client: Browser, q5: str) -> None:
    with time_machine.travel(MORNING, tick=False):
        page = acute(client, q5)
        assert "/request/stopped" in page.links()
        page = client.get("/request/stopped")
    assert page.h1 == "We have what you told us"
    assert submission().reference in page.text
    assert "Today by 5:00 pm Central Time" in page.text.replace("\xa0", " ")
    assert journey.CONTACT["phone"] in page.text
    assert {*CRISIS, "tel:+13125550142"} <= set(page.links())
    assert any(link.startswith("/request/screening/") for link in page.links())


def test_who_stops_for_a_headache_is_told_too(client: Browser) -> None:
    journey.to_screening(client, conditions=["migraine"])
    journey.skip_to(client, "/request/screening/headache_burden")
    page = client.submit("leave_blank", emergency_now="yes")
    assert "/request/stopped" in page.links()
    assert "We will call you" in page.text


def test_nobody_else_gets_to_that_page(client: Browser) -> None:
    assert client.get("/request/stopped").path == "/urgent-help"
    journey.to_screening(client)
    assert client.get("/request/stopped").path == "/request/save"
    finish(client)
    assert client.get("/request/stopped").path == "/request/done"


def test_the_page_about_saving_says_it_too(client: Browser) -> None:
    with time_machine.travel(MORNING, tick=False):
        acute(client)
        page = client.get("/request/save")
    assert "will call you today by 5:00 pm Central Time." in page.text.replace("\xa0", " ")
    assert "tel:988" in page.links()
    assert "then delete them" not in page.text  # nor is it: somebody has to call first


def test_it_is_said_in_the_zone_in_which_they_chose_a_time(client: Browser) -> None:
    with time_machine.travel(MORNING, tick=False):
        acute(client)
        client.get("/request/screening/phq9")
        journey.skip_to(client, "/request/times")
        client.get("/request/times?zone=America/Denver")
        client.submit(slot="none", availability=["mon-morning"], channel="phone")
        page = client.submit()
    assert page.path == "/request/done"
    assert "will call you today by 4:00 pm Mountain Time." in page.text.replace("\xa0", " ")
    assert "by 4:00 pm Mountain Time." in receipt()
    assert "4:00 pm Mountain Time" in " ".join(page.text.split("What happens next")[1].split())
    assert "Central Time" not in receipt()


def test_the_confirmation_and_the_receipt_repeat_it(client: Browser) -> None:
    with time_machine.travel(MORNING, tick=False):
        acute(client)
        page = finish(client)
    assert page.path == "/request/done"
    assert "will call you today by 5:00 pm Central Time." in page.text.replace("\xa0", " ")
    assert {"tel:988", "tel:911"} <= set(page.links())
    words = receipt()
    assert "We will call you on Monday, November 30, by 5:00 pm Central Time." in words
    assert not re.search(r"clinical|urgent|safety|worr|suicid|help now", words, re.I)


def test_a_promise_whose_time_is_over_is_not_repeated(client: Browser) -> None:
    with time_machine.travel(MORNING, tick=False) as clock:
        acute(client)
        finish(client)
        clock.move_to(datetime.fromisoformat(EVENING))
        page = client.get("/request/done")
    assert "will call you as soon as we can." in page.text


def test_nothing_is_promised_once_somebody_called(client: Browser) -> None:
    acute(client)
    finish(client)
    with unit_of_work():
        submission().queue_rank = 1
    page = client.get("/request/done")
    assert "will call you" not in page.text.replace("We will call you before", "")


def test_a_quiet_request_promises_no_such_call(client: Browser) -> None:
    page = journey.to_done(client)
    assert "clinical team will call" not in page.text
    assert "We will call you" not in receipt()


def test_without_a_chosen_time_the_receipt_says_only_that_we_call(client: Browser) -> None:
    with time_machine.travel(MORNING, tick=False):
        acute(client)
        client.get("/request/screening/phq9")
        journey.skip_to(client, "/request/times")
        client.submit(slot="none", availability=["mon-morning"], channel="phone")
        client.submit()
    assert "We will call you on Monday, November 30, by 5:00 pm Central Time." in receipt()
    assert "We will contact you by" not in receipt()


def test_who_stops_on_the_short_way_sees_the_confirmation(client: Browser) -> None:
    client.get("/request/call-me")
    client.submit(**CALL)
    client.submit(**{**journey.NO_THOUGHTS, "q3": "yes"})
    page = client.submit(q5="yes")
    assert "/request/stopped" in page.links()
    page = client.get("/request/stopped")
    assert page.path == "/request/done"
    assert "A member of our clinical team will call you" in page.text
