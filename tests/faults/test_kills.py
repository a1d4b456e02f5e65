"""kill -9 at any moment between "Send my request" and the mail about it."""

import random
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.faults.outbox import all_are_sent, let_time_pass
from tests.faults.senders import SPREAD, about_to_send, check_that_all_is_there, send
from tests.processes import Installation, wait_for

PATIENTS = 6
PIECES, ALL = ("catcher", "worker", "web"), ("everything",)


@pytest.mark.parametrize("killed", ["web", "worker"])
def test_nothing_acknowledged_is_lost(clinic, killed):
    check_that_nothing_is_lost(clinic, PIECES, killed)


@pytest.mark.sqlite
@pytest.mark.parametrize(("running", "killed"), [(PIECES, "catcher"), (ALL, "everything")])
def test_nothing_acknowledged_is_lost_with_what_knows_no_database(clinic, running, killed):
    check_that_nothing_is_lost(clinic, running, killed)


def check_that_nothing_is_lost(clinic: Installation, running: tuple[str, ...], killed: str) -> None:
    clinic.start(*running)
    browsers = [about_to_send(clinic) for _ in range(PATIENTS)]
    with ThreadPoolExecutor(PATIENTS) as pool:
        sending = [pool.submit(send, browser) for browser in browsers]
        time.sleep(random.uniform(0.2, SPREAD))
        kill_and_start_again(clinic, killed)
        receipts = [each.result() for each in sending]
    wait_for(lambda: all_are_sent(clinic), "the mails")
    check_that_all_is_there(clinic, receipts)


def kill_and_start_again(clinic: Installation, piece: str) -> None:
    clinic.kill(piece)
    if piece in ("worker", "everything"):
        let_time_pass(clinic)
    clinic.start(piece)
