"""Secret addresses for calendar programs: what they give, to whom, and for how long."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from icalendar import Calendar
from sqlalchemy import select, text

from intake.accounts.models import User
from intake.audit.models import AuditEntry
from intake.clinic.service import current_clinic
from intake.core.db import db, unit_of_work
from intake.scheduling import feeds, service
from intake.scheduling.models import Appointment, CalendarFeed
from intake.submissions.models import Submission
from tests import factories
from tests.factories import MONDAY_MORNING

TUESDAY_930 = "1-202611241530"


@pytest.fixture
def user(app: Flask) -> User:
    return factories.user()


@pytest.fixture
def booked(user: User) -> Submission:
    submission = factories.sent()
    with unit_of_work():
        service.book(submission, TUESDAY_930, current_clinic(), actor=user, now=MONDAY_MORNING)
    return submission


def made(user: User, provider_id: int | None = None, shows: str = "busy") -> str:
    with unit_of_work():
        _, token = feeds.make_feed(user, provider_id=provider_id, shows=shows, now=MONDAY_MORNING)
    return token


def given_by(token: str, *, days: int = 0) -> bytes:
    feed = feeds.live_feed(token)
    assert feed is not None
    now = MONDAY_MORNING + timedelta(days=days)
    return feeds.contents(feed, current_clinic(), address=address, now=now)


def address(submission_id: UUID) -> str:
    return f"https://staff.example/staff/submissions/{submission_id}"


def summaries(file: bytes) -> list[str]:
    return [str(each["summary"]) for each in Calendar.from_ical(file).walk("VEVENT")]


class TestWhatItGives:
    def test_it_says_only_that_the_time_is_taken(self, user: User, booked: Submission) -> None:
        file = given_by(made(user))
        assert summaries(file) == ["Busy"]
        for secret in ("Dana", "Whitfield", booked.reference, str(booked.id)):
            assert secret not in file.decode()

    def test_or_also_which_request_but_never_who(self, user: User, booked: Submission) -> None:
        file = given_by(made(user, shows="reference"))
        assert summaries(file) == [f"Call {booked.reference}"]
        (event,) = Calendar.from_ical(file).walk("VEVENT")
        assert str(event["url"]) == address(booked.id)
        assert "Whitfield" not in file.decode()

    def test_one_providers_feed_leaves_out_the_others(self, user: User, booked: Submission) -> None:
        assert summaries(given_by(made(user, provider_id=1))) == ["Busy"]
        assert summaries(given_by(made(user, provider_id=2))) == []

    def test_a_change_has_a_higher_sequence_and_the_same_id(
        self, user: User, booked: Submission
    ) -> None:
        token = made(user)
        (before,) = Calendar.from_ical(given_by(token)).walk("VEVENT")
        with unit_of_work():
            key = "1-202611251530"
            service.book(booked, key, current_clinic(), actor=user, now=MONDAY_MORNING)
        (after,) = Calendar.from_ical(given_by(token)).walk("VEVENT")
        assert after["uid"] == before["uid"]
        assert after["sequence"] > before["sequence"]
        assert after["dtstart"].dt == before["dtstart"].dt + timedelta(days=1)

    def test_what_is_cancelled_is_gone(self, user: User, booked: Submission) -> None:
        token = made(user)
        with unit_of_work():
            db.session.scalars(select(Appointment)).one().status = "cancelled"
        assert summaries(given_by(token)) == []

    def test_what_somebody_keeps_while_filling_in_the_form_is_not_there(self, user: User) -> None:
        draft = factories.fill(factories.begin())
        with unit_of_work():
            service.hold(
                draft,
                TUESDAY_930,
                current_clinic(),
                now=MONDAY_MORNING,
                time_zone="America/Chicago",
                channel="phone",
            )
        assert summaries(given_by(made(user))) == []

    def test_what_is_long_over_is_left_out(self, user: User, booked: Submission) -> None:
        token = made(user)
        assert summaries(given_by(token, days=20)) == ["Busy"]
        assert summaries(given_by(token, days=40)) == []


class TestWhoCanRead:
    def test_only_the_hash_of_the_token_is_stored(self, user: User) -> None:
        token = made(user)
        assert len(token) == 43
        stored = db.session.execute(text("SELECT * FROM calendar_feeds")).one()
        assert token not in str(tuple(stored))

    @pytest.mark.parametrize("wrong", ["", "x", "A" * 43])
    def test_a_wrong_token_gives_nothing(self, user: User, wrong: str) -> None:
        made(user)
        assert feeds.live_feed(wrong) is None

    def test_revoked_it_works_no_more(self, user: User) -> None:
        token, other = made(user), made(user)
        feed = feeds.live_feed(token)
        assert feed is not None
        with unit_of_work():
            assert feeds.revoke(feed.id, user, now=MONDAY_MORNING)
        assert feeds.live_feed(token) is None
        assert feeds.live_feed(other) is not None

    def test_nobody_can_revoke_the_address_of_somebody_else(self, user: User) -> None:
        token, stranger = made(user), factories.user("other@example.com")
        feed = feeds.live_feed(token)
        assert feed is not None
        with unit_of_work():
            assert not feeds.revoke(feed.id, stranger, now=MONDAY_MORNING)
        assert feeds.live_feed(token) is not None

    def test_whoever_has_left_reads_no_more(self, user: User) -> None:
        token = made(user)
        with unit_of_work():
            db.session.get_one(User, user.id).active = False
        assert feeds.live_feed(token) is None

    def test_neither_does_whoever_may_not_see_calls_any_more(self, user: User) -> None:
        token = made(user)
        with unit_of_work():
            db.session.get_one(User, user.id).role_names = ["auditor"]
        assert feeds.live_feed(token) is None


def test_making_and_revoking_are_audited(user: User) -> None:
    token = made(user, provider_id=2)
    feed = feeds.live_feed(token)
    assert feed is not None
    with unit_of_work():
        feeds.revoke(feed.id, user, now=MONDAY_MORNING)
    entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.seq)).all()[-2:]
    assert [each.action for each in entries] == ["calendar feed made", "calendar feed revoked"]
    assert entries[0].detail == "provider 2, busy"
    assert {each.actor for each in entries} == {user.actor}


def test_nobody_makes_addresses_without_end(user: User) -> None:
    for _ in range(feeds.MOST_FEEDS):
        made(user)
    with pytest.raises(feeds.TooManyFeeds):
        made(user)
    assert len(db.session.scalars(select(CalendarFeed)).all()) == feeds.MOST_FEEDS
