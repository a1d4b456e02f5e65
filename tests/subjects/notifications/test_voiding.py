"""Mails for later, and those that something has overtaken."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask, current_app

from intake.core import clock
from intake.core.db import db, unit_of_work
from intake.notifications.delivery import deliver
from intake.notifications.leases import claim
from intake.notifications.mail import Mail
from intake.notifications.models import Message
from intake.notifications.outbox import enqueue, void
from intake.notifications.transport import Transport
from intake.notifications.worker import run_once
from tests.smtp_servers import Inbox, faulty_server
from tests.subjects.notifications.conftest import NOW, ReceivedContext

LATER = NOW + timedelta(hours=1)
Stored = Callable[[UUID], Message]


def ask(topic: str = "flag:1", due_at: datetime = LATER, **options: str) -> UUID:
    context = ReceivedContext(clinic_name="Quiet Clinic", clinic_phone="(312) 555-0142")
    with unit_of_work():
        return enqueue(
            "received",
            to="dana@example.com",
            context=context,
            language="en",
            now=NOW,
            due_at=due_at,
            topic=topic,
            **options,
        )


def stop(topic: str = "flag:1") -> int:
    with unit_of_work():
        return void(topic)


@pytest.fixture
def transport(app: Flask) -> Transport:
    return Transport(app.extensions["mail"], app.config["SETTINGS"].smtp)


def test_a_mail_for_later_waits_until_it_is_due(app: Flask) -> None:
    message_id = ask()
    assert claim(LATER - timedelta(seconds=1), 10) == []
    assert [claimed.id for claimed in claim(LATER, 10)] == [message_id]


def test_a_topic_is_stopped_as_a_whole_and_alone(app: Flask, stored: Stored) -> None:
    both, other = [ask(unique_key="a"), ask(unique_key="b")], ask("flag:11")
    assert stop() == 2
    assert {stored(message_id).state for message_id in both} == {"cancelled"}
    assert [claimed.id for claimed in claim(LATER, 10)] == [other]


def test_stopping_twice_or_nothing_is_harmless(app: Flask) -> None:
    ask()
    assert [stop(), stop(), stop("unknown")] == [1, 0, 0]


def test_what_was_sent_stays_sent(inbox: Inbox, stored: Stored) -> None:
    message_id = ask(due_at=clock.now())
    run_once()
    assert stop() == 0
    assert stored(message_id).state == "sent"


def test_a_stop_that_comes_to_nothing_lets_the_mail_out(app: Flask, stored: Stored) -> None:
    message_id = ask()
    with pytest.raises(ZeroDivisionError), unit_of_work():
        void("flag:1")
        raise ZeroDivisionError
    assert stored(message_id).state == "queued"


def test_what_a_worker_holds_already_is_not_sent_any_more(
    inbox: Inbox, stored: Stored, transport: Transport
) -> None:
    message_id = ask(due_at=NOW)
    claimed = claim(NOW, 1)[0]
    stop()
    deliver(claimed, transport, now=NOW)
    assert inbox.raw == []
    assert stored(message_id).state == "cancelled"


def test_what_the_mail_server_had_already_counts_as_sent(
    inbox: Inbox, stored: Stored, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The record must not say that nobody was told."""
    message_id = ask(due_at=NOW)
    slow = Transport(current_app.extensions["mail"], current_app.config["SETTINGS"].smtp)
    send = slow.send

    def stopped_meanwhile(mail: Mail, _meanwhile: Callable[[], None]) -> None:
        send(mail)
        stop()

    monkeypatch.setattr(slow, "send", stopped_meanwhile)
    deliver(claim(NOW, 1)[0], slow, now=NOW)
    assert len(inbox.raw) == 1
    assert stored(message_id).state == "sent"


def test_a_stopped_mail_that_failed_is_not_tried_again(
    app: Flask, stored: Stored, send_to: Callable[..., None]
) -> None:
    message_id = ask(due_at=NOW)
    with faulty_server("rcpt-450") as server:
        send_to(server.server_address[1])
        run_once()
        assert stored(message_id).failures == 1
        stop()
        assert claim(NOW + timedelta(days=30), 10) == []
    db.session.rollback()
