"""A receptionist's hands stay on the keyboard, and the queue says when it changes."""

from playwright.sync_api import Page, expect

from tests.journeys.hands import Mouse
from tests.journeys.receptionist import Receptionist
from tests.journeys.requests import cry_for_help_from, request_from

WITH_SCRIPTS = {"java_script_enabled": True}


def press(page: Page, key: str, *, until: str) -> None:
    page.keyboard.press(key)
    page.wait_for_url(until)


def test_the_queue_by_keys_alone(open_page, clinic):
    sent = request_from(clinic)
    receptionist = Receptionist(open_page(**WITH_SCRIPTS), clinic, Mouse())
    receptionist.signs_in_by_a_one_time_link()
    page = receptionist.page
    page.wait_for_load_state()  # shortcuts are a script
    page.keyboard.press("/")
    page.keyboard.type(sent.name)  # its letters are words now, no keys
    page.keyboard.press("Enter")
    receptionist.sees("Search")
    page.keyboard.press("j")
    expect(page.get_by_role("link", name=sent.name, exact=True)).to_be_focused()
    press(page, "t", until="**/submissions/*")
    receptionist.sees_on_the_page("You took this request")
    other = Receptionist(open_page(**WITH_SCRIPTS), clinic, Mouse())
    other.signs_in_by_a_one_time_link("clinician@example.com")
    other.page.goto(page.url)
    other.presses("Take it over")
    other.presses("Take it over")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    receptionist.sees_on_the_page("Somebody else has taken this request")
    press(page, "?", until="**/staff/keys")
    page.get_by_role("button", name="Turn shortcuts off").click()
    page.keyboard.press("q")
    receptionist.sees("Keyboard shortcuts")
    page.get_by_role("button", name="Turn shortcuts on").click()
    press(page, "q", until="**/staff/")
    cry_for_help_from(clinic)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    receptionist.sees_on_the_page("An urgent flag came in")
