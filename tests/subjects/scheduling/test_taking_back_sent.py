"""Undo of what staff did for somebody who was still answering, and who has sent since."""

from datetime import timedelta

import pytest
from flask import Flask

from intake.accounts.models import User
from intake.clinic.service import current_clinic
from intake.core.db import db, unit_of_work
from intake.scheduling import changes, service, takeback
from intake.scheduling.models import Appointment
from intake.submissions import drafts
from intake.submissions.models import Submission
from intake.submissions.service import submit
from tests import factories
from tests.appointments import appointment_of, mails
from tests.factories import MONDAY_MORNING as NOW

SOON = NOW + timedelta(minutes=2)


@pytest.fixture
def desk(app: Flask) -> User:
    return factories.user()


def hold(draft: Submission, key: str) -> None:
    with unit_of_work():
        chosen = {**factories.TIMES, "slot_chosen": True}
        drafts.save_times(draft, chosen, current_clinic(), now=NOW)
        zone = {"time_zone": "America/Chicago", "channel": "phone"}
        service.hold(draft, key, current_clinic(), now=NOW, **zone)


def book(draft: Submission, desk: User, number: int = 0) -> None:
    with unit_of_work():
        key = factories.free_keys()[number]
        service.book(draft, key, current_clinic(), actor=desk, now=NOW)


def cancel(draft: Submission, desk: User) -> None:
    with unit_of_work():
        call, who = appointment_of(draft), desk.actor
        reason = "patient_asked"
        changes.cancel(draft, call, current_clinic(), actor=who, reason=reason, now=NOW)


def send(draft: Submission) -> None:
    with unit_of_work():
        kept = service.keep_for_sending(draft, now=NOW)
        call_at = kept.starts_at.astimezone(current_clinic().tz) if kept else None
        submit(draft, current_clinic(), now=NOW, call_at=call_at, is_booked=kept is not None)


def undo(submission: Submission, desk: User) -> Appointment:
    with unit_of_work():
        number = appointment_of(submission).sequence
        takeback.take_back(submission, number, current_clinic(), actor=desk.actor, now=SOON)
    db.session.expire_all()
    return appointment_of(submission)


def test_a_sent_request_without_its_call_waits_in_the_queue(desk: User) -> None:
    draft = factories.fill(factories.begin())
    book(draft, desk)
    send(draft)
    assert undo(draft, desk).status == "released"
    assert (draft.status, draft.waiting_since) == ("new", NOW)


def test_the_time_that_was_held_is_asked_for_now(desk: User) -> None:
    draft, key = factories.fill(factories.begin()), factories.free_keys()[5]
    hold(draft, key)
    book(draft, desk)
    send(draft)
    call = undo(draft, desk)
    assert (call.status, call.hold_expires_at, draft.status) == ("pending", None, "new")
    assert key not in factories.free_keys()


def test_a_cancellation_that_is_undone_books_the_sent_request(desk: User) -> None:
    draft = factories.fill(factories.begin())
    book(draft, desk)
    cancel(draft, desk)
    send(draft)
    assert undo(draft, desk).status == "booked"
    assert draft.status == "booked"


def test_whoever_is_still_answering_goes_on_with_their_hold(desk: User) -> None:
    draft = factories.fill(factories.begin())
    hold(draft, factories.free_keys()[5])
    book(draft, desk)
    assert undo(draft, desk).status == "hold"
    assert draft.is_draft


def test_the_receipt_no_longer_says_that_the_call_is_booked(desk: User) -> None:
    draft = factories.fill(factories.begin())
    hold(draft, factories.free_keys()[5])
    book(draft, desk)
    send(draft)
    undo(draft, desk)
    first, second = mails(draft, "received")
    assert (first.state, first.context["is_booked"]) == ("cancelled", True)
    assert (second.state, second.context["is_booked"]) == ("queued", False)
    assert second.context["call_at"] == "Tuesday, November 24, 11:30 am Central Time"


def test_whoever_sent_without_a_call_hears_that_it_takes_place(desk: User) -> None:
    draft = factories.fill(factories.begin())
    book(draft, desk)
    with unit_of_work():
        mails(draft, "booked")[0].state = "sent"
    cancel(draft, desk)
    send(draft)
    undo(draft, desk)
    assert [mail.state for mail in mails(draft, "restored")] == ["queued"]
