"""Danger is said to everybody who calls; answers and items only to whom the role allows them."""

import pytest
from flask import Flask

from intake.accounts.permissions import ROLES, Permission
from intake.core.db import unit_of_work
from intake.submissions.models import Submission
from tests import factories
from tests.browse import Browser
from tests.subjects.submissions.danger import ITEM_NINE, NOT_NOW, RIGHT_NOW, record, save
from tests.web.staff.people import let_in, person

ASKED = ("(ASQ", "PHQ-9 item", "suicide screen", "killing", "better off", "Several days")
PAGES = ("/staff/dashboard", "/staff/shift", "/staff/?tab=over", "/staff/")
ROLE_SETS = [[role] for role in ROLES] + [["front_desk", "administrator"]]


@pytest.fixture
def flagged(app: Flask, morning) -> list[Submission]:
    """Somebody in acute danger, somebody in less, and somebody who is both."""
    acute, sent = (save(factories.sent(), answers) for answers in (RIGHT_NOW, NOT_NOW))
    return [acute, save(sent, ITEM_NINE, "phq9"), save(factories.sent(), ITEM_NINE, "phq9")]


def pages(app: Flask, submissions: list[Submission]) -> str:
    browser = let_in(Browser(app))
    records = [f"/staff/submissions/{each.id}" for each in submissions]
    seen = [browser.get(path) for path in (*records, *PAGES)]
    seen.append(browser.post("/staff/search", {"words": "Whitfield"}))
    return " ".join(page.text for page in seen if page.status == 200)


@pytest.mark.parametrize("roles", ROLE_SETS, ids="+".join)
def test_items_and_answers_are_only_on_pages_of_whom_the_role_allows_them(
    app: Flask, flagged: list[Submission], roles: list[str]
) -> None:
    with unit_of_work():
        person().role_names = roles
    may_see = person().may(Permission.SEE_ANSWERS)
    before = pages(app, flagged)
    record(flagged[0])
    text = before + pages(app, flagged)
    assert any(words in text for words in ASKED) == may_see


def test_whoever_sees_no_answers_is_told_what_to_do_each_thing_once(
    app: Flask, flagged: list[Submission]
) -> None:
    acute, twice, _one = flagged
    text = pages(app, [acute])
    assert "must call now. Follow the clinic" in text
    with_two = let_in(Browser(app)).get(f"/staff/submissions/{twice.id}").text
    assert with_two.count("a clinician must call") == 1


def test_an_acknowledged_flag_orders_nothing(app: Flask, flagged: list[Submission]) -> None:
    record(flagged[0])
    for email in ("desk@example.com", "clinician@example.com"):
        page = let_in(Browser(app), email).get(f"/staff/submissions/{flagged[0].id}")
        assert "to be called at once" in page.text or "was to call at once" in page.text
        assert "must call" not in page.text
        assert "Call now" not in page.text
