"""Calls ahead that the hours no longer allow, and asking for another time."""

from datetime import date, time, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from intake.audit.models import AuditEntry
from intake.clinic.service import current_clinic
from intake.core.db import db, unit_of_work
from intake.notifications.models import Message
from intake.notifications.render import render
from intake.scheduling import hours, service
from intake.scheduling.agenda import Misplaced, misplaced
from intake.scheduling.asking import asked_at
from intake.scheduling.models import Appointment, Provider
from intake.scheduling.rebooking import ask_to_rebook, questions
from intake.scheduling.takeback import undoable
from intake.submissions.models import Submission
from tests import factories
from tests.factories import MONDAY_MORNING

ACTOR = {"actor": "user:1", "now": MONDAY_MORNING}
TUESDAY = date(2026, 11, 24)
TUESDAY_930 = "1-202611241530"


@pytest.fixture
def user(app: Flask):
    return factories.user()


@pytest.fixture
def booked(user) -> Submission:
    """Somebody booked for Tuesday, 9:30 am, with the first provider."""
    submission = factories.sent()
    with unit_of_work():
        service.book(submission, TUESDAY_930, current_clinic(), actor=user, now=MONDAY_MORNING)
    return submission


def provider() -> Provider:
    return db.session.get_one(Provider, 1)


def found() -> list[Misplaced]:
    return misplaced(now=MONDAY_MORNING)


def ask(user) -> int:
    ids = set(db.session.scalars(select(Appointment.id)))
    with unit_of_work():
        return ask_to_rebook(ids, current_clinic(), actor=user, now=MONDAY_MORNING)


def mails() -> list[Message]:
    return list(db.session.scalars(select(Message).where(Message.name == "rebook")))


def queued() -> list[Message]:
    return list(db.session.scalars(select(Message).where(Message.state == "queued")))


class TestMisplaced:
    def test_a_call_within_the_hours_is_not(self, booked: Submission) -> None:
        assert found() == []

    def test_a_closure_is_named(self, booked: Submission) -> None:
        with unit_of_work():
            hours.close([TUESDAY], "Flood", **ACTOR)
        assert [each.why for each in found()] == ["Closed: Flood"]

    @pytest.mark.parametrize(
        ("windows", "why"),
        [
            ([], "Dr. Priya Nair is away: Course"),
            ([(time(13), time(17))], "Dr. Priya Nair works other hours: Course"),
            ([(time(9), time(9, 40))], "Dr. Priya Nair works other hours: Course"),
        ],
    )
    def test_dated_hours_are_named(self, booked: Submission, windows, why: str) -> None:
        with unit_of_work():
            hours.set_dated(provider(), [TUESDAY], windows, label="Course", version=1, **ACTOR)
        assert [each.why for each in found()] == [why]

    def test_a_call_that_just_fits_other_hours_stays(self, booked: Submission) -> None:
        exactly = [(time(9, 30), time(9, 45))]
        with unit_of_work():
            hours.set_dated(provider(), [TUESDAY], exactly, label="", version=1, **ACTOR)
        assert found() == []

    def test_new_weekly_hours_count(self, booked: Submission) -> None:
        with unit_of_work():
            hours.set_weekly(provider(), {}, version=1, **ACTOR)
        assert [each.why for each in found()] == ["Outside the hours"]

    def test_so_does_a_provider_who_left(self, booked: Submission) -> None:
        with unit_of_work():
            hours.set_active(provider(), active=False, version=1, **ACTOR)
        assert [each.why for each in found()] == ["Dr. Priya Nair takes no calls any more"]

    @pytest.mark.parametrize("status", ["cancelled", "released", "held", "no_show"])
    def test_what_is_not_ahead_any_more_is_left_out(self, booked: Submission, status: str) -> None:
        with unit_of_work():
            hours.close([TUESDAY], "Flood", **ACTOR)
            db.session.scalars(select(Appointment)).one().status = status
        assert found() == []

    def test_neither_is_what_has_begun(self, booked: Submission) -> None:
        with unit_of_work():
            hours.close([TUESDAY], "Flood", **ACTOR)
        assert misplaced(now=MONDAY_MORNING + timedelta(days=1)) == []


