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
