"""Whoever sees patients' data is in the audit log; a look that cannot be recorded is refused."""

import pytest
from flask import Flask
from sqlalchemy import text

from intake.accounts.permissions import Permission
from intake.core.db import db, unit_of_work
from tests import factories
from tests.browse import Browser
from tests.web.staff.people import actions
from tests.web.staff.test_guard import GUARDED, address, staff_rules

SHOWN = {
    "staff.queue": "queue viewed",
    "staff.show": "record viewed",
    "staff.calendar": "calendar viewed",
    "staff.to_move": "calls to move viewed",
    "staff.shift_hand_over": "shift viewed",
    "staff.undelivered_mails": "emails viewed",
    "staff.any_time": "form of a record viewed",
    "staff.close_request": "form of a record viewed",
    "staff.ask_hand_over": "form of a record viewed",
    "staff.cancel_call": "form of a record viewed",
}
"""What each page leaves in the log."""

RECORDED_ELSEWHERE = {"staff.search", "staff.compare"}
"""A search that finds somebody, and two records side by side: test_search.py, test_merge.py."""

WITHOUT_PATIENTS = {"staff.views", "staff.live", "staff.unsent", "staff.feeds", "staff.ask_list"}
"""Own filters, counts, what one typed oneself, secret addresses, a form that asks for days."""

OF_PATIENTS = {
    *(Permission.SEE_QUEUE, Permission.SEE_ANSWERS, Permission.CONTACT, Permission.MERGE),
    *(Permission.BOOK, Permission.EXPORT),
}


def test_every_page_of_patients_is_known_to_leave_an_entry(app: Flask) -> None:
    rules = staff_rules(app)
    pages = {name for name, each in GUARDED.items() if each in OF_PATIENTS and "GET" in rules[name]}
    assert pages == {*SHOWN, *RECORDED_ELSEWHERE, *WITHOUT_PATIENTS}


def test_each_page_leaves_exactly_one_entry(app: Flask, clinician: Browser) -> None:
    submission = factories.sent()
    for endpoint, action in SHOWN.items():
        before = len(actions())
        clinician.client.get(address(app, endpoint, submission.id))
        assert actions()[before:] == [action], endpoint


def test_what_somebody_may_not_see_is_recorded_with_the_record(app: Flask, desk: Browser) -> None:
    submission = factories.sent()
    path = address(app, "staff.ask_hand_over", submission.id)
    assert desk.client.get(path).status_code == 403
    query = "SELECT subject_id, detail FROM audit_log WHERE action = 'access refused'"
    found = db.session.execute(text(query)).one()
    assert (found.subject_id.replace("-", ""), found.detail) == (
        submission.id.hex,
        "staff.ask_hand_over",
    )


@pytest.mark.parametrize("endpoint", ["staff.queue", "staff.show"])
def test_a_look_that_cannot_be_recorded_shows_nothing(
    app: Flask, desk: Browser, endpoint: str
) -> None:
    path = address(app, endpoint, factories.sent().id)
    assert b"Whitfield" in desk.client.get(path).data
    with unit_of_work() as session:
        session.execute(text("ALTER TABLE audit_log RENAME TO elsewhere"))
    answer = desk.client.get(path)
    assert answer.status_code == 503
    assert b"Whitfield" not in answer.data
