"""A receptionist at a browser; every method is a sentence about what they do or see."""

import re
from datetime import date

from playwright.sync_api import Page, expect

from intake.cli.users import users
from tests.journeys.hands import Keyboard, Mouse
from tests.processes import Installation


class Receptionist:
    """Marta Ruiz of the example clinic."""

    def __init__(self, page: Page, clinic: Installation, hands: Mouse | Keyboard) -> None:
        self.page = page
        self.clinic = clinic
        self.hands = hands
        self.link = ""

    def signs_in_by_a_one_time_link(self, email: str = "desk@example.com") -> None:
        self.link = sign_in_link(self.clinic, email)
        self.page.goto(self.link)
        self.hands.press(self.page.get_by_role("button", name="Sign in"))
        self.sees("Work queue")

    def opens_the_request_of(self, name: str) -> None:
        self.hands.press(self.page.get_by_role("link", name=name, exact=True))
        self.sees(name)

    def goes_back_to_the_queue(self) -> None:
        self.hands.press(self.page.get_by_role("main").get_by_role("link", name="Work queue"))
        self.sees("Work queue")

    def searches_for(self, words: str) -> None:
        self.hands.type(self.page.get_by_role("searchbox"), words)
        self.presses("Search")
        self.sees("Search")

    @property
    def record_number(self) -> str:
        """The id of the record on the screen, as its address has it."""
        return self.page.url.rsplit("/", 1)[-1]

    def confirms_the_time_that_was_asked_for(self) -> None:
        self.hands.press(self.page.get_by_role("button", name="Confirm this time"))
        self.sees_that_the_call_is_booked()

    def takes_it(self) -> None:
        self.presses("Take it")
        self.sees_on_the_page("You took this request")

    def says_how_it_went(self, outcome: str) -> None:
        """After a call: one click."""
        self.presses(outcome)

    def sets_the_next_call(self, day: date) -> None:
        """On that day at 9:30 am."""
        self.hands.press(self.page.get_by_text(re.compile("^Next call: ")))
        self.hands.type(self.page.get_by_label("Call again on"), f"{day:%m%d%Y}")
        self.hands.type(self.page.get_by_label("At", exact=True), "0930AM")

    def books_the_first_time_on_offer(self) -> None:
        self.clicks_the_first_time_on_offer()
        self.sees_that_the_call_is_booked()

    def clicks_the_first_time_on_offer(self) -> None:
        times = self.page.get_by_role("table", name="Free times for the call")
        self.hands.press(times.get_by_role("button").first)

    def books_the_last_time_on_offer(self) -> None:
        times = self.page.get_by_role("table", name="Free times for the call")
        self.hands.press(times.get_by_role("button").last)
        self.sees_that_the_call_is_booked()

    def opens(self, path: str) -> None:
        self.page.goto(self.clinic.address + path)

    def chooses_the_last_free_time_in_the_calendar(self) -> None:
        self.hands.press(self.page.get_by_role("link", name="Choose in the calendar"))
        self.hands.press(self.page.get_by_role("link", name="Later"))
        times = self.page.get_by_role("region", name="Calendar").get_by_role("button")
        self.hands.press(times.last)
        self.sees_that_the_call_is_booked()

    def sees_that_the_call_is_booked(self) -> None:
        expect(self.page.get_by_role("heading", name="The call is booked")).to_be_visible()

    def writes_down(self, outcome: str, note: str = "") -> None:
        """What came of the call about an urgent flag."""
        self.hands.tick(self.page.get_by_role("radio", name=outcome))
        if note:
            self.hands.type(self.page.get_by_role("textbox", name="Note (optional)"), note)
        self.hands.press(self.page.get_by_role("button", name="Save what happened"))

    def closes_the_clinic_on(self, day: date, why: str) -> None:
        self.opens("/staff/settings/closures")
        self.hands.type(self.page.get_by_label("First day"), f"{day:%m%d%Y}")
        self.hands.type(self.page.get_by_label("Why"), why)
        self.presses("Close")

    def follows(self, link: str) -> None:
        self.hands.press(self.page.get_by_role("link", name=link))

    def presses(self, button: str) -> None:
        self.hands.press(self.page.get_by_role("button", name=button, exact=True))

    def sees(self, heading: str) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_have_text(heading)

    def sees_on_the_page(self, words: str) -> None:
        expect(self.page.get_by_role("main")).to_contain_text(words)

    def booked_line(self) -> str:
        """Day and time as the record says them."""
        return self.page.get_by_text(re.compile("^Booked: ")).first.inner_text()


def sign_in_link(clinic: Installation, email: str) -> str:
    """A link as `flask --app wsgi users login-link` gives it out."""
    result = clinic.app.test_cli_runner().invoke(users, ["login-link", email])
    assert result.exit_code == 0, result.output
    return result.output.split()[-1]