class TestAsking:
    @pytest.fixture(autouse=True)
    def flood(self, booked: Submission):
        with unit_of_work():
            hours.close([TUESDAY], "Flood", **ACTOR)

    def test_a_mail_names_the_time_and_the_phone_and_the_call_stays(self, user) -> None:
        assert ask(user) == 1
        (mail,) = mails()
        text = render(mail.name, mail.context, mail.language).text
        assert "Tuesday, November 24, 9:30 am Central Time" in text
        assert "(312) 555-0142" in text
        assert db.session.scalars(select(Appointment)).one().status == "booked"

    def test_it_is_audited(self, user, booked: Submission) -> None:
        ask(user)
        last = db.session.scalars(select(AuditEntry).order_by(AuditEntry.seq.desc())).first()
        assert last is not None
        assert (last.action, last.actor) == ("asked for another time", user.actor)
        assert last.subject_id == booked.id

    def test_nothing_tells_of_the_old_time_any_more(self, user, booked: Submission) -> None:
        assert {each.name for each in queued()} >= {"booked", "reminder"}
        ask(user)
        left = {each.name for each in queued()}
        assert "rebook" in left
        assert not left & {"booked", "moved", "reminder"}

    def test_what_they_have_heard_of_cannot_be_undone(self, user, booked: Submission) -> None:
        assert undoable(booked.id, now=MONDAY_MORNING)
        ask(user)
        assert undoable(booked.id, now=MONDAY_MORNING) is None

    def test_the_question_stands_until_the_call_is_put_somewhere(
        self, user, booked: Submission
    ) -> None:
        call = db.session.scalars(select(Appointment)).one()
        assert asked_at(call) is None
        ask(user)
        assert asked_at(call) == MONDAY_MORNING
        later, clinic = MONDAY_MORNING + timedelta(minutes=5), current_clinic()
        with unit_of_work():
            hours.reopen([TUESDAY], **ACTOR)
            service.book(booked, "1-202611251530", clinic, actor=user, now=later)
            assert asked_at(call) is None
            service.book(booked, TUESDAY_930, clinic, actor=user, now=later)
            assert asked_at(call) is None

    def test_nobody_is_asked_twice_about_the_same_time(self, user) -> None:
        assert (ask(user), ask(user)) == (1, 0)
        assert len(mails()) == 1
        assert [each.state for each in questions(found()).values()] == ["queued"]

    def test_about_a_new_time_that_falls_too_they_are_asked_again(
        self, user, booked: Submission
    ) -> None:
        ask(user)
        with unit_of_work():
            key = "1-202611251530"
            service.book(booked, key, current_clinic(), actor=user, now=MONDAY_MORNING)
            hours.close([date(2026, 11, 25)], "Flood", **ACTOR)
        assert ask(user) == 1

    def test_only_those_chosen_are_asked(self, user) -> None:
        with unit_of_work():
            assert ask_to_rebook(set(), current_clinic(), actor=user, now=MONDAY_MORNING) == 0
        assert mails() == []

    def test_a_call_that_can_stay_is_never_asked_about(self, user) -> None:
        with unit_of_work():
            hours.reopen([TUESDAY], **ACTOR)
        assert ask(user) == 0


def test_whoever_did_not_allow_mail_is_not_mailed(user) -> None:
    submission = factories.sent(contact_by=["call"])
    with unit_of_work():
        service.book(submission, TUESDAY_930, current_clinic(), actor=user, now=MONDAY_MORNING)
        hours.close([TUESDAY], "Flood", **ACTOR)
    assert ask(user) == 0
    assert mails() == []
