"""The mail to the backup contact: ready from the alarm on, void as soon as it is pointless."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
import time_machine
from flask import Flask

from intake.accounts.queries import user_by_email
from intake.clinic.service import current_clinic, save_clinic
from intake.core.db import unit_of_work
from intake.notifications.render import render
from intake.notifications.worker import run_once
from intake.submissions import drafts
from intake.submissions.models import Submission
from tests import factories
from tests.factories import MONDAY_MORNING as NOW
from tests.smtp_servers import Inbox, mail_server
from tests.subjects.submissions.danger import (
    ITEM_NINE,
    MINUTE,
    NOT_NOW,
    RIGHT_NOW,
    mails,
    record,
    save,
    states,
)


@pytest.fixture
def flagged(app: Flask) -> Submission:
    """A draft with a positive screen, not acute."""
    return save(factories.begin(), NOT_NOW)


def test_a_mail_to_the_backup_lies_ready_from_the_alarm_on(flagged: Submission) -> None:
    mail = mails("escalation")[0]
    assert (mail.state, mail.recipient) == ("queued", "backup@example.com")
    assert mail.due_at == NOW + 15 * MINUTE


def test_its_time_is_the_clinics_setting(app: Flask) -> None:
    with unit_of_work():
        save_clinic(replace(current_clinic(), escalation_minutes=40), now=NOW)
    save(factories.begin(), RIGHT_NOW)
    assert mails("escalation")[0].due_at == NOW + 40 * MINUTE


def test_an_alarm_that_comes_to_nothing_leaves_no_mail(app: Flask) -> None:
    draft = factories.begin()
    with pytest.raises(ZeroDivisionError), unit_of_work():
        drafts.save_answers(draft, "asq", RIGHT_NOW, current_clinic(), now=NOW)
        raise ZeroDivisionError
    assert mails("escalation") == []


def test_closing_the_flag_voids_it(flagged: Submission) -> None:
    save(flagged, ITEM_NINE, "phq9")
    record(flagged)
    assert states() == ["cancelled", "cancelled"]
    assert states("urgent") == ["queued", "queued"]


def test_a_try_without_an_answer_does_not(flagged: Submission) -> None:
    record(flagged, "no_answer_again")
    assert states() == ["queued"]


def test_an_older_alarms_outcome_does_not(flagged: Submission) -> None:
    save(flagged, RIGHT_NOW)
    record(flagged, alarm=1)
    assert states() == ["cancelled", "queued"]


def test_further_alarms_make_one_mail_that_is_not_put_off(flagged: Submission) -> None:
    save(flagged, RIGHT_NOW, at=NOW + 10 * MINUTE)
    save(flagged, ITEM_NINE, "phq9", at=NOW + 12 * MINUTE)
    (mail,) = (each for each in mails("escalation") if each.state == "queued")
    assert (mail.due_at, mail.context["is_acute"]) == (NOW + 15 * MINUTE, True)


def test_an_alarm_after_the_backup_was_told_is_told_anew(flagged: Submission, inbox: Inbox) -> None:
    sent_at(NOW + 15 * MINUTE, inbox)
    save(flagged, RIGHT_NOW, at=NOW + 20 * MINUTE)
    assert mails("escalation")[-1].due_at == NOW + 35 * MINUTE
    assert states() == ["sent", "queued"]


def test_a_promised_try_that_does_not_come_is_told_to_the_backup(flagged: Submission) -> None:
    record(flagged, "no_answer_again", try_again_at=NOW + 60 * MINUTE)
    assert [mail.due_at for mail in mails("escalation")] == [
        NOW + 15 * MINUTE,
        NOW + 75 * MINUTE,
    ]


def test_the_next_entry_keeps_the_promise(flagged: Submission) -> None:
    record(flagged, "no_answer_again", try_again_at=NOW + 30 * MINUTE)
    record(flagged, "no_answer_again", try_again_at=NOW + 60 * MINUTE)
    assert states() == ["queued", "cancelled", "queued"]
    record(flagged)
    assert states() == ["cancelled"] * 3


def test_an_entry_that_closes_nothing_leaves_the_promise(flagged: Submission) -> None:
    record(flagged, "no_answer_again", try_again_at=NOW + 60 * MINUTE)
    record(flagged, "handed_over", author=user_by_email("desk@example.com"))
    assert flagged.is_flagged
    assert states() == ["queued", "queued"]


def test_opening_again_escalates_again(flagged: Submission) -> None:
    record(flagged)
    save(flagged, RIGHT_NOW, at=NOW + 60 * MINUTE)
    assert states() == ["cancelled", "queued"]


def test_without_a_backup_contact_there_is_none(app: Flask) -> None:
    with unit_of_work():
        save_clinic(replace(current_clinic(), backup_contact=None), now=NOW)
    save(factories.begin(), RIGHT_NOW)
    assert mails("escalation") == []


def test_its_context_holds_a_reference_and_a_link_and_nothing_about_the_person(
    flagged: Submission,
) -> None:
    context = mails("escalation")[0].context
    assert context["reference"] == flagged.reference
    assert UUID(context["link"].rsplit("/", 1)[-1]) == flagged.id
    assert set(context) == {
        *("clinic_name", "clinic_phone", "reply_to", "unsubscribe", "calendar", "calendar_method"),
        *("reference", "received_at", "link", "call_by", "is_again", "is_acute"),
    }


@pytest.fixture
def inbox(app: Flask, monkeypatch: pytest.MonkeyPatch):
    """What the mail server of the clinic receives."""
    with mail_server() as (received, port):
        settings = app.config["SETTINGS"]
        here = replace(settings, smtp=replace(settings.smtp, port=port))
        monkeypatch.setitem(app.config, "SETTINGS", here)
        yield received


def sent_at(when: datetime, inbox: Inbox) -> list[str]:
    """To whom the worker has sent what, once it ran at this time."""
    with time_machine.travel(when, tick=False):
        run_once()
    return sorted(f"{mail['To']}: {mail['Subject']}" for mail in inbox.mails)


def test_the_worker_tells_the_backup_when_the_limit_has_passed(
    flagged: Submission, inbox: Inbox
) -> None:
    at_once = ["clinician@example.com: Urgent: intake needs review now"]
    assert sent_at(NOW + 14 * MINUTE, inbox) == at_once
    escalated = sent_at(NOW + 15 * MINUTE, inbox)
    assert escalated == [
        "backup@example.com: Urgent and not acknowledged: intake needs review",
        *at_once,
    ]
    said = inbox.mails[-1].as_string().lower()
    assert flagged.reference.lower() in said
    for word in ("dana", "whitfield", "suicid", "safety", "asq", "thoughts", "depress", "ketamine"):
        assert word not in said, word


def test_the_worker_is_silent_after_the_acknowledgement(flagged: Submission, inbox: Inbox) -> None:
    record(flagged)
    mails_sent = sent_at(NOW + timedelta(days=1), inbox)
    assert mails_sent == ["clinician@example.com: Urgent: intake needs review now"]


def test_the_alerts_say_by_when_to_call(app: Flask) -> None:
    save(factories.sent(), RIGHT_NOW)
    for name in ("urgent", "escalation"):
        (mail,) = mails(name)
        assert mail.context["call_by"] == "Monday, November 23, 10:15 am Central Time"
        rendered = render(mail.name, mail.context, "en")
        assert rendered.subject.startswith("Urgent")
        for part in (rendered.text, rendered.html):
            assert mail.context["call_by"] in part


def test_one_person_gets_one_alert_however_their_address_is_written(app: Flask) -> None:
    factories.settle(on_call_recipients=("Clinician@Example.com", "call@example.com"))
    save(factories.sent(), RIGHT_NOW)
    assert len(mails("urgent")) == 2
