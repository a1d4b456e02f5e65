"""A morning at the front desk: by mouse, by keyboard alone, and with a colleague beside."""

import re
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect

from intake.development.example import EXAMPLE_CLINIC
from tests.journeys.conftest import DESKTOP
from tests.journeys.hands import Keyboard, Mouse
from tests.journeys.receptionist import Receptionist
from tests.journeys.requests import request_to_call_from


@pytest.mark.parametrize("hands", [Mouse(), Keyboard()], ids=["mouse", "keyboard"])
def test_a_receptionists_morning(open_page, clinic, hands):
    reached, gave_up = request_to_call_from(clinic), request_to_call_from(clinic)
    desk = Receptionist(open_page(**DESKTOP), clinic, hands)
    desk.signs_in_by_a_one_time_link()

    desk.opens_the_request_of(reached.name)
    desk.takes_it()
    desk.says_how_it_went("Voicemail left")
    desk.sees_on_the_page("Written down: voicemail left. Next call ")
    desk.sees_on_the_page("Nobody has this request")
    in_a_week = datetime.now(EXAMPLE_CLINIC.tz).date() + timedelta(days=7)
    desk.sets_the_next_call(in_a_week)
    desk.says_how_it_went("Reached – call back")
    desk.sees_on_the_page(f"Next call {in_a_week:%b %-d}, 9:30 am")
    desk.says_how_it_went("Reached – booked")
    desk.sees_on_the_page("Nothing is booked yet")
    desk.books_the_first_time_on_offer()
    agreed = desk.booked_line()
    desk.books_the_first_time_on_offer()
    assert desk.booked_line() != agreed

    desk.goes_back_to_the_queue()
    desk.opens_the_request_of(gave_up.name)
    desk.says_how_it_went("Reached – not interested")
    desk.sees("Close this request?")
    desk.presses("Close the request")
    desk.sees_on_the_page("Closed: they are not interested")

    desk.goes_back_to_the_queue()
    desk.follows("Shift hand-over")
    desk.sees("Shift hand-over")
    desk.sees_on_the_page(reached.name)
    desk.sees_on_the_page(gave_up.name)


def test_two_at_once_see_what_the_other_did(open_page, clinic):
    sent = request_to_call_from(clinic)
    marta, priya = (Receptionist(open_page(**DESKTOP), clinic, Mouse()) for _ in range(2))
    marta.signs_in_by_a_one_time_link()
    marta.opens_the_request_of(sent.name)
    priya.signs_in_by_a_one_time_link("clinician@example.com")
    priya.page.goto(marta.page.url)

    marta.takes_it()
    priya.presses("Take it")
    priya.sees_on_the_page("Marta Ruiz took it at")
    priya.presses("Take it over")
    priya.sees_on_the_page("You took this request")
    marta.says_how_it_went("No answer")
    marta.sees_on_the_page("Dr. Priya Nair took this request")

    for each in (marta, priya):
        each.page.goto(each.page.url)
    priya.books_the_last_time_on_offer()
    theirs = priya.booked_line().removeprefix("Booked: ")
    marta.clicks_the_first_time_on_offer()
    both = marta.page.get_by_role("table", name="Both versions")
    expect(both).to_contain_text(re.sub(" Central Time$", "", theirs))
    expect(both).to_contain_text("As you chose")
    marta.presses("Book what I chose")
    marta.sees_that_the_call_is_booked()
    assert marta.booked_line() != f"Booked: {theirs}"
