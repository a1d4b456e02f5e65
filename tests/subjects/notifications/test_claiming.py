"""Taking messages from the outbox: once each, for the time of a lease."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import update

from intake.core.db import db, unit_of_work
from intake.notifications.leases import claim, lease_time
from intake.notifications.models import Message
from tests.subjects.notifications.conftest import NOW

Queue = Callable[..., UUID]
Stored = Callable[[UUID], Message]


@pytest.fixture
def lease(app: Flask) -> timedelta:
    return lease_time(app.config["SETTINGS"].smtp)


def test_an_alarm_comes_before_all_that_waits(queue: Queue) -> None:
    queue(due_at=NOW - timedelta(hours=1))
    alarm = queue(is_alarm=True)
    queue(due_at=NOW - timedelta(hours=2))
    assert claim(NOW, 1)[0].id == alarm


def test_the_longest_due_message_comes_first(queue: Queue) -> None:
    later = queue(due_at=NOW - timedelta(minutes=1))
    sooner = queue(due_at=NOW - timedelta(minutes=2))
    assert [claim(NOW, 1)[0].id for _ in range(2)] == [sooner, later]


def test_no_more_are_taken_than_asked_for(queue: Queue) -> None:
    for _ in range(3):
        queue()
    assert len(claim(NOW, 2)) == 2


def test_what_is_not_due_yet_stays(queue: Queue) -> None:
    queue(due_at=NOW + timedelta(seconds=1))
    assert claim(NOW, 10) == []


@pytest.mark.parametrize("state", ["sent", "failed", "cancelled"])
def test_what_is_done_with_stays(queue: Queue, state: str) -> None:
    queue()
    with unit_of_work() as session:
        session.execute(update(Message).values(state=state))
    assert claim(NOW, 10) == []


def test_a_claimed_message_is_nobody_elses_while_the_lease_lasts(
    queue: Queue, lease: timedelta
) -> None:
    queue()
    assert len(claim(NOW, 10)) == 1
    assert claim(NOW + lease - timedelta(seconds=1), 10) == []


def test_a_message_whose_worker_died_comes_back_without_blame(
    queue: Queue, stored: Stored, lease: timedelta
) -> None:
    message_id = queue()
    first = claim(NOW, 10)[0]
    second = claim(NOW + lease, 10)[0]
    assert second.id == first.id
    assert second.lease != first.lease
    assert stored(message_id).failures == 0


def test_a_lease_outlasts_every_step_of_a_slow_delivery(app: Flask, lease: timedelta) -> None:
    assert lease >= timedelta(seconds=10 * app.config["SETTINGS"].smtp.timeout)


def test_racing_workers_take_each_message_once(app: Flask, queue: Queue) -> None:
    expected = {queue() for _ in range(40)}

    def work(_worker: int) -> list[UUID]:
        taken = []
        with app.app_context():
            while claimed := claim(NOW, 1):
                taken += [message.id for message in claimed]
            db.session.remove()
        return taken

    with ThreadPoolExecutor(4) as pool:
        taken = [message_id for part in pool.map(work, range(4)) for message_id in part]
    assert len(taken) == 40
    assert set(taken) == expected
