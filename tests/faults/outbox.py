"""Looking at the messages of an installation, and letting their time pass."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import select, update

from intake.accounts.emails import PasswordChangedMail
from intake.core import clock
from intake.core.db import db, unit_of_work
from intake.notifications.models import Message
from intake.notifications.outbox import enqueue
from tests.processes import Installation


def fill(clinic: Installation, count: int, **times: datetime) -> None:
    """Put mails into the outbox; `times` are `due_at` and `not_after` as `enqueue` takes them."""
    with clinic.app.app_context(), unit_of_work():
        for number in range(count):
            enqueue(
                "password_changed",
                to=f"user{number}@example.com",
                context=PasswordChangedMail(
                    clinic_name="Clinic", clinic_phone="(312) 555-0142", name="Sam"
                ),
                language="en",
                now=clock.now(),
                **times,
            )
    clinic.forget_connections()


def let_time_pass(clinic: Installation) -> None:
    """As if hours had gone by: leases of dead workers end, and waits are over."""
    now = clock.now()
    queued = update(Message).where(Message.state == "queued", Message.due_at > now)
    with clinic.app.app_context(), unit_of_work():
        db.session.execute(queued.values(due_at=now))


def states(clinic: Installation) -> dict[str, str]:
    """The state of every message, by the Message-ID its mail must carry."""
    with looking_at(clinic):
        counted = select(Message.id, Message.state).where(Message.name != "digest")
        rows = db.session.execute(counted).all()
    return {f"<{row.id}@example.com>": row.state for row in rows}


def all_are_sent(clinic: Installation) -> bool:
    return set(states(clinic).values()) <= {"sent"}


@contextmanager
def looking_at(clinic: Installation) -> Iterator[None]:
    """A block that sees the database as it is now."""
    with clinic.app.app_context():
        yield
        db.session.remove()
