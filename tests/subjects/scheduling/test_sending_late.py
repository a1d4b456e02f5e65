"""A time that was held, judged once more when the request is sent."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask

from intake.clinic.service import current_clinic
from intake.core.db import db, unit_of_work
from intake.scheduling import hours, service
from intake.scheduling.models import Appointment, Provider
from intake.scheduling.placing import SlotTaken
from intake.submissions.emails import respond_by
from intake.submissions.models import Submission
from tests import factories
from tests.appointments import appointment_of, leave_one_provider, rule
from tests.factories import MONDAY_MORNING as NOW

TUESDAY_930 = "1-202611241530"
STARTS = NOW + timedelta(hours=23, minutes=30)
ACTOR = {"actor": "user:1", "now": NOW}


def hold(now=NOW) -> Submission:
    draft = factories.fill(factories.begin())
    with unit_of_work():
        zone = {"time_zone": "America/Chicago", "channel": "phone"}
        service.hold(draft, TUESDAY_930, current_clinic(), now=now, **zone)
    return draft


def send(draft: Submission, now=NOW) -> Appointment | None:
    with unit_of_work():
        return service.keep_for_sending(draft, now=now)


@pytest.mark.parametrize("late", [timedelta(0), timedelta(hours=3), timedelta(days=9)])
def test_a_time_that_has_begun_is_gone(app: Flask, late: timedelta) -> None:
    draft = hold()
    with pytest.raises(SlotTaken):
        send(draft, STARTS + late)
    assert appointment_of(draft).status == "hold"


def test_an_expired_hold_needs_the_notice_that_a_new_one_needs(app: Flask) -> None:
    draft = hold()
    with pytest.raises(SlotTaken):
        send(draft, STARTS - timedelta(hours=11))
    assert send(draft, STARTS - timedelta(hours=12)).status == "pending"


def test_a_live_hold_keeps_its_time_though_notice_is_short_now(app: Flask) -> None:
    just_in_time = STARTS - timedelta(hours=12)
    draft = hold(just_in_time)
    assert send(draft, just_in_time + timedelta(minutes=10)).status == "pending"


def test_an_expired_hold_gives_way_to_a_full_day(app: Flask) -> None:
    leave_one_provider()
    draft, other, desk = hold(), factories.sent(), factories.user()
    with unit_of_work():
        service.book(other, factories.free_keys()[4], current_clinic(), actor=desk, now=NOW)
    rule(daily_cap=1)
    with pytest.raises(SlotTaken):
        send(draft, NOW + timedelta(hours=1))


def close() -> None:
    hours.close([date(2026, 11, 24)], "Snow", **ACTOR)


def be_away() -> None:
    provider = db.session.get_one(Provider, 1)
    hours.set_dated(provider, [date(2026, 11, 24)], [], label="Course", version=1, **ACTOR)


def leave() -> None:
    hours.set_active(db.session.get_one(Provider, 1), active=False, version=1, **ACTOR)


def test_a_time_that_was_closed_meanwhile_is_gone(app: Flask) -> None:
    draft = hold()
    with unit_of_work():
        close()
    with pytest.raises(SlotTaken):
        send(draft)


@pytest.mark.parametrize("change", [be_away, leave])
def test_a_provider_who_is_away_gives_the_time_to_another(
    app: Flask, change: Callable[[], None]
) -> None:
    draft = hold()
    with unit_of_work():
        change()
    call = send(draft)
    assert (call.status, call.provider_id, call.starts_at) == ("pending", 2, STARTS)


@pytest.mark.parametrize("change", [be_away, leave])
def test_a_time_at_which_nobody_works_any_more_is_gone(
    app: Flask, change: Callable[[], None]
) -> None:
    draft = hold()
    with unit_of_work():
        change()
        hours.set_active(db.session.get_one(Provider, 2), active=False, version=1, **ACTOR)
    with pytest.raises(SlotTaken):
        send(draft)


def test_other_closed_days_do_not_stand_in_the_way(app: Flask) -> None:
    draft = hold()
    with unit_of_work():
        hours.close([date(2026, 11, 25)], "Snow", **ACTOR)
    assert send(draft).status == "pending"


def test_without_the_time_that_is_gone_they_are_called(app: Flask) -> None:
    draft = hold()
    with unit_of_work():
        service.forget_choice(draft, now=STARTS)
        assert service.keep_for_sending(draft, now=STARTS) is None


@pytest.mark.parametrize(("call_in", "is_said"), [(-24, True), (1, False), (48, True)])
def test_a_call_is_an_answer_only_while_it_is_ahead(
    app: Flask, call_in: int, is_said: bool
) -> None:
    promise = {"sent_at": NOW, "call_at": NOW + timedelta(hours=call_in)}
    said = respond_by(factories.sent(), current_clinic(), **promise)
    assert (said is not None) == is_said
