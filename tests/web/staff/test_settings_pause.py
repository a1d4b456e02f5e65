"""Pausing online booking: what staff set, what patients then can and cannot do."""

from datetime import timedelta

import pytest

from intake.clinic.service import current_clinic
from intake.core.db import unit_of_work
from intake.scheduling import waitlist
from intake.scheduling.models import Opening
from tests import factories
from tests.appointments import appointment_of, booked, link_in, mails
from tests.browse import Browser
from tests.factories import MONDAY_MORNING
from tests.web.patient import journey

PATH = "/staff/settings/pause"
OURS = "You can’t choose a time online right now."


pytestmark = pytest.mark.usefixtures("morning")


def pause(admin: Browser, **words: str) -> None:
    admin.get(PATH)
    page = admin.submit(state="paused", **words)
    assert "The settings are saved" in page.text


def slots(browser: Browser) -> list[str]:
    assert browser.page is not None
    inputs = [each for each in browser.page.all("input") if each.get("name") == "slot"]
    return [str(each.get("value")) for each in inputs]


def test_patients_read_why_and_ask_to_be_called(admin: Browser, client: Browser, morning) -> None:
    assert OURS not in client.get("/request/start").text
    pause(admin, message_en="We are moving.", until="2026-12-01")
    start = client.get("/request/start").text
    assert f"We are moving. {OURS}" in start
    assert "From Tuesday, December 1 on, you can choose a time here again." in start
    assert "We are moving" not in client.get("/request/start?lang=es").text
    client.get("/request/start?lang=en")
    journey.to_times(client)
    assert f"We are moving. {OURS}" in client.page.text
    assert slots(client) == ["none"]
    page = client.submit(availability=["tue-morning"], channel="phone")
    assert page.path.startswith("/request/check")
    assert "until Tue, Dec 1, 2026" in admin.get("/staff/").text
    morning.move_to(MONDAY_MORNING + timedelta(days=8))
    assert OURS not in Browser(client.app).get("/request/start").text


def test_a_time_that_was_held_stays_and_can_be_sent(admin: Browser, client: Browser) -> None:
    journey.to_times(client)
    first, second = slots(client)[:2]
    journey.choose_time(client)
    pause(admin)
    client.get("/request/times")
    assert slots(client) == [first, "none"]
    page = client.submit(slot=second, channel="phone")
    assert page.status == 409
    assert OURS in page.text
    assert client.submit(slot=first, channel="phone").path.startswith("/request/check")


def test_a_booked_call_stays_and_is_moved_by_phone(admin: Browser, client: Browser) -> None:
    submission = booked()
    starts_at = appointment_of(submission).starts_at
    other = factories.free_keys()[5]
    link = link_in(mails(submission, "booked")[0])
    pause(admin)
    page = client.get(f"{link}/times")
    assert "Please call us." in page.text
    assert slots(client) == []
    client.post(f"{link}/times", {"slot": other})
    assert appointment_of(submission).starts_at == starts_at


def test_nobody_is_asked_whether_an_earlier_time_suits(admin: Browser) -> None:
    pause(admin)
    soon = MONDAY_MORNING + timedelta(days=1)
    freed = Opening(
        provider_id=1, starts_at=soon, freed_by=factories.begin().id, due_at=MONDAY_MORNING
    )
    with unit_of_work() as session:
        session.add(freed)
        session.flush()
        assert not waitlist.ask_next(current_clinic(), now=MONDAY_MORNING)
    admin.get(PATH)
    admin.submit(state="open")
    with unit_of_work():
        assert waitlist.ask_next(current_clinic(), now=MONDAY_MORNING)


def test_it_is_ended_by_hand_and_takes_no_date_that_is_over(admin: Browser) -> None:
    admin.get(PATH)
    page = admin.submit(state="paused", until="2026-11-23")
    assert "Enter a date after today" in page.text
    pause(admin)
    assert "Online booking is paused." in admin.get("/staff/").text
    admin.get(PATH)
    admin.submit(state="open")
    assert "Online booking is paused" not in admin.get("/staff/").text
