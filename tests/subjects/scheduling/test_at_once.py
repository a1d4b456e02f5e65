"""Calls that are booked at once, when the request is sent."""

from datetime import timedelta

import pytest

from intake.clinic.service import current_clinic
from intake.core.db import unit_of_work
from intake.scheduling import service
from intake.scheduling.person import key_of, person_key
from intake.submissions import drafts
from intake.submissions.service import submit
from tests import factories
from tests.appointments import appointment_of, mails, rule
from tests.factories import MONDAY_MORNING as NOW


@pytest.fixture(autouse=True)
def instantly(app):
    """A clinic that books at once."""
    rule(mode="instant")


def send(now=NOW, rank: int = 0, key: str = "", **contact):
    """Somebody who chooses the first free time, or the one named, and sends."""
    draft, clinic = factories.fill(factories.begin(), now, **contact), current_clinic()
    key = key or factories.free_keys(now)[0]
    with unit_of_work():
        service.hold(draft, key, clinic, now=now, time_zone="America/Denver", channel="video")
    with unit_of_work():
        kept = service.keep_for_sending(draft, now=now)
        submit(draft, clinic, now=now)
        draft.level_rank = max(rank, draft.level_rank)
        service.book_at_once(draft, kept, clinic, now=now)
    return draft


def test_a_routine_request_is_booked_and_confirmed_by_mail(app):
    submission = send()
    appointment = appointment_of(submission)
    assert (appointment.status, submission.status) == ("booked", "booked")
    (mail,) = mails(submission, "booked")
    assert mail.context["when"] == "Tuesday, November 24, 8:00 am Mountain Time"
    assert mail.context["calendar_method"] == "REQUEST"


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_somebody_looks_at_any_other_request_first(app, rank):
    submission = send(rank=rank)
    assert (appointment_of(submission).status, submission.status) == ("pending", "new")
    assert mails(submission, "booked") == []


def test_where_calls_are_confirmed_nothing_is_booked_at_once(app):
    rule(mode="confirm")
    assert appointment_of(send()).status == "pending"


def test_one_person_books_two_calls_at_once_and_not_more(app):
    assert [appointment_of(send()).status for _ in range(3)] == ["booked", "booked", "pending"]
    other = send(email="other@example.org", phone_e164="+13125550111")
    assert appointment_of(other).status == "booked"


@pytest.mark.parametrize("cap", [2, None])
def test_nobody_is_called_by_two_at_once_before_somebody_looked(app, cap):
    rule(person_cap=cap)
    key = factories.free_keys()[2]
    one, other = send(key=key), send(key=key.replace("1-", "2-", 1))
    assert appointment_of(one).starts_at == appointment_of(other).starts_at
    assert (appointment_of(one).status, one.status) == ("booked", "booked")
    assert (appointment_of(other).status, other.status) == ("pending", "new")


def test_one_call_right_after_another_does_not_overlap(app):
    rule(buffer_after=0, step_minutes=15)
    keys = factories.free_keys()[:2]
    assert [appointment_of(send(key=key)).status for key in keys] == ["booked", "booked"]


def test_calls_that_are_over_do_not_count(app):
    send(), send()
    assert appointment_of(send(NOW + timedelta(days=2))).status == "booked"


def test_an_expired_hold_is_booked_while_the_time_is_free(app):
    draft, clinic = factories.fill(factories.begin()), current_clinic()
    key = factories.free_keys()[3]
    with unit_of_work():
        service.hold(draft, key, clinic, now=NOW, time_zone="UTC", channel="phone")
    later = NOW + timedelta(hours=1)
    with unit_of_work():
        kept = service.keep_for_sending(draft, now=later)
        submit(draft, clinic, now=later)
        assert service.book_at_once(draft, kept, clinic, now=later)
    assert appointment_of(draft).status == "booked"


def test_a_person_is_known_by_their_address_however_it_is_written(app):
    submission = factories.sent(email=" Dana@Example.ORG")
    assert person_key(submission) == key_of("dana@example.org")
    assert person_key(factories.sent(email="")) == key_of("+13125550198")


def test_without_address_and_number_nobody_is_anybody(app):
    draft = factories.begin()
    with unit_of_work():
        drafts.speak(draft, "en")
    assert person_key(draft) == ""
