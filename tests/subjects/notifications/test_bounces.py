"""Mails that come back: reports are read from a mailbox, the address gets nothing more."""

import mailbox
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import time_machine

from intake.core import clock
from intake.core.db import unit_of_work
from intake.notifications import bounces, outbox, returned
from intake.notifications.models import Message
from intake.notifications.worker import run_once
from tests.smtp_servers import Inbox, faulty_server
from tests.subjects.notifications.conftest import NOW

Queue = Callable[..., UUID]
Stored = Callable[[UUID], Message]


@pytest.fixture(params=["maildir", "mbox"])
def box(request: pytest.FixtureRequest, tmp_path: Path) -> mailbox.Mailbox:
    made = mailbox.Maildir if request.param == "maildir" else mailbox.mbox
    return made(tmp_path / "bounces", create=True)


REPORT = """\
From: MAILER-DAEMON@mx.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; dana@example.com
Action: {action}
Status: 5.1.1

--b
Content-Type: message/rfc822

From: Quiet Clinic <desk@clinic.example>
Message-ID: <{message_id}@clinic.example>
Subject: We have your request

Hello

--b--
"""
"""What mail servers send back (RFC 3464)."""


def report(message_id: object, action: str = "failed") -> bytes:
    return REPORT.format(message_id=message_id, action=action).encode()


def read(box: mailbox.Mailbox) -> int:
    box.flush()
    return returned.read_reports(Path(box._path), now=NOW)


@pytest.fixture
def sent(queue: Queue, inbox: Inbox) -> UUID:
    message_id = queue()
    run_once()
    return message_id


def test_a_mail_that_came_back_is_marked_and_its_report_removed(box, sent, stored: Stored) -> None:
    box.add(report(sent))
    assert read(box) == 1
    assert stored(sent).state == "returned"
    assert read(box) == 0


def test_the_address_gets_nothing_more(box, sent, queue: Queue, stored: Stored, inbox: Inbox):
    box.add(report(sent))
    read(box)
    second, other = queue(to="Dana@Example.com"), queue(to="sam@example.com")
    run_once()
    assert (stored(second).state, stored(second).last_error) == ("failed", "address-came-back")
    assert stored(other).state == "sent"
    assert len(inbox.raw) == 2


def test_sending_again_trusts_the_address_again(box, sent, stored: Stored, inbox: Inbox) -> None:
    box.add(report(sent))
    read(box)
    with unit_of_work():
        outbox.send_again(sent, now=NOW)
    run_once()
    assert stored(sent).state == "sent"
    assert len({mail["Message-ID"] for mail in inbox.mails}) == 1


@pytest.mark.parametrize("mail", ["delayed", "somebody else's", "a reply"])
def test_all_else_is_left_where_it_is(box, sent, stored: Stored, mail: str) -> None:
    reply = EmailMessage()
    reply["Subject"], reply["Message-ID"] = "Re: hello", f"<{sent}@clinic.example>"
    reply.set_content("Action: failed")
    given = {
        "delayed": report(sent, "delayed"),
        "somebody else's": report("x" * 36),
        "a reply": reply.as_bytes(),
    }
    box.add(given[mail])
    assert read(box) == 0
    assert stored(sent).state == "sent"
    assert len(box) == 1


def test_a_report_about_no_mail_of_ours_marks_nothing(box, sent, stored: Stored) -> None:
    box.add(report(uuid4()))
    assert read(box) == 0
    assert stored(sent).state == "sent"


def test_an_address_that_the_server_does_not_know_is_marked(queue: Queue, stored, send_to, app):
    first = queue()
    with faulty_server("rcpt-550 5.1.1") as server:
        send_to(server.server_address[1])
        run_once()
        server.mode = ""
        second = queue()
        run_once()
    assert stored(first).last_error == "recipient-550"
    assert stored(second).last_error == "address-came-back"


@pytest.mark.parametrize("said", ["550", "550 5.7.1", "553 5.7.1"])
def test_a_relay_that_does_not_know_us_says_nothing_about_the_address(
    queue: Queue, stored, send_to, app, said: str
):
    first = queue()
    with faulty_server(f"rcpt-{said}") as server:
        send_to(server.server_address[1])
        run_once()
        server.mode = ""
        second = queue()
        run_once()
    assert stored(first).state == "failed"
    assert stored(second).state == "sent"


def test_an_alarm_is_sent_whatever_came_back_or_was_refused(queue: Queue, stored, send_to, app):
    with unit_of_work():
        bounces.mark("dana@example.com", now=NOW)
    alarm = queue(is_alarm=True)
    with faulty_server("rcpt-550 5.1.1") as server:
        send_to(server.server_address[1])
        run_once()
        assert (stored(alarm).state, stored(alarm).last_error) == ("queued", "recipient-550")
        server.mode = ""
        with time_machine.travel(clock.now() + timedelta(hours=1), tick=False):
            run_once()
    assert stored(alarm).state == "sent"
