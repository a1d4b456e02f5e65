"""Danger is said to everybody who calls; answers and items only to whom the role allows them."""

import pytest
from flask import Flask
from sqlalchemy import select

from intake.accounts.permissions import ROLES, Permission
from intake.audit.models import AuditEntry
from intake.core.db import db, unit_of_work
from intake.notifications.models import Message
from intake.staff.emergency import AT_MOST
from intake.submissions.emergency import OPENED
from intake.submissions.models import Submission
from tests import factories
from tests.browse import Browser
from tests.subjects.submissions.danger import ITEM_NINE, NOT_NOW, RIGHT_NOW, record, save
from tests.web.staff.people import ADMIN, CLINICIAN, let_in, person

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


def test_an_emergency_opens_the_answers_of_one_request_for_an_hour_and_is_told(
    app: Flask, flagged: list[Submission], morning
) -> None:
    desk, (acute, other, _third) = let_in(Browser(app)), flagged
    page = f"/staff/submissions/{acute.id}"
    desk.get(page)
    assert f"{page}/emergency" in desk.page.links()
    assert not any(words in desk.page.text for words in ASKED)
    desk.get(f"{page}/emergency")
    assert "Write what is happening" in desk.submit(reason="danger").text
    shown = desk.submit(reason="danger", words="canary on the phone")
    assert any(words in shown.text for words in ASKED)
    assert not any(words in desk.get(f"/staff/submissions/{other.id}").text for words in ASKED)
    told = select(Message).where(Message.name == "answers_opened")
    mails = list(db.session.scalars(told))
    assert {each.recipient for each in mails} == {CLINICIAN, ADMIN}
    assert not any("canary" in str(each.context) for each in mails)
    logged = select(AuditEntry).where(AuditEntry.action == OPENED)
    assert [(e.detail, e.subject_id) for e in db.session.scalars(logged)] == [("danger", acute.id)]
    assert not any(w in let_in(Browser(app), ADMIN).get(page).text for w in ASKED)
    for _ in range(6):
        morning.shift(600)
        desk.get("/staff/")
    assert not any(words in desk.get(page).text for words in ASKED)


def test_answers_are_opened_only_so_often(app: Flask, flagged: list[Submission]) -> None:
    desk = let_in(Browser(app))
    path = f"/staff/submissions/{flagged[0].id}/emergency"
    desk.get(path)
    sent = {"reason": "danger", "words": "Again"}
    found = [desk.post(path, sent).status for _ in range(AT_MOST.burst + 1)]
    assert found == [200] * AT_MOST.burst + [429]
