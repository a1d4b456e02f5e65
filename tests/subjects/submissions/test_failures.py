"""The notice of mails that did not arrive: once on a working day, only if there are any."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import select, update

from intake.clinic.service import current_clinic
from intake.core.db import db, unit_of_work
from intake.notifications.models import Message
from intake.submissions import failures
from tests import factories
from tests.factories import MONDAY_MORNING as NOW


def told(now=NOW) -> list[Message]:
    with unit_of_work():
        failures.send(current_clinic(), now=now)
    query = select(Message).where(Message.name == "failures").order_by(Message.created_at)
    return list(db.session.scalars(query))


def test_it_comes_once_a_day_while_mails_have_not_arrived(app: Flask) -> None:
    factories.settle(failure_recipients=("manager@example.com",))
    factories.sent()
    assert told() == []
    with unit_of_work():
        db.session.execute(update(Message).values(state="failed"))
    assert [each.context["undelivered"] for each in told()] == [2]
    assert told()[0].recipient == "manager@example.com"
    assert len(told(NOW + timedelta(minutes=5))) == 1
    assert len(told(NOW + timedelta(days=1, hours=5))) == 1, "too late on that day"
    assert len(told(NOW + timedelta(days=1))) == 2
