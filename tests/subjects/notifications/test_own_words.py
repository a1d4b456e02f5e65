"""A clinic's own words in mails that leave, and what happens when they cannot be used."""

from dataclasses import asdict

import pytest
from flask import Flask
from sqlalchemy import select, update

from intake.clinic.service import current_clinic
from intake.core.db import db, unit_of_work
from intake.core.remember import forget
from intake.notifications.models import MailText, Message
from intake.notifications.outbox import enqueue
from intake.notifications.own_words import failed_count
from intake.notifications.render import render
from intake.notifications.texts import OwnWords, TextRefused
from intake.notifications.worker import run_once
from intake.scheduling.mail_texts import TEXTS, TextChanged, example, placeholders, save_text
from intake.submissions import failures
from tests import events
from tests.factories import MONDAY_MORNING
from tests.smtp_servers import Inbox
from tests.subjects.notifications.conftest import NOW
from tests.subjects.notifications.test_all_mails import TO_STAFF

NOTICES = select(Message).where(Message.name == "failures").order_by(Message.created_at)
GREETING = OwnWords((("Hola",),), (("Adiós",),))
BY = {"actor": "user:1", "now": NOW}


def write(opening: str, closing: str = "", *, name: str = "cancelled", seen: int = 0) -> None:
    with unit_of_work():
        save_text(name, "en", opening=opening, closing=closing, seen=seen, **BY)


def sent(inbox: Inbox, name: str = "cancelled") -> tuple[str, str]:
    """The text and the HTML of one mail as it left."""
    context = example(name, current_clinic(), "en")
    with unit_of_work():
        enqueue(name, to="dana@example.org", context=context, language="en", now=NOW)
    run_once()
    parts = [inbox.mails[-1].get_body((kind,)) for kind in ("plain", "html")]
    text, html = ["\n".join(part.get_content().splitlines()) for part in parts if part]
    return text, html


def test_every_mail_to_patients_can_hold_them(app: Flask) -> None:
    assert set(TEXTS) == events.names() - TO_STAFF
    for name in TEXTS:
        context = asdict(example(name, current_clinic(), "es"))
        assert render(name, context, "es", own=GREETING).text.count("Hola")
        assert {"clinic_name", "clinic_phone"} <= set(placeholders(name))


def test_they_stand_before_the_rest_and_in_place_of_the_last_line(app: Flask, inbox: Inbox) -> None:
    write("We are sorry <b>.\n\nUntil soon.", "Call {clinic_phone}.\nWarmly, {clinic_name}")
    text, html = sent(inbox)
    assert text.startswith("We are sorry <b>.\n\nUntil soon.\n\nYour consultation is cancelled.")
    assert "\n\nCall (312) 555-0142.\nWarmly, Iconic Infusions\n\nIf you have an emergency" in text
    assert "Questions?" not in text
    assert "We are sorry &lt;b&gt;." in html
    assert "Call (312) 555-0142.<br>Warmly, Iconic Infusions" in html
    assert "Questions?" not in html


def test_words_that_cannot_be_used_give_way_to_the_built_in_ones_and_are_reported(
    app: Flask, inbox: Inbox
) -> None:
    write("Until {when}.")
    with unit_of_work():
        db.session.execute(update(MailText).values(opening="Until {whenever}."))
    forget()
    text, _html = sent(inbox)
    assert text.startswith("Your consultation is cancelled.")
    assert "Questions? Call us" in text
    db.session.expire_all()
    assert failed_count() == 1
    with unit_of_work():
        failures.send(current_clinic(), now=MONDAY_MORNING)
    report = db.session.scalars(NOTICES).all()[-1]
    assert report.context["texts"] == 1
    write("", seen=1)
    assert failed_count() == 0, "mended by another version"


def test_a_version_is_not_written_over_one_that_was_not_seen(app: Flask) -> None:
    write("First")
    with pytest.raises(TextChanged):
        write("Second")
    write("Second", seen=1)
    rows = db.session.scalars(select(MailText).order_by(MailText.version)).all()
    assert [(row.version, row.opening) for row in rows] == [(1, "First"), (2, "Second")]


def test_what_may_not_leave_is_not_stored(app: Flask) -> None:
    with pytest.raises(TextRefused):
        write("Your {answers}")
    assert db.session.scalars(select(MailText)).all() == []
