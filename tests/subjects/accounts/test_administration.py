"""Two administrators who remove each other at the same moment: one of them stays."""

import threading
from uuid import UUID

from flask import Flask
from sqlalchemy import select

from intake.accounts.administration import LastHolder, switch_off
from intake.accounts.models import User
from intake.core.db import db, unit_of_work
from intake.development.example import example_user
from tests import factories
from tests.factories import MONDAY_MORNING as NOW
from tests.subjects.clinic.test_changes import at_once


def test_one_of_them_stays(app: Flask) -> None:
    first = example_user("admin@example.com").id
    second = factories.user("second@example.com", "administrator").id
    barrier, refused = threading.Barrier(2), []

    def remove(user_id: UUID) -> None:
        with app.app_context():
            barrier.wait()
            try:
                with unit_of_work():
                    user = db.session.get_one(User, user_id)
                    switch_off(user, actor="command line", now=NOW)
            except LastHolder:
                refused.append(user_id)

    at_once(remove, first, second)
    db.session.rollback()
    active = select(User.id).where(User.id.in_([first, second]), User.active)
    assert db.session.scalars(active).all() == refused
    assert len(refused) == 1
