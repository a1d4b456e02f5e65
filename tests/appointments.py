"""Calls to test with, and the links that are mailed about them."""

import re
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import select, update

from intake.clinic.service import current_clinic
from intake.core.db import db, unit_of_work
from intake.core.remember import forget
from intake.development.example import example_user
from intake.notifications.models import Message
from intake.scheduling import service, takeback
from intake.scheduling.models import PATIENT, Appointment, ConsultationType, Provider
from intake.submissions.models import Submission
from tests import factories
from tests.factories import MONDAY_MORNING


def booked(key: str = "", now=MONDAY_MORNING, **contact: object) -> Submission:
    """A submission whose call is booked, on the first free slot or the one named, and told."""
    return book(factories.sent(now, **contact), key, now)


def book(submission: Submission, key: str = "", now=MONDAY_MORNING) -> Submission:
    """Book the call of a submission, and have it told."""
    desk = example_user("desk@example.com")
    with unit_of_work():
        wanted = key or factories.free_keys(now)[0]
        service.book(submission, wanted, current_clinic(), actor=desk, now=now)
        let_leave(submission, now)
    return submission


def let_leave(submission: Submission, now: datetime) -> None:
    """Have the mails about the time of a call sent, as after the minutes of grace."""
    news = (Message.submission_id == submission.id, Message.topic.startswith("appointment:"))
    waiting = update(Message).where(*news, Message.state == "queued")
    db.session.execute(waiting.values(state="sent", sent_at=now))


def appointment_of(submission: Submission) -> Appointment:
    """The one call of a submission, as it stands in the database."""
    db.session.expire_all()
    query = select(Appointment).where(
        Appointment.submission_id == submission.id, Appointment.reason != "waitlist"
    )
    return db.session.scalars(query).one()


def take_back(submission: Submission, now: datetime = MONDAY_MORNING) -> None:
    """Have a patient undo their cancellation."""
    with unit_of_work():
        number, clinic = appointment_of(submission).sequence, current_clinic()
        takeback.take_back(submission, number, clinic, actor=PATIENT, now=now)


def mails(submission: Submission, *names: str) -> list[Message]:
    """The mails about a submission in order, all or those with these names."""
    query = select(Message).where(Message.submission_id == submission.id)
    if names:
        query = query.where(Message.name.in_(names))
    return list(db.session.scalars(query.order_by(Message.created_at, Message.id)))


def link_in(message: Message) -> str:
    """The path of the link in a mail."""
    parts = urlsplit(message.context["link"])
    assert re.match(r"/appointment/[\w-]{43}", parts.path)
    return parts.path


def path_of(submission: Submission) -> str:
    """The page of a submission's call, by the link mailed first."""
    return link_in(mails(submission, "booked")[0])


def rule(**values: object) -> None:
    """Change how calls are booked."""
    with unit_of_work():
        kind = db.session.scalars(select(ConsultationType)).one()
        for name, value in values.items():
            setattr(kind, name, value)
        db.session.flush()
    forget()


def leave_one_provider() -> None:
    """Let only the first provider take calls, so that a time that is taken is gone."""
    with unit_of_work():
        db.session.execute(update(Provider).where(Provider.id > 1).values(active=False))
    forget()
