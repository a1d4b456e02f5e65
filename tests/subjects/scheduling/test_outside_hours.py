"""Staff may book where the hours offer nothing, but never where somebody else is."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from intake.accounts.models import User
from intake.audit.models import AuditEntry
from intake.clinic.service import current_clinic
from intake.core.db import db, unit_of_work
from intake.scheduling import service, takeback
from intake.scheduling.agenda import misplaced
from intake.scheduling.models import Appointment
from intake.scheduling.placing import SlotTaken
from intake.submissions.models import Submission
from tests import factories
from tests.appointments import appointment_of, mails
from tests.factories import MONDAY_MORNING

TUESDAY_930 = "1-202611241530"
TUESDAY_8PM = "1-202611250200"
THANKSGIVING = "1-202611261530"
IN_TEN_MINUTES = "1-202611231610"


@pytest.fixture
def user(app: Flask) -> User:
    return factories.user()


def outside(submission: Submission, key: str, user: User) -> Appointment:
    with unit_of_work():
        return service.book_outside_hours(
            submission, key, current_clinic(), actor=user, now=MONDAY_MORNING
        )


def inside(submission: Submission, key: str, user: User) -> Appointment:
    with unit_of_work():
        return service.book(submission, key, current_clinic(), actor=user, now=MONDAY_MORNING)


@pytest.mark.parametrize("key", [TUESDAY_8PM, THANKSGIVING, IN_TEN_MINUTES, "2-202709011530"])
def test_neither_hours_nor_closures_notice_or_horizon_stand_in_the_way(
    user: User, key: str
) -> None:
    submission = factories.sent()
    appointment = outside(submission, key, user)
    assert (appointment.status, appointment.outside_hours) == ("booked", True)
    actions = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.seq)).all()
    assert actions[-2:] == ["appointment booked", "booked outside the hours"]


@pytest.mark.parametrize("shift", [-29, -15, 0, 10, 29])
def test_it_never_overlaps_another_call_or_what_is_kept_free_around_it(
    user: User, shift: int
) -> None:
    taken = inside(factories.sent(), TUESDAY_930, user)
    start = taken.starts_at + timedelta(minutes=shift)
    with pytest.raises(SlotTaken):
        outside(factories.sent(), f"1-{start:%Y%m%d%H%M}", user)
    assert len(db.session.scalars(select(Appointment)).all()) == 1


@pytest.mark.parametrize("shift", [-30, 30])
def test_right_beside_it_there_is_room(user: User, shift: int) -> None:
    taken = inside(factories.sent(), TUESDAY_930, user)
    start = taken.starts_at + timedelta(minutes=shift)
    assert outside(factories.sent(), f"1-{start:%Y%m%d%H%M}", user).status == "booked"


@pytest.mark.parametrize(
    "key", ["1-202611231559", "1-202711250200", "9-202611241530", "x", "", "1-202613241530"]
)
def test_what_is_over_or_nobodys_cannot_be_booked(user: User, key: str) -> None:
    with pytest.raises(SlotTaken):
        outside(factories.sent(), key, user)


def test_it_is_listed_with_the_reason(user: User) -> None:
    outside(factories.sent(), TUESDAY_8PM, user)
    found = misplaced(now=MONDAY_MORNING)
    assert [each.why for each in found] == ["Put outside the hours by staff"]


def test_moved_into_the_hours_it_is_one_like_the_others(user: User) -> None:
    submission = factories.sent()
    outside(submission, TUESDAY_8PM, user)
    assert not inside(submission, TUESDAY_930, user).outside_hours
    assert misplaced(now=MONDAY_MORNING) == []


def test_a_second_click_changes_nothing_and_the_first_can_still_be_undone(user: User) -> None:
    submission = factories.sent()
    for _ in range(2):
        call = outside(submission, TUESDAY_8PM, user)
    assert (call.sequence, call.outside_hours) == (0, True)
    assert [mail.state for mail in mails(submission, "booked")] == ["queued"]
    with unit_of_work():
        takeback.take_back(submission, 0, current_clinic(), actor=user.actor, now=MONDAY_MORNING)
    assert appointment_of(submission).status == "released"
