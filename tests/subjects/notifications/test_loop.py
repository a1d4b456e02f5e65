"""The worker's loop: it sends what arrives, outlives faults and stops when told."""

import threading
import time
from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text

from intake.core.db import db, unit_of_work
from intake.notifications import worker
from intake.notifications.worker import run_once
from tests.smtp_servers import Inbox

Queue = Callable[..., UUID]


@pytest.fixture
def stop() -> threading.Event:
    return threading.Event()


@pytest.fixture
def loop(app: Flask, stop: threading.Event, inbox: Inbox) -> Iterator[threading.Thread]:
    def work() -> None:
        with app.app_context():
            worker.run(stop, hourly=lambda: None, every_minute=lambda: None)
            db.session.remove()

    thread = threading.Thread(target=work)
    thread.start()
    yield thread
    stop.set()
    thread.join(5)


def test_it_sends_what_arrives_and_stops_when_told(
    inbox: Inbox, queue: Queue, loop: threading.Thread, stop: threading.Event
) -> None:
    queue()
    assert _soon(lambda: len(inbox.raw) == 1)
    queue()
    assert _soon(lambda: len(inbox.raw) == 2)
    stop.set()
    loop.join(3)
    assert not loop.is_alive()


def test_it_outlives_a_database_that_fails(
    inbox: Inbox, queue: Queue, loop: threading.Thread, caplog: pytest.LogCaptureFixture
) -> None:
    _rename("messages", "messages_away")
    try:
        assert _soon(lambda: "the outbox could not be read" in caplog.text)
    finally:
        _rename("messages_away", "messages")
    queue()
    assert _soon(lambda: len(inbox.raw) == 1)


def test_a_job_that_fails_holds_up_no_mail(app: Flask, inbox: Inbox, queue: Queue) -> None:
    stop = threading.Event()

    def fail() -> None:
        stop.set()
        raise RuntimeError("canary")

    queue()
    worker.run(stop, hourly=fail, every_minute=fail)
    assert stop.is_set()
    assert run_once() == 1


def test_stopping_leaves_the_rest_for_later(inbox: Inbox, queue: Queue) -> None:
    queue()
    stop = threading.Event()
    stop.set()
    assert run_once(stop) == 0
    assert inbox.raw == []


class TestLookingAhead:
    """The next mail is made while the server stores one."""

    @pytest.fixture
    def while_it_stores(self, inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
        """Do something at the first look ahead, right after it."""

        def arrange(do: Callable[[], None]) -> None:
            look = worker._Line.look_ahead

            def look_and_do(line: worker._Line) -> None:
                look(line)
                monkeypatch.setattr(worker._Line, "look_ahead", look)
                do()

            monkeypatch.setattr(worker._Line, "look_ahead", look_and_do)

        return arrange

    def test_one_message_is_taken_ahead_and_no_more(
        self, queue: Queue, while_it_stores: Callable[..., None]
    ) -> None:
        leased: list[int] = []
        while_it_stores(lambda: leased.append(_number("lease IS NOT NULL")))
        for _ in range(4):
            queue()
        assert run_once() == 4
        assert leased == [2]

    def test_a_mail_that_is_cancelled_meanwhile_does_not_leave(
        self, inbox: Inbox, queue: Queue, while_it_stores: Callable[..., None]
    ) -> None:
        def cancel() -> None:
            with unit_of_work() as session:
                session.execute(
                    text("UPDATE messages SET state = 'cancelled' WHERE sent_at IS NULL")
                )

        while_it_stores(cancel)
        queue()
        queue()
        run_once()
        assert len(inbox.raw) == 1

    def test_a_worker_that_stops_gives_it_back(
        self, inbox: Inbox, queue: Queue, while_it_stores: Callable[..., None]
    ) -> None:
        stop = threading.Event()
        while_it_stores(stop.set)
        queue()
        queue()
        assert run_once(stop) == 1
        assert _number("state = 'queued' AND lease IS NULL AND failures = 0") == 1
        assert run_once() == 1
        assert len(inbox.raw) == 2


def _number(condition: str) -> int:
    number = db.session.scalar(text(f"SELECT count(*) FROM messages WHERE {condition}"))
    db.session.rollback()
    return int(number)


def _rename(old: str, new: str) -> None:
    with unit_of_work() as session:
        session.execute(text(f"ALTER TABLE {old} RENAME TO {new}"))


def _soon(claim_holds: Callable[[], bool]) -> bool:
    """Whether something comes true within five seconds."""
    end = time.monotonic() + 5
    while time.monotonic() < end:
        if claim_holds():
            return True
        time.sleep(0.02)
    return False
