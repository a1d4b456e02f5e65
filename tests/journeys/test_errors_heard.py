"""What a screen reader says about errors: read from the browser's tree of accessible objects."""

from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import DESKTOP


@dataclass(frozen=True)
class Heard:
    """One object as it is handed to a screen reader."""

    role: str
    name: str
    description: str
    is_invalid: bool
    is_focused: bool


@pytest.fixture
def page(open_page, clinic) -> Page:
    """The short way, sent with nothing in it, without JavaScript."""
    page = open_page(**DESKTOP)
    page.goto(f"{clinic.address}/request/call-me")
    page.get_by_role("button", name="Continue").last.click()
    expect(page.get_by_role("alert")).to_be_focused()
    page.wait_for_load_state()
    return page


def heard(page: Page) -> list[Heard]:
    """All objects of the page, in its order."""
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")
    return [_heard(node) for node in tree["nodes"] if not node["ignored"]]


def _heard(node: dict[str, Any]) -> Heard:
    states = {each["name"]: each["value"].get("value") for each in node.get("properties", [])}
    words = {key: node.get(key, {}).get("value", "") for key in ("role", "name", "description")}
    invalid = states.get("invalid", "false") == "true"
    return Heard(**words, is_invalid=invalid, is_focused=bool(states.get("focused")))


def test_the_summary_is_announced_first_and_each_link_leads_to_its_field(page):
    objects = heard(page)
    assert objects[0].name.startswith("Error: Ask us to call you")
    (alert,) = [each for each in objects if each.role == "alert"]
    assert (alert.name, alert.is_focused) == ("There is a problem", True)
    page.get_by_role("link", name="Enter your first name").click()
    expect(page.get_by_label("First name", exact=True)).to_be_focused()
    focused = [each for each in heard(page) if each.is_focused and each.role != "RootWebArea"]
    assert [(each.role, each.name) for each in focused] == [("textbox", "First name")]


def test_each_wrong_field_says_what_to_do(page):
    wrong = {(each.role, each.name): each.description for each in heard(page) if each.is_invalid}
    assert wrong["textbox", "First name"] == "Error: Enter your first name"
    assert "Error: Enter a phone number" in wrong["textbox", "Phone number"]


def test_a_question_is_read_with_its_error(page):
    groups = {each.name: each.description for each in heard(page) if each.role == "group"}
    assert "Error: Select" in groups["What would you like help with?"]
    radios = {each.name for each in heard(page) if each.role in ("radio", "checkbox")}
    assert {"Depression", "Yes, 18 or older"} <= radios
