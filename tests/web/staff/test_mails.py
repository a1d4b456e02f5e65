"""E-mails that did not arrive: seen in the queue and on the record, sent again or seen to."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from intake.audit.models import AuditEntry
from intake.core.db import db, unit_of_work
from intake.notifications.models import Message
from intake.submissions import opt_out
from intake.submissions.models import Submission
from tests import factories
from tests.browse import Browser
from tests.factories import MONDAY_MORNING
from tests.web.staff.people import let_in

pytestmark = pytest.mark.both


@pytest.fixture
def desk(app: Flask, morning) -> Browser:
    return let_in(Browser(app))


@pytest.fixture
def asked(app: Flask, morning) -> Submission:
    return factories.sent()


def receipts(**values: object) -> Message:
    """The receipt as it is stored now, after a change if one is given."""
    if values:
        with unit_of_work():
            db.session.execute(update(Message).where(Message.name == "received").values(**values))
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(select(Message).where(Message.name == "received")).one()


def last_entry() -> tuple[str, str]:
    """The latest but looks at the list."""
    latest = select(AuditEntry).where(AuditEntry.action != "emails viewed")
    entry = db.session.scalars(latest.order_by(AuditEntry.seq.desc()).limit(1)).one()
    return entry.action, entry.detail


@pytest.mark.parametrize("state", ["failed", "returned"])
def test_the_queue_says_that_a_mail_did_not_arrive(desk, asked, state):
    assert "could not be delivered" not in desk.get("/staff/").text
    receipts(state=state)
    assert "1 email could not be delivered." in desk.get("/staff/").text


def test_the_list_says_whom_to_call(desk, asked):
    receipts(state="returned")
    page = desk.get("/staff/emails")
    assert "Dana Whitfield" in page.text
    assert "tel:+13125550198" in page.links()
    assert "Receipt to the patient: came back. Please phone instead." in page.text


def test_a_mail_can_be_sent_again_under_its_own_name(desk, asked):
    before = receipts(state="failed", failures=3)
    page = desk.get(f"/staff/submissions/{asked.id}")
    assert "could not be delivered" in page.text
    desk.post(f"/staff/emails/{before.id}", {"do": "send"})
    after = receipts()
    assert (after.id, after.state, after.failures) == (before.id, "queued", 0)
    assert after.due_at == MONDAY_MORNING
    assert "could not be delivered" not in desk.get("/staff/").text


def test_a_mail_that_was_sent_stays_sent(desk, asked):
    message = receipts(state="sent")
    for wish in ("send", "cancel"):
        desk.post(f"/staff/emails/{message.id}", {"do": wish})
        assert receipts().state == "sent"


def test_what_is_done_is_recorded(desk, asked):
    message = receipts(state="failed")
    desk.get("/staff/emails")
    desk.post(f"/staff/emails/{message.id}", {"do": "cancel", "from": "list"})
    assert receipts().state == "cancelled"
    assert last_entry() == ("email cancelled", "received")
    assert desk.get("/staff/emails").text.count("could not be delivered") == 0


def test_an_alarm_that_waits_offers_no_cancelling(desk, asked):
    with unit_of_work():
        db.session.execute(update(Message).values(name="urgent"))
    assert "Do not send" not in desk.get(f"/staff/submissions/{asked.id}").text


def test_the_queue_says_when_mails_stand_still(desk, asked, morning):
    assert "wait to be sent" not in desk.get("/staff/").text
    morning.shift(timedelta(minutes=6))
    assert "Emails wait to be sent since today 10:00 am." in desk.get("/staff/").text


def test_the_record_says_why_somebody_gets_no_mail(desk, asked):
    with unit_of_work():
        opt_out.stop(asked.id, now=MONDAY_MORNING)
    page = desk.get(f"/staff/submissions/{asked.id}")
    assert "No reminders since today 10:00 am: they do not want any." in page.text
    other = factories.sent(contact_by=["call"], phone_e164="+13125550177")
    page = desk.get(f"/staff/submissions/{other.id}")
    assert "No email goes to this person: they did not choose it." in page.text


def test_a_person_who_has_not_sent_anything_stays_unnamed(desk, asked):
    receipts(state="failed")
    with unit_of_work():
        db.session.execute(update(Submission).values(status="draft"))
    assert "Whitfield" not in desk.get("/staff/emails").text
