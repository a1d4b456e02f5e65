"""What pages may know of messages: states and times, never a recipient."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import update

from intake.core.db import db, unit_of_work
from intake.core.tokens import new_reference
from intake.notifications import queries
from intake.notifications.models import Message
from intake.submissions.models import Submission
from tests.subjects.notifications.conftest import NOW

Queue = Callable[..., UUID]


def test_states_are_counted_and_none_is_left_out(queue: Queue) -> None:
    queue()
    failed = queue()
    with unit_of_work() as session:
        session.execute(update(Message).where(Message.id == failed).values(state="failed"))
    assert queries.counts() == {"queued": 1, "sent": 0, "failed": 1, "returned": 0, "cancelled": 0}


def test_the_oldest_waiting_message_is_known(queue: Queue) -> None:
    queue(due_at=NOW - timedelta(minutes=5))
    queue(due_at=NOW - timedelta(minutes=50))
    assert queries.waiting_since(NOW) == NOW - timedelta(minutes=50)


@pytest.mark.parametrize(
    ("error", "is_stuck"),
    [
        (None, True),  # nobody has tried
        ("unreachable", True),
        ("not-offered", True),  # no STARTTLS
        ("recipient-450", False),  # one mail may have to wait longer
    ],
)
def test_a_mail_that_fails_again_and_again_is_told_of(
    queue: Queue, error: str | None, is_stuck: bool
) -> None:
    queue(due_at=NOW - timedelta(minutes=50))
    with unit_of_work() as session:
        next_try = {"due_at": NOW + timedelta(minutes=5), "last_error": error, "failures": 9}
        session.execute(update(Message).values(next_try))
    assert queries.stuck_since(NOW) == (NOW - timedelta(minutes=50) if is_stuck else None)
    assert queries.stuck_since(NOW + timedelta(minutes=10)) == NOW - timedelta(minutes=50)
    assert queries.stuck_since(NOW - timedelta(minutes=46)) is None


def test_nothing_waits_while_all_is_sent_or_still_to_come(queue: Queue) -> None:
    queue(due_at=NOW + timedelta(minutes=5))
    sent = queue(due_at=NOW - timedelta(minutes=5))
    with unit_of_work() as session:
        session.execute(update(Message).where(Message.id == sent).values(state="sent"))
    assert queries.waiting_since(NOW) is None


def test_a_record_shows_its_own_messages_oldest_first(queue: Queue) -> None:
    submission_id = _submission()
    ids = [queue(due_at=NOW + timedelta(minutes=n)) for n in (2, 1)]
    queue()
    with unit_of_work() as session:
        session.execute(
            update(Message).where(Message.id.in_(ids)).values(submission_id=submission_id)
        )
    assert [row.id for row in queries.of_submission(submission_id)] == ids[::-1]


def test_a_row_names_no_recipient_and_no_content(queue: Queue) -> None:
    submission_id = _submission()
    queue(to="canary@example.com")
    with unit_of_work() as session:
        session.execute(update(Message).values(submission_id=submission_id))
    row = asdict(queries.of_submission(submission_id)[0])
    assert set(row) == {
        "id",
        "name",
        "state",
        "created_at",
        "due_at",
        "sent_at",
        "failures",
        "lease",
        "last_error",
        "submission_id",
    }


def _submission() -> UUID:
    with unit_of_work():
        submission = Submission(
            reference=new_reference(),
            cookie_hash=None,
            language="en",
            created_at=NOW,
            updated_at=NOW,
            waiting_since=NOW,
        )
        db.session.add(submission)
    return submission.id
