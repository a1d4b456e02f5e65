"""Reminders follow the call: planned, moved, void, never stale, only with consent."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from intake.clinic.service import current_clinic
from intake.core.db import db, unit_of_work
from intake.notifications.delivery import deliver
from intake.notifications.leases import claim
from intake.notifications.models import Message
from intake.scheduling import changes, digest
from intake.submissions import consents, drafts, opt_out, unfinished
from intake.submissions.flags import PATIENT
from intake.submissions.models import Submission
from tests import factories
from tests.appointments import appointment_of, booked, mails, take_back
from tests.factories import MONDAY_MORNING as NOW


def planned(submission: Submission) -> list[Message]:
    db.session.expire_all()
    return [each for each in mails(submission, "reminder") if each.state == "queued"]


@pytest.fixture
def call(app: Flask) -> Submission:
    """A call that is so far away that both reminders are still to come."""
    return booked(factories.free_keys()[40])


def test_a_booking_plans_its_reminders(call):
    starts_at = appointment_of(call).starts_at
    assert planned(call)[-1].due_at <= starts_at - timedelta(hours=2)
    assert {each.context["reference"] for each in planned(call)} == {call.reference}
    assert all(each.not_after <= starts_at for each in planned(call))


def test_moving_a_call_moves_its_reminders(call):
    before = {each.id for each in planned(call)}
    key = factories.free_keys()[60]
    with unit_of_work():
        changes.move(call, appointment_of(call), key, current_clinic(), time_zone="UTC", now=NOW)
    after = planned(call)
    assert after
    assert not before & {each.id for each in after}
    assert all("Universal Time" in each.context["when"] for each in after)


def test_cancelling_ends_them_and_undoing_plans_them_again(call):
    clinic = current_clinic()
    count = len(planned(call))
    with unit_of_work():
        changes.cancel(call, appointment_of(call), clinic, actor=PATIENT, reason="", now=NOW)
    assert planned(call) == []
    take_back(call)
    assert len(planned(call)) == count


@pytest.mark.parametrize("ways", [["call"], ["text"]])
def test_who_did_not_allow_email_is_not_reminded(app, ways):
    submission = booked(factories.free_keys()[40], contact_by=ways)
    assert mails(submission, "reminder") == []


def test_one_click_ends_them_at_once_and_for_good(call):
    with unit_of_work():
        opt_out.stop(call.id, now=NOW)
    assert planned(call) == []
    key = factories.free_keys()[60]
    with unit_of_work():
        changes.move(call, appointment_of(call), key, current_clinic(), time_zone="UTC", now=NOW)
    assert planned(call) == []
    assert mails(call, "moved"), "what is no reminder is still sent"


def test_a_worker_that_was_down_sends_no_stale_reminder(call):
    first = planned(call)[0]
    late = first.not_after
    with unit_of_work():
        db.session.execute(update(Message).where(Message.id != first.id).values(state="sent"))
    [claimed] = claim(late, 1)
    deliver(claimed, None, now=late)  # type: ignore[arg-type]  it does not come to sending
    db.session.rollback()
    assert (first.state, first.last_error) == ("cancelled", "late")


class TestConsent:
    def test_each_way_has_an_entry_with_its_text(self, app):
        draft = factories.fill(factories.begin())
        entries = consents.ledger(draft.id)
        assert {each.channel for each in entries} == {"call", "email", "reminders", "voicemail"}
        assert {each.text_version for each in entries} == {current_clinic().notice_version}
        assert {each.revoked_at for each in entries} == {None}

    def test_saving_the_same_again_writes_nothing(self, app):
        draft = factories.fill(factories.begin())
        count = len(consents.ledger(draft.id))
        self.save(draft, NOW + timedelta(minutes=5))
        assert len(consents.ledger(draft.id)) == count

    def test_what_is_taken_back_stays_in_the_ledger_with_its_end(self, app):
        draft = factories.fill(factories.begin())
        later = NOW + timedelta(minutes=5)
        self.save(draft, later, contact_by=["call"])
        ended = {each.channel for each in consents.ledger(draft.id) if each.revoked_at == later}
        assert ended == {"email", "reminders"}
        assert not consents.allows(draft.id, "email")
        self.save(draft, later, contact_by=["call", "email"])
        assert consents.allows(draft.id, "email")

    def save(self, draft, now, **contact):
        with unit_of_work():
            values = {**factories.CONTACT, **contact}
            drafts.save_contact(draft, values, current_clinic(), now=now)


class TestUnfinished:
    def test_a_form_that_lies_for_a_day_is_told_of_once(self, app):
        draft = factories.fill(factories.begin())
        for hours, count in ((23, 0), (25, 1), (26, 0), (40, 0)):
            assert self.remind(NOW + timedelta(hours=hours)) == count
        [mail] = mails(draft, "unfinished")
        assert "/resume/" in mail.context["link"]

    def test_who_is_done_or_said_no_is_left_alone(self, app):
        factories.sent()
        factories.fill(factories.begin(), contact_by=["call"])
        stopped = factories.fill(factories.begin())
        with unit_of_work():
            opt_out.stop(stopped.id, now=NOW)
        assert self.remind(NOW + timedelta(hours=25)) == 0

    def remind(self, now):
        with unit_of_work():
            return unfinished.remind(current_clinic(), now=now)


class TestDigest:
    def test_it_leaves_once_a_day_when_the_clinic_has_opened(self, app):
        factories.sent()
        opening = NOW.replace(hour=15)
        for minutes, is_sent in ((-5, False), (1, True), (2, False)):
            assert self.send(opening + timedelta(minutes=minutes)) == is_sent
        [mail] = db.session.scalars(select(Message).where(Message.name == "digest")).all()
        assert mail.context["waiting"] == 1

    def test_none_leaves_late_or_on_a_closed_day(self, app):
        assert not self.send(NOW.replace(hour=19))
        assert not self.send(NOW.replace(hour=15) - timedelta(days=1))

    def send(self, now):
        with unit_of_work():
            return digest.send(current_clinic(), now=now)
