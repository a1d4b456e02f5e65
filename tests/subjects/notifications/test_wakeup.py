"""The worker wakes up at a commit and does not wait for its poll."""

import threading
import time
from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text

from intake.core.db import db, is_postgresql
from intake.notifications import wakeup, worker
from tests.smtp_servers import Inbox

LONG = 60.0
SOON = 5.0


@pytest.fixture
def loop(app: Flask, inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """A worker that would poll once a minute only."""
    monkeypatch.setattr(worker, "POLL_SECONDS", LONG)
    stop, started = threading.Event(), threading.Event()

    def work() -> None:
        with app.app_context():
            worker.run(stop, hourly=started.set, every_minute=lambda: None)
            db.session.remove()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    assert started.wait(SOON)
    time.sleep(0.2)  # it has looked once and waits now
    yield stop
    stop.set()


def test_a_mail_leaves_at_once(
    inbox: Inbox, queue: Callable[..., UUID], loop: threading.Event
) -> None:
    for number in range(1, 4):
        queue()
        assert _soon(lambda: len(inbox.raw) == number)  # noqa: B023


def test_a_commit_before_the_wait_is_not_missed(app: Flask, queue: Callable[..., UUID]) -> None:
    with wakeup.bell() as bell:
        bell.wait(threading.Event(), 0)
        queue()
        began = time.monotonic()
        bell.wait(threading.Event(), LONG)
        assert time.monotonic() - began < SOON


def test_it_hears_again_after_the_database_has_cut_the_line(
    app: Flask, queue: Callable[..., UUID]
) -> None:
    if not is_postgresql():
        pytest.skip("a file cuts no line")
    ours = "pid <> pg_backend_pid() AND datname = current_database() AND query = 'LISTEN messages'"
    with wakeup.bell() as bell:
        bell.wait(threading.Event(), 0)
        db.session.execute(
            text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {ours}")
        )
        db.session.rollback()
        bell.wait(threading.Event(), 0.1)
        bell.wait(threading.Event(), 0)
        queue()
        began = time.monotonic()
        bell.wait(threading.Event(), LONG)
        assert time.monotonic() - began < SOON


def _soon(claim_holds: Callable[[], bool]) -> bool:
    end = time.monotonic() + SOON
    while time.monotonic() < end:
        if claim_holds():
            return True
        time.sleep(0.01)
    return False
