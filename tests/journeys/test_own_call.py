"""A patient changes their call by themselves, from the mail, on a phone without JavaScript."""

import re
from email.message import EmailMessage

import icalendar
from playwright.sync_api import Page, expect

from tests.journeys.conftest import DESKTOP, PHONE
from tests.journeys.hands import Mouse
from tests.journeys.receptionist import Receptionist
from tests.journeys.requests import request_from
from tests.journeys.test_booking import mails_to


def test_a_call_is_moved_cancelled_and_kept_after_all(open_page, clinic):
    sent = request_from(clinic)
    receptionist = Receptionist(open_page(**DESKTOP), clinic, Mouse())
    receptionist.signs_in_by_a_one_time_link()
    receptionist.opens_the_request_of(sent.name)
    receptionist.confirms_the_time_that_was_asked_for()
    _receipt, confirmation = mails_to(sent.email, clinic, number=2)
    page = open_page(**PHONE)
    page.goto(link_in(confirmation))
    first = time_on(page)

    page.get_by_role("link", name="Choose another time").click()
    page.get_by_role("radio").nth(6).check()
    page.get_by_role("button", name="Take this time").click()
    assert time_on(page) != first

    page.get_by_role("link", name="Cancel it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Cancel your consultation?")
    page.get_by_role("button", name="Yes, cancel it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your consultation is cancelled")

    page.get_by_role("button", name="Undo: keep my consultation").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your consultation")
    states = [state_in(mail) for mail in mails_to(sent.email, clinic, number=5)[1:]]
    assert [state[0] for state in states] == ["REQUEST", "REQUEST", "CANCEL", "REQUEST"]
    assert [state[1] for state in states] == [0, 1, 2, 3]
    assert len({state[2] for state in states}) == 1


def time_on(page: Page) -> str:
    """The time that the page of a call shows."""
    return page.locator(".ticket .when").inner_text()


def link_in(mail: EmailMessage) -> str:
    """The one link of a mail."""
    return re.search(r"http\S+/appointment/\S+", mail.get_body(("plain",)).get_content())[0]


def state_in(mail: EmailMessage) -> tuple[str, int, str]:
    """Method, sequence and UID of the calendar file in a mail."""
    part = next(part for part in mail.walk() if part.get_content_type() == "text/calendar")
    calendar = icalendar.Calendar.from_ical(part.get_content())
    (event,) = calendar.walk("VEVENT")
    return calendar["METHOD"], event["SEQUENCE"], event["UID"]
