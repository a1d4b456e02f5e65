"""Answers that tell of danger, and short ways to save, to acknowledge and to look."""

from datetime import datetime, timedelta

from sqlalchemy import select

from intake.accounts.models import User
from intake.accounts.queries import user_by_email
from intake.clinic.service import current_clinic
from intake.core.db import db, unit_of_work
from intake.core.tokens import new_id
from intake.notifications.models import Message
from intake.submissions import drafts
from intake.submissions.flags import acknowledge
from intake.submissions.models import Acknowledgement, Submission
from tests import factories
from tests.factories import MONDAY_MORNING as NOW

THOUGHTS = {**factories.NO_THOUGHTS, "q1": "yes"}
NOT_NOW, RIGHT_NOW = {**THOUGHTS, "q5": "no"}, {**THOUGHTS, "q5": "yes"}
ITEM_NINE = {**factories.MILD_MOOD, "q9": 1}
MINUTE = timedelta(minutes=1)


def save(
    submission: Submission, answers: dict[str, object], name: str = "asq", at: datetime = NOW
) -> Submission:
    with unit_of_work():
        drafts.save_answers(submission, name, answers, current_clinic(), now=at)
    return submission


def record(
    submission: Submission, outcome: str = "safe_plan", **changes: object
) -> Acknowledgement:
    values: dict[str, object] = {
        "entry_id": new_id(),
        "alarm": submission.alarms,
        "note": "",
        "try_again_at": None,
        "clinic": current_clinic(),
        "author": desk(),
        "now": NOW + 5 * MINUTE,
    }
    with unit_of_work():
        return acknowledge(submission, outcome, **values | changes)  # type: ignore[arg-type]


def desk() -> User:
    user = user_by_email("clinician@example.com")
    assert user is not None
    return user


def mails(name: str) -> list[Message]:
    query = select(Message).where(Message.name == name).order_by(Message.due_at)
    return list(db.session.scalars(query))


def states(name: str = "escalation") -> list[str]:
    return [mail.state for mail in mails(name)]
