"""What is deleted by rule, when, and what never is."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from intake.clinic.service import current_clinic
from intake.core.db import db, unit_of_work
from intake.development.example import example_user
from intake.notifications.models import Message
from intake.retention import holds, purge
from intake.scheduling.models import Appointment
from intake.submissions.models import Submission
from tests import factories
from tests.appointments import booked
from tests.factories import MONDAY_MORNING as NOW
from tests.subjects.submissions.danger import NOT_NOW, record, save

DAY = timedelta(days=1)


def put(submission: Submission, **values: object) -> Submission:
    with unit_of_work():
        row = update(Submission).where(Submission.id == submission.id)
        db.session.execute(row.values(**values))
    return submission


def kept() -> int:
    return db.session.scalar(select(func.count()).select_from(Submission)) or 0


def after(days: int) -> dict[str, int]:
    """What goes after so many days; that a dry run tells the same and deletes nothing."""
    clinic, now = current_clinic(), NOW + days * DAY
    told, before = purge.due(clinic, now=now), kept()
    assert kept() == before
    assert purge.run(clinic, now=now) == told
    return {name: number for name, number in told.items() if number}


@pytest.mark.parametrize(
    ("status", "days", "name"),
    [
        ("closed", 365, "requests without a consultation"),
        ("withdrawn", 365, "requests without a consultation"),
        ("no_show", 365, "requests without a consultation"),
        ("quarantined", 90, "suspected spam"),
    ],
)
def test_what_is_over_goes_after_its_days(app, status, days, name):
    put(factories.sent(), status=status)
    assert name not in after(days - 1)
    assert after(days)[name] == 1
    assert kept() == 0


def test_a_consultation_stays_for_years(app):
    submission = put(booked(), status="held")
    with unit_of_work():
        db.session.execute(update(Appointment).values(status="held"))
    put(submission, updated_at=NOW)
    after(3649)
    assert kept() == 1
    assert after(3650) == {"requests with a consultation": 1}
    assert kept() == 0


@pytest.mark.parametrize("status", ["new", "contacting", "booked"])
@pytest.mark.sqlite
def test_what_is_open_never_goes(app, status):
    put(factories.sent(), status=status)
    after(9999)
    assert kept() == 1


def test_an_open_flag_or_a_hold_keeps_it(app):
    flagged = put(save(factories.begin(), NOT_NOW), updated_at=NOW)
    held = put(factories.sent(), status="closed")
    with unit_of_work():
        desk = example_user("desk@example.com")
        holds.place(held, "A letter", author=desk, now=NOW)
    after(9999)
    assert kept() == 2
    record(flagged)
    with unit_of_work():
        holds.end(held, author=desk, now=NOW)
    assert after(9999) == {"requests without a consultation": 2, "emails": 1}


@pytest.mark.sqlite
def test_mails_go_once_they_are_old_and_done_with(app):
    factories.sent()
    with unit_of_work():
        db.session.execute(update(Message).where(Message.name == "received").values(state="sent"))
    assert "emails" not in after(89)
    assert after(90)["emails"] == 1
    assert set(db.session.scalars(select(Message.name))) == {"new_submission"}


@pytest.mark.sqlite
def test_the_clinic_sets_the_days_and_the_command_tells_what_would_go(app):
    factories.settle(request_days=30)
    put(factories.sent(), status="closed", updated_at=NOW - 1000 * DAY)
    runner = app.test_cli_runner()
    told = runner.invoke(args=["purge", "--dry-run"]).output
    assert "       1  requests without a consultation" in told
    assert "Nothing was deleted." in told
    assert kept() == 1
    assert "Done." in runner.invoke(args=["purge"]).output
    assert kept() == 0
