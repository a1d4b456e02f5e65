"""Earlier times: who is asked, when, for how long, and what becomes of the answer."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from intake.clinic.service import current_clinic
from intake.core.db import db, unit_of_work
from intake.notifications.models import Message
from intake.scheduling import changes, hours, queries, rebooking, waitlist
from intake.scheduling.models import PATIENT, Appointment, Opening, WaitlistEntry
from intake.scheduling.placing import SlotTaken
from tests import factories
from tests.appointments import appointment_of, booked, mails, rule, take_back
from tests.factories import MONDAY_MORNING as NOW

SOON = NOW + waitlist.PATIENCE
EARLY, LATE, LATER = "1-202611251500", "1-202612011500", "1-202612021500"
"""Wednesday, and Tuesday and Wednesday of the week after; all at 9 in Chicago."""


@pytest.fixture
def early(app):
    """Somebody with a call on Wednesday."""
    return booked(EARLY)


@pytest.fixture
def waiting(early):
    """Somebody with a call next week, who would rather come earlier."""
    return waits(booked(LATE))


def waits(submission, now=NOW):
    with unit_of_work():
        waitlist.join(submission.id, now=now)
    return submission


def cancel(submission, now=NOW):
    with unit_of_work():
        appointment = appointment_of(submission)
        changes.cancel(submission, appointment, current_clinic(), actor=PATIENT, reason="", now=now)


def ask(now=SOON):
    """What the worker does each minute."""
    steps = 0
    is_due = True
    while is_due and steps < 20:
        with unit_of_work():
            is_due = waitlist.ask_next(current_clinic(), now=now)
        steps += 1
    return steps - 1


def take(submission, now):
    with unit_of_work():
        changes.accept(submission, appointment_of(submission), current_clinic(), now=now)


def offers() -> list[Message]:
    query = select(Message).where(Message.name == "earlier_time")
    return list(db.session.scalars(query.order_by(Message.created_at)))


def openings() -> list[Opening]:
    db.session.expire_all()
    return list(db.session.scalars(select(Opening)))


def key_of(submission) -> str:
    appointment = appointment_of(submission)
    return queries.key_at(appointment.provider_id, appointment.starts_at)


def test_a_time_that_was_given_up_is_offered_and_kept_for_two_hours(early, waiting):
    cancel(early)
    ask()
    (mail,) = offers()
    assert mail.submission_id == waiting.id
    assert mail.context["when"] == "Wednesday, November 25, 9:00 am Central Time"
    assert mail.context["booked"] == "Tuesday, December 1, 9:00 am Central Time"
    assert mail.context["until"] == "12:10 pm Central Time"
    assert EARLY not in factories.free_keys(SOON)
    assert EARLY in factories.free_keys(SOON + timedelta(hours=2))


def test_whoever_gave_it_up_can_have_it_back_for_a_while(early, waiting):
    cancel(early)
    assert ask(SOON - timedelta(seconds=1)) == 0
    take_back(early)
    ask()
    assert offers() == []
    assert openings() == []


def test_taking_it_moves_the_call_and_frees_the_old_time(early, waiting):
    cancel(early)
    ask()
    take(waiting, SOON)
    appointment = appointment_of(waiting)
    assert (key_of(waiting), appointment.sequence, appointment.moves) == (EARLY, 1, 0)
    assert LATE in factories.free_keys(SOON)
    assert len(mails(waiting, "moved")) == 1
    take(waiting, SOON)  # the second click of two
    assert appointment_of(waiting).sequence == 1


def test_the_time_somebody_leaves_for_an_earlier_one_is_offered_on(early, waiting):
    third = waits(booked(LATER), NOW + timedelta(minutes=1))
    cancel(early)
    ask()
    take(waiting, SOON)
    ask(SOON + waitlist.PATIENCE)
    assert [mail.submission_id for mail in offers()] == [waiting.id, third.id]


def test_one_person_is_asked_at_a_time_whoever_waited_longest_first(early, waiting):
    third = waits(booked(LATER), NOW + timedelta(minutes=1))
    cancel(early)
    ask()
    ask(SOON + timedelta(minutes=119))
    assert [mail.submission_id for mail in offers()] == [waiting.id]
    ask(SOON + timedelta(hours=2))
    assert {mail.submission_id for mail in offers()} == {waiting.id, third.id}


def test_a_time_that_is_left_goes_to_the_next_person_at_once(early, waiting):
    third = waits(booked(LATER), NOW + timedelta(minutes=1))
    cancel(early)
    ask()
    with unit_of_work():
        waitlist.forget_offer(waiting.id, now=SOON)
    ask()
    assert {mail.submission_id for mail in offers()} == {waiting.id, third.id}


def test_when_nobody_wants_it_it_is_free_for_everybody(early, waiting):
    cancel(early)
    ask()
    with unit_of_work():
        waitlist.forget_offer(waiting.id, now=SOON)
    ask()
    assert openings() == []
    assert EARLY in factories.free_keys(SOON)


def test_an_offer_that_ran_out_still_counts_while_the_time_is_free(early, waiting):
    cancel(early)
    ask()
    take(waiting, SOON + timedelta(hours=3))
    assert key_of(waiting) == EARLY


def test_an_offer_that_ran_out_and_was_taken_is_gone(early, waiting):
    cancel(early)
    ask()
    later = SOON + timedelta(hours=3)
    booked(EARLY, later)
    with pytest.raises(SlotTaken):
        take(waiting, later)
    assert key_of(waiting) == LATE


def test_a_mail_about_an_offer_that_ran_out_is_not_sent(early, waiting):
    cancel(early)
    ask()
    ask(SOON + timedelta(hours=2))
    db.session.expire_all()
    assert [mail.state for mail in offers()] == ["cancelled"]


def test_nobody_is_asked_more_than_three_times(app, early):
    waiting = waits(booked(LATE))
    with unit_of_work():
        db.session.get_one(WaitlistEntry, waiting.id).offers = 3
    cancel(early)
    ask()
    assert offers() == []


def test_whoever_left_is_not_asked_and_what_was_on_offer_goes_on(early, waiting):
    cancel(early)
    ask()
    with unit_of_work():
        waitlist.leave(waiting.id, now=SOON)
    assert EARLY in factories.free_keys(SOON)
    assert not waitlist.is_waiting(waiting.id)


@pytest.mark.parametrize(
    ("zone", "night"),
    [
        ("America/Chicago", (23, 20)),
        ("America/Chicago", (24, 3)),
        ("America/New_York", (23, 20)),
        ("Pacific/Honolulu", (24, 7)),
    ],
)
def test_nobody_is_asked_at_night_by_their_own_clock(early, waiting, zone, night):
    day, hour = night
    with unit_of_work():
        appointment_of(waiting).time_zone = zone
    cancel(early)
    now = datetime(2026, 11, day, hour, 59, tzinfo=ZoneInfo(zone))
    ask(now)
    assert offers() == []
    assert EARLY in factories.free_keys(now)  # it is not kept from anybody overnight
    (opening,) = openings()
    assert opening.due_at == datetime(2026, 11, 24, 8, tzinfo=ZoneInfo(zone))
    ask(opening.due_at)
    assert len(offers()) == 1


def test_the_night_of_the_clinic_is_not_everybodys(early, waiting):
    with unit_of_work():
        appointment_of(waiting).time_zone = "Pacific/Honolulu"
    cancel(early)
    ask(datetime(2026, 11, 23, 19, 59, tzinfo=ZoneInfo("Pacific/Honolulu")))
    assert len(offers()) == 1


def test_a_time_that_begins_too_soon_is_offered_to_nobody(early, waiting):
    cancel(early)
    ask(datetime(2026, 11, 25, 14, 0, tzinfo=ZoneInfo("UTC")))
    assert offers() == []
    assert openings() == []


def test_a_time_outside_the_hours_is_offered_to_nobody(early, waiting):
    with unit_of_work():
        appointment = appointment_of(early)
        for name in ("starts_at", "ends_at", "blocked_from", "blocked_until"):
            setattr(appointment, name, getattr(appointment, name) - timedelta(hours=3))
    cancel(early)
    ask()
    assert offers() == []


@pytest.mark.parametrize("key", [EARLY, "2-202611251500"])
def test_whose_call_is_not_later_is_not_asked(app, key):
    same_time = booked("2-202611251500")
    waits(same_time)
    gives_up = booked(EARLY)
    cancel(gives_up)
    ask()
    assert offers() == []


def test_whoever_has_another_call_then_is_not_asked_but_the_next_person(early, waiting):
    behind = waits(booked(LATER, email="behind@example.org"), NOW + timedelta(minutes=1))
    cancel(early)
    booked("2-202611251500")  # of the same person as the one who waits longest
    ask()
    assert [mail.submission_id for mail in offers()] == [behind.id]


def test_on_a_day_that_is_full_only_whose_call_is_that_day_is_asked(early, waiting):
    behind = waits(booked("1-202611251800", email="behind@example.org"))
    rule(daily_cap=1)
    cancel(early)
    ask()
    assert [mail.submission_id for mail in offers()] == [behind.id]


def test_whoever_wants_no_mail_by_now_is_passed_over(early, waiting):
    behind = waits(booked(LATER, email="behind@example.org"), NOW + timedelta(minutes=1))
    with unit_of_work():
        contact = waiting.contact["contact"] | {"contact_by": ["call"]}
        waiting.contact = {**waiting.contact, "contact": contact}
    cancel(early)
    ask()
    assert [mail.submission_id for mail in offers()] == [behind.id]


def test_nothing_is_noted_while_nobody_waits(early):
    cancel(early)
    assert openings() == []


def test_whoever_cancels_gives_back_what_was_on_offer(early, waiting):
    cancel(early)
    ask()
    cancel(waiting, SOON)
    assert EARLY in factories.free_keys(SOON)
    with pytest.raises(SlotTaken):
        take(waiting, SOON)


def test_the_time_on_offer_is_an_appointment_that_keeps_it(early, waiting):
    cancel(early)
    ask()
    statuses = db.session.scalars(
        select(Appointment.status).where(Appointment.submission_id == waiting.id)
    )
    assert sorted(statuses) == ["booked", "offer"]


class TestAskedForAnotherTime:
    """Whom the clinic asked to move has no time that they could keep."""

    @pytest.fixture
    def user(self, app):
        return factories.user()

    def close_and_ask(self, submission, user, now=NOW):
        starts_at = appointment_of(submission).starts_at
        with unit_of_work():
            hours.close([starts_at.date()], "Flood", actor=user.actor, now=now)
            ids = [appointment_of(submission).id]
            assert rebooking.ask_to_rebook(ids, current_clinic(), actor=user, now=now) == 1

    def test_the_next_person_is_offered_the_time(self, early, waiting, user):
        self.close_and_ask(waiting, user)
        behind = waits(booked(LATER), NOW + timedelta(minutes=1))
        cancel(early)
        ask()
        assert [mail.submission_id for mail in offers()] == [behind.id]

    def test_what_was_on_offer_for_them_goes_on(self, early, waiting, user):
        cancel(early)
        ask()
        self.close_and_ask(waiting, user, SOON)
        assert [mail.state for mail in offers()] == ["cancelled"]
        assert EARLY in factories.free_keys(SOON)
