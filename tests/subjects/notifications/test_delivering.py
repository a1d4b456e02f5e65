"""Sending what is due: marks, fencing, back-off, and mails that cannot be made or delivered."""

import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask, current_app
from sqlalchemy import update

from intake.core.db import db, unit_of_work
from intake.notifications.backoff import MOST_FAILURES
from intake.notifications.delivery import attempt, deliver, make
from intake.notifications.leases import claim, finish, lease_time
from intake.notifications.mail import Mail
from intake.notifications.models import Message
from intake.notifications.transport import Transport, nothing
from intake.notifications.worker import run_once
from tests.smtp_servers import Inbox, faulty_server
from tests.subjects.notifications.conftest import NOW

Queue = Callable[..., UUID]
SendTo = Callable[..., None]
Stored = Callable[[UUID], Message]


@pytest.fixture
def transport(app: Flask, send_to: SendTo) -> Iterator[Callable[[], Transport]]:
    """Make transports that say goodbye at the end of the test."""
    made: list[Transport] = []

    def make() -> Transport:
        made.append(Transport(app.extensions["mail"], app.config["SETTINGS"].smtp))
        return made[-1]

    yield make
    for one in made:
        one.close()


class TestSuccess:
    def test_everything_due_is_sent_over_one_connection(self, inbox: Inbox, queue: Queue) -> None:
        ids = [queue() for _ in range(3)]
        assert run_once() == 3
        assert {mail["Message-ID"] for mail in inbox.mails} == {
            f"<{message_id}@clinic.example>" for message_id in ids
        }
        assert len(inbox.peers) == 1

    def test_a_sent_message_is_marked_and_not_sent_again(
        self, inbox: Inbox, queue: Queue, stored: Stored
    ) -> None:
        message_id = queue()
        run_once()
        run_once()
        message = stored(message_id)
        assert (message.state, message.lease, message.failures) == ("sent", None, 0)
        assert message.sent_at is not None
        assert len(inbox.raw) == 1

    def test_the_mail_holds_the_words_of_its_context(self, inbox: Inbox, queue: Queue) -> None:
        queue(to="dana@example.com", reply_to="front@clinic.example")
        run_once()
        mail = inbox.mails[0]
        assert mail["To"] == "dana@example.com"
        assert mail["From"].addresses[0].display_name == "Quiet Clinic"
        assert mail["Reply-To"] == "front@clinic.example"
        body = mail.get_body(("plain",))
        assert body is not None
        assert "K7M-4QDX" in body.get_content()

    def test_a_calendar_file_is_attached(self, inbox: Inbox, queue: Queue) -> None:
        queue(calendar="BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", calendar_method="CANCEL")
        run_once()
        assert [part.get_filename() for part in inbox.mails[0].iter_attachments()] == [
            "appointment.ics"
        ]

    def test_no_transaction_is_open_while_the_mail_is_handed_over(
        self, inbox: Inbox, queue: Queue, app: Flask
    ) -> None:
        seen: list[bool] = []

        class Watching(Transport):
            def send(self, mail: Mail, meanwhile: Callable[[], None] = nothing) -> None:
                seen.append(db.session().in_transaction())
                super().send(mail, meanwhile)

        queue()
        watching = Watching(app.extensions["mail"], app.config["SETTINGS"].smtp)
        deliver(claim(NOW, 1)[0], watching, now=NOW)
        watching.close()
        assert seen == [False]


class TestFencing:
    def test_a_worker_that_lost_its_lease_marks_nothing(
        self, inbox: Inbox, queue: Queue, stored: Stored, transport: Callable[[], Transport]
    ) -> None:
        message_id = queue()
        stalled = claim(NOW, 1)[0]
        outcome = attempt(make(stalled, now=NOW), transport(), now=NOW)
        current = claim(NOW + lease_time(current_app.config["SETTINGS"].smtp), 1)[0]
        assert outcome
        finish(stalled, outcome, now=NOW)
        message = stored(message_id)
        assert (message.state, message.lease) == ("queued", current.lease)

    def test_a_worker_that_lost_its_lease_sends_nothing(
        self, inbox: Inbox, queue: Queue, transport: Callable[[], Transport]
    ) -> None:
        queue()
        stalled = claim(NOW, 1)[0]
        claim(NOW + lease_time(current_app.config["SETTINGS"].smtp), 1)
        deliver(stalled, transport(), now=NOW)
        assert inbox.raw == []

    def test_a_message_sent_twice_after_a_crash_keeps_its_id(
        self, inbox: Inbox, queue: Queue, stored: Stored, transport: Callable[[], Transport]
    ) -> None:
        message_id = queue()
        attempt(make(claim(NOW, 1)[0], now=NOW), transport(), now=NOW)  # and no mark: a crash
        second = claim(NOW + timedelta(hours=1), 1)[0]
        deliver(second, transport(), now=NOW + timedelta(hours=1))
        assert stored(message_id).state == "sent"
        assert len({mail["Message-ID"] for mail in inbox.mails}) == 1
        assert len(inbox.raw) == 2

    def test_a_message_cancelled_meanwhile_stays_cancelled(
        self, inbox: Inbox, queue: Queue, stored: Stored, transport: Callable[[], Transport]
    ) -> None:
        message_id = queue()
        claimed = claim(NOW, 1)[0]
        with unit_of_work() as session:
            session.execute(update(Message).values(state="cancelled"))
        deliver(claimed, transport(), now=NOW)
        assert stored(message_id).state == "cancelled"


