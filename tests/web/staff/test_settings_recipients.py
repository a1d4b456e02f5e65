"""Settings of recipients: who is told, whether it reaches anybody, tests, and two who edit."""

from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from intake.audit.models import AuditEntry
from intake.clinic.service import fresh_clinic
from intake.core.db import db, unit_of_work
from intake.notifications import bounces
from intake.notifications.models import Message
from tests import factories
from tests.browse import Browser
from tests.factories import MONDAY_MORNING
from tests.web.staff.people import ADMIN, let_in

PATH = "/staff/settings/recipients"
HOURS = "/staff/settings/hours"
BACKUP = {"backup_name": "", "backup_phone_number": "", "backup_email": ""}


@pytest.fixture(autouse=True)
def morning(app: Flask):
    with time_machine.travel(MONDAY_MORNING, tick=False) as now:
        yield now


@pytest.fixture
def admin(app: Flask, morning) -> Browser:
    browser = let_in(Browser(app), ADMIN)
    browser.get(PATH)
    return browser


def details() -> list[str]:
    query = select(AuditEntry.detail).where(AuditEntry.action == "setting changed")
    return list(db.session.scalars(query.order_by(AuditEntry.seq)))


def saved(browser: Browser, **changes: Any) -> Any:
    return browser.submit(**changes)


def test_saving_changes_who_is_told_and_is_audited_with_both_values(admin: Browser) -> None:
    page = saved(admin, change_recipients="a@example.com\n\n b@example.com ", backup_name="Dr. B")
    assert "The settings are saved" in page.text
    assert "Last changed by Sam Lindqvist, today 10:00 am" in page.text
    clinic = fresh_clinic()
    assert clinic.changes_to == ("a@example.com", "b@example.com")
    assert clinic.backup_contact is not None
    assert clinic.backup_contact.name == "Dr. B"
    assert 'change_recipients: [] -> ["a@example.com", "b@example.com"]' in details()
    assert len(details()) == 2


def test_what_makes_no_sense_is_refused(admin: Browser) -> None:
    page = saved(
        admin,
        staff_recipients="",
        on_call_recipients="a@example.com\nb at home",
        backup_phone_number="",
        reply_to="nobody",
    )
    assert page.status == 400
    assert "Enter at least one email address" in page.text
    assert "Line 2, “b at home”, is not an email address" in page.text
    assert "Enter name, phone and email, or leave all three empty" in page.text
    assert "Enter an email address in the correct format" in page.text
    assert details() == []


def test_what_would_leave_people_in_danger_alone_is_refused(admin: Browser) -> None:
    page = saved(admin, **BACKUP)
    assert page.status == 400
    assert "Fill in what was there: who is told when a flag stays open" in page.text
    assert fresh_clinic().backup_contact is not None


def test_the_second_editor_sees_both_texts_and_can_insist(app: Flask, admin: Browser) -> None:
    factories.user("second@example.com", "administrator")
    other = let_in(Browser(app), "second@example.com")
    other.get(PATH)
    saved(other, reply_to="theirs@example.com")
    page = saved(admin, reply_to="mine@example.com")
    assert page.status == 409
    assert "Changed by New Person, today 10:00 am" in page.text
    assert "Answers of patients go to theirs@example.com mine@example.com" in page.text
    assert fresh_clinic().reply_to == "theirs@example.com"
    admin.submit(reply_to="mine@example.com")
    assert fresh_clinic().reply_to == "mine@example.com"


def test_an_event_whose_mails_all_come_back_is_said_to_reach_nobody(admin: Browser) -> None:
    assert "Nobody gets it" not in admin.get(PATH).text
    with unit_of_work():
        bounces.mark("backup@example.com", now=MONDAY_MORNING)
    assert "Nobody would get an email about: a flag left open." in admin.get(HOURS).text
    page = admin.get(PATH)
    assert "A flag left open Nobody gets it backup@example.com Emails to it came back" in page.text


def test_an_address_is_tested_even_after_mails_came_back_but_not_without_end(
    admin: Browser,
) -> None:
    with unit_of_work():
        bounces.mark("backup@example.com", now=MONDAY_MORNING)
    for _ in range(5):
        page = admin.post(f"{PATH}/test", {"address": "backup@example.com"})
    assert "A test is on its way to backup@example.com" in page.text
    assert "Test on its way, today 10:00 am" in page.text
    assert not bounces.marked(["backup@example.com"])
    page = admin.post(f"{PATH}/test", {"address": "backup@example.com"})
    assert "has had all its tests of today" in page.text
    tests = db.session.scalars(select(Message).where(Message.name == "test_of_address")).all()
    assert len(tests) == 5
    assert tests[0].context["told_of"] == "a flag left open"


def test_only_our_own_addresses_are_tested(admin: Browser) -> None:
    assert admin.post(f"{PATH}/test", {"address": "stranger@example.com"}).status == 400


def test_it_asks_who_one_is_when_that_was_long_ago(admin: Browser, morning) -> None:
    """Whoever finds a browser open cannot silence the alarms."""
    before = fresh_clinic()
    morning.shift(660)
    page = saved(admin, on_call_recipients="mine@evil.test")
    assert page.path.startswith("/staff/prove")
    assert fresh_clinic() == before
    assert admin.get(PATH).path.startswith("/staff/prove")
