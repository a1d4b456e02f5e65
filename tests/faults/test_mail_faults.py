"""Real workers against mail servers that fail, against death and against wrong clocks.

Nothing is ever lost, and each mail has one Message-ID however often it is sent. It is sent twice
only when the line was cut after the server had it. `KILLS` sets how often the worker is killed.
"""

import os
import random
import re
import signal
import subprocess
import time
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import update

from intake.core import clock
from intake.core.db import db, unit_of_work
from intake.notifications.models import Message
from tests.faults.outbox import all_are_sent, fill, let_time_pass, states
from tests.processes import Installation, send, wait_for
from tests.smtp_servers import faulty_server, mail_server

KILLS = int(os.environ.get("KILLS", "2"))
MAILS = 5
WORKERS = 4
MODES = (
    *("greet-421", "garbage", "mail-451", "rcpt-450", "data-451"),
    *("drop-before-data", "hang-data"),
)
DAY = timedelta(days=1)


@pytest.mark.sqlite
def test_hostile_servers_lose_nothing(clinic):
    check_that_nothing_is_lost(clinic, MODES)


def test_a_server_that_hangs_up_after_a_mail_loses_nothing_of_any_database(clinic):
    check_that_nothing_is_lost(clinic, ("drop-after-data",))


def check_that_nothing_is_lost(clinic: Installation, modes: tuple[str, ...]) -> None:
    clinic.start("worker")
    for mode in modes:
        before = set(states(clinic))
        with faulty_server(mode, clinic.smtp_port) as server:
            fill(clinic, MAILS)
            wait_for(lambda: server.conversations > 1, f"another try after {mode}")
            server.mode = ""
            server.closing.set()  # whatever hangs is cut
            wait_until_all_are_sent(clinic)
            taken = Counter(map(message_id, server.taken))
        assert set(taken) == set(states(clinic)) - before, mode
        if mode not in ("drop-after-data", "data-451", "hang-data"):
            assert set(taken.values()) == {1}, f"sent twice after {mode}"


@pytest.mark.sqlite
def test_what_is_refused_for_good_is_seen_and_holds_nobody_up(clinic):
    fill(clinic, MAILS)
    with faulty_server("rcpt-550") as server:
        clinic.smtp_port = server.server_address[1]
        clinic.start("worker")
        wait_for(lambda: set(states(clinic).values()) == {"failed"}, "the refusals")
    assert "@example.com" not in clinic.log()


def test_a_worker_killed_at_any_moment_loses_nothing(clinic):
    with mail_server() as (inbox, clinic.smtp_port):
        for _ in range(KILLS):
            fill(clinic, MAILS)
            before = len(inbox.raw)
            clinic.start("worker")
            wait_for(lambda: len(inbox.raw) > before, "the first mail")  # noqa: B023
            time.sleep(random.uniform(0, 0.1))
            clinic.kill("worker")
            let_time_pass(clinic)
        clinic.start("worker")
        wait_until_all_are_sent(clinic)
        sent = Counter(map(message_id, inbox.raw))
    assert set(sent) == set(states(clinic))
    assert sum(sent.values()) - len(sent) <= KILLS, "at most one mail twice for each death"


def test_several_workers_send_each_mail_once(clinic):
    fill(clinic, 40)
    with mail_server() as (inbox, clinic.smtp_port):
        for number in range(WORKERS):
            clinic.running[f"worker {number}"] = clinic.run(
                *("-m", "flask", "--app", "wsgi", "worker"), output=subprocess.DEVNULL
            )
        wait_until_all_are_sent(clinic)
        sent = Counter(map(message_id, inbox.raw))
    assert set(sent) == set(states(clinic))
    assert set(sent.values()) == {1}


@pytest.mark.sqlite
def test_a_worker_that_was_down_for_a_day_sends_all_but_what_is_stale(clinic):
    yesterday = clock.now() - DAY
    fill(clinic, MAILS, due_at=yesterday)
    fill(clinic, 1, due_at=yesterday, not_after=yesterday + timedelta(hours=2))
    with mail_server() as (inbox, clinic.smtp_port):
        clinic.start("worker")
        wait_for(lambda: len(inbox.raw) == MAILS, "the mails")
        wait_for(lambda: "queued" not in states(clinic).values(), "the end")
    assert Counter(states(clinic).values()) == {"sent": MAILS, "cancelled": 1}


@pytest.mark.sqlite
def test_a_lease_by_a_clock_that_was_wrong_does_not_last(clinic):
    fill(clinic, MAILS)
    tomorrow = {"due_at": clock.now() + DAY, "lease": "of a dead worker"}
    with clinic.app.app_context(), unit_of_work():
        db.session.execute(update(Message).values(tomorrow))
    clinic.forget_connections()
    fill(clinic, 1, due_at=clock.now() + DAY)
    with mail_server() as (inbox, clinic.smtp_port):
        clinic.start("worker")
        wanted = {"sent": MAILS, "queued": 1}
        wait_for(lambda: Counter(states(clinic).values()) == wanted, "the mails")
    assert len(inbox.raw) == MAILS


@pytest.mark.sqlite
def test_a_worker_that_is_asked_to_stop_finishes_the_mail_in_hand(clinic):
    fill(clinic, 20)
    with mail_server() as (inbox, clinic.smtp_port):
        clinic.start("worker")
        wait_for(lambda: len(inbox.raw) > 1, "the first mails")
        worker = clinic.running["worker"]
        send(signal.SIGTERM, worker.pid)
        assert worker.wait(10) == 0
        sent = list(states(clinic).values()).count("sent")
        assert sent == len(inbox.raw)


def wait_until_all_are_sent(clinic: Installation) -> None:
    """However long the mails that failed would wait for their next try."""

    def is_done() -> bool:
        let_time_pass_for_failures(clinic)
        return all_are_sent(clinic)

    wait_for(is_done, "the mails", seconds=60)


def let_time_pass_for_failures(clinic: Installation) -> None:
    waits = (Message.state == "queued", Message.lease.is_(None))
    with clinic.app.app_context(), unit_of_work():
        db.session.execute(update(Message).where(*waits).values(due_at=clock.now()))


def message_id(raw: bytes) -> str:
    found = re.search(rb"^Message-ID: (\S+)", raw, re.M)
    assert found
    return found[1].decode()