class TestFaults:
    def test_a_temporary_no_is_tried_again_later(
        self, queue: Queue, stored: Stored, send_to: SendTo, transport: Callable[[], Transport]
    ) -> None:
        message_id = queue()
        with faulty_server("rcpt-450") as server:
            send_to(server.server_address[1])
            deliver(claim(NOW, 1)[0], transport(), now=NOW)
            message = stored(message_id)
            assert (message.state, message.failures) == ("queued", 1)
            assert message.last_error == "recipient-450"
            assert NOW + timedelta(seconds=1) <= message.due_at <= NOW + timedelta(seconds=2)
            server.mode = ""
            later = NOW + timedelta(seconds=2)
            deliver(claim(later, 1)[0], transport(), now=later)
        message = stored(message_id)
        assert (message.state, message.last_error) == ("sent", None)

    @pytest.mark.parametrize("mode", ["rcpt-550", "data-554"])
    def test_a_final_no_is_seen_at_once(
        self, queue: Queue, stored: Stored, send_to: SendTo, mode: str
    ) -> None:
        message_id = queue()
        with faulty_server(mode) as server:
            send_to(server.server_address[1])
            run_once()
        message = stored(message_id)
        assert (message.state, message.lease) == ("failed", None)
        assert message.last_error in ("recipient-550", "data-554")

    def test_an_address_that_cannot_be_is_given_up_without_a_try(
        self, inbox: Inbox, queue: Queue, stored: Stored
    ) -> None:
        message_id = queue(to="nobody")
        run_once()
        assert (stored(message_id).state, stored(message_id).last_error) == ("failed", "address")
        assert inbox.raw == []

    def test_it_gives_up_in_the_end(self, queue: Queue, stored: Stored, send_to: SendTo) -> None:
        message_id = queue()
        with unit_of_work() as session:
            session.execute(update(Message).values(failures=MOST_FAILURES - 1))
        with faulty_server("rcpt-450") as server:
            send_to(server.server_address[1])
            run_once()
        assert stored(message_id).state == "failed"

    @pytest.mark.parametrize("mode", ["greet-421", "drop-before-data", "garbage", "hang-data"])
    def test_a_faulty_server_loses_nothing(
        self, queue: Queue, stored: Stored, send_to: SendTo, mode: str
    ) -> None:
        ids = {queue(), queue()}
        with faulty_server(mode) as server:
            send_to(server.server_address[1], timeout=0.2)
            assert run_once() >= 2
            assert {stored(message_id).state for message_id in ids} == {"queued"}
            server.mode = ""
            with unit_of_work() as session:
                session.execute(update(Message).values(due_at=NOW))
            run_once()
        assert {stored(message_id).state for message_id in ids} == {"sent"}


class TestMailsThatCannotBeMade:
    @pytest.fixture(params=["no template", "missing value", "altered", "empty", "odd calendar"])
    def poison(self, request: pytest.FixtureRequest, queue: Queue) -> UUID:
        """A message due before all others that cannot be rendered or composed."""
        due_at = NOW - timedelta(days=1)
        if request.param == "no template":
            return queue("no_such_mail", due_at=due_at)
        if request.param == "missing value":
            return queue("booked", due_at=due_at)
        if request.param == "odd calendar":
            return queue(due_at=due_at, calendar="canary", calendar_method="canary")
        message_id = queue(due_at=due_at)
        changed = {"altered": b"\x02k1" + b"canary" * 9, "empty": None}[request.param]
        with unit_of_work() as session:
            session.execute(update(Message).values(context_sealed=changed))
        return message_id

    def test_the_others_still_go_out(self, poison: UUID, inbox: Inbox, queue: Queue) -> None:
        queue()
        run_once()
        assert len(inbox.raw) == 1

    def test_it_is_tried_again_and_says_what_kind_of_fault(
        self, poison: UUID, stored: Stored, inbox: Inbox
    ) -> None:
        run_once()
        message = stored(poison)
        assert (message.state, message.failures, message.lease) == ("queued", 1, None)
        assert message.last_error is not None
        assert message.last_error.removeprefix("fault-") in (
            "TemplateNotFound",
            "UndefinedError",
            "UnreadableField",
            "ValueError",
        )


class TestLogs:
    @pytest.mark.parametrize("mode", ["", "rcpt-550", "rcpt-450", "hang-data"])
    def test_logs_name_messages_by_id_only(
        self, queue: Queue, send_to: SendTo, caplog: pytest.LogCaptureFixture, mode: str
    ) -> None:
        message_id = queue(to="canary@example.com", reference="CANARY")
        with caplog.at_level(logging.DEBUG), faulty_server(mode) as server:
            send_to(server.server_address[1], timeout=0.2)
            run_once()
        lines = [record.getMessage() for record in caplog.records]
        assert any(str(message_id) in line for line in lines)
        assert [line for line in lines if "canary" in line.lower() or "@" in line] == []
