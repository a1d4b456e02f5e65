"""Patients choose a time, not a person: whoever is free at that instant takes the call."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from intake.clinic.service import current_clinic
from intake.core.db import db, unit_of_work
from intake.core.remember import forget
from intake.scheduling import changes, hours, service
from intake.scheduling.models import Appointment, Provider
from intake.scheduling.placing import SlotTaken
from intake.submissions import drafts
from intake.submissions.models import Submission
from tests import factories
from tests.appointments import appointment_of, booked
from tests.factories import MONDAY_MORNING as NOW

WEDNESDAY_9, WEDNESDAY_930 = "1-202611251500", "1-202611251530"
LATER = NOW + timedelta(minutes=30)
"""When a hold has run out."""


@pytest.fixture(autouse=True)
def two(app):
    """A clinic with two providers, who keep the same hours."""
    names = [each.name for each in db.session.scalars(select(Provider))]
    with unit_of_work():
        hours.add_providers(["Dr. Second"][: 2 - len(names)], current_clinic())
        others = update(Provider).where(Provider.id > 2)
        db.session.execute(others.values(active=False))
    forget()


def choose(key: str = WEDNESDAY_9, *, now=NOW) -> Submission:
    """Somebody who chose a time in the form."""
    draft = factories.fill(factories.begin(now), now)
    times = {**factories.TIMES, "slot_chosen": True}
    where = {"time_zone": "America/Chicago", "channel": "phone"}
    with unit_of_work():
        drafts.save_times(draft, times, current_clinic(), now=now)
        service.hold(draft, key, current_clinic(), now=now, **where)
    return draft


def provider_of(submission: Submission) -> int:
    return appointment_of(submission).provider_id


def test_the_second_who_chooses_an_instant_gets_the_other_provider():
    assert [provider_of(choose()) for _ in range(2)] == [1, 2]
    with pytest.raises(SlotTaken):
        choose()


def test_so_does_whose_hold_went_to_somebody_else():
    slow = choose()
    quick = choose(now=LATER)
    assert appointment_of(slow).status == "released"
    with unit_of_work():
        kept = service.keep_for_sending(slow, now=LATER)
    assert kept is not None
    assert (kept.status, kept.provider_id, kept.channel) == ("pending", 2, "phone")
    assert kept.starts_at == appointment_of(quick).starts_at


def test_but_not_if_nobody_is_free_then():
    slow = choose()
    for _ in range(2):
        choose(now=LATER)
    with unit_of_work(), pytest.raises(SlotTaken):
        service.keep_for_sending(slow, now=LATER)


def test_a_time_that_was_given_up_is_not_asked_for():
    draft = choose()
    with unit_of_work():
        service.release(draft, now=NOW)
        drafts.save_times(draft, factories.TIMES, current_clinic(), now=NOW)
    with unit_of_work():
        assert service.keep_for_sending(draft, now=LATER) is None


def test_a_move_finds_whoever_is_free():
    choose(WEDNESDAY_930)
    submission = booked(WEDNESDAY_9)
    choose("2-202611251600")
    with unit_of_work():
        call = appointment_of(submission)
        changes.move(submission, call, WEDNESDAY_930, current_clinic(), time_zone="UTC", now=NOW)
    assert provider_of(submission) == 2
    with unit_of_work():  # the second click of two names the provider that was shown
        changes.move(submission, call, WEDNESDAY_930, current_clinic(), time_zone="UTC", now=NOW)
    assert (call.moves, call.provider_id) == (1, 2)


def test_nothing_overlaps():
    for key in (WEDNESDAY_9, WEDNESDAY_9, "2-202611251530", WEDNESDAY_930):
        choose(key)
    rows = list(db.session.scalars(select(Appointment).order_by(Appointment.blocked_from)))
    for one in rows:
        assert not [
            other
            for other in rows
            if other is not one
            and other.provider_id == one.provider_id
            and other.blocked_from < one.blocked_until
            and other.blocked_until > one.blocked_from
        ]
    assert len(rows) == 4
