from datetime import timedelta

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from intake.clinic.service import current_clinic
from intake.core.db import db, unit_of_work
from intake.core.tokens import new_id
from intake.notifications.models import Message
from intake.scheduling import queries, service
from intake.scheduling.models import Appointment
from intake.scheduling.placing import SlotTaken
from intake.submissions import drafts
from tests import factories
from tests.appointments import leave_one_provider
from tests.factories import MONDAY_MORNING as NOW

ZONE = {"time_zone": "America/Chicago", "channel": "phone"}


def hold(draft, key, now=NOW):
    with unit_of_work():
        drafts.save_times(
            draft, {**factories.TIMES, "slot_chosen": True}, current_clinic(), now=now
        )
        return service.hold(draft, key, current_clinic(), now=now, **ZONE)


def book(submission, key, user, now=NOW):
    with unit_of_work():
        return service.book(submission, key, current_clinic(), actor=user, now=now)


def test_a_held_slot_is_no_longer_free(app):
    key = factories.free_keys()[0]
    hold(factories.begin(), key)
    assert key not in factories.free_keys()


def test_two_drafts_cannot_hold_one_slot(app):
    leave_one_provider()
    key = factories.free_keys()[0]
    hold(factories.begin(), key)
    with pytest.raises(SlotTaken):
        hold(factories.begin(), key)


def test_choosing_another_time_moves_the_hold(app):
    draft = factories.begin()
    first, second = factories.free_keys()[:2]
    hold(draft, first)
    hold(draft, second)
    free = factories.free_keys()
    assert first in free
    assert second not in free


def test_an_expired_hold_gives_way(app):
    leave_one_provider()
    key = factories.free_keys()[5]
    earlier, later = factories.begin(), factories.begin()
    hold(earlier, key)
    hold(later, key, now=NOW + timedelta(minutes=16))
    with unit_of_work(), pytest.raises(SlotTaken):
        service.keep_for_sending(earlier, now=NOW + timedelta(minutes=17))


def test_an_expired_hold_still_counts_while_nobody_took_the_time(app):
    draft = factories.begin()
    hold(draft, factories.free_keys()[5])
    with unit_of_work():
        kept = service.keep_for_sending(draft, now=NOW + timedelta(hours=1))
    assert kept.status == "pending"


@pytest.mark.parametrize("key", ["", "1", "x-202612031530", "1-20261203153", "999-202612031530",
                                 "1-209912031530", "1-202611231601", "1-202611280000"])  # fmt: skip
def test_a_time_that_is_not_offered_is_refused(app, key):
    with pytest.raises(SlotTaken):
        hold(factories.begin(), key)


def test_booking_confirms_by_mail_with_a_calendar_file(app):
    submission, user = factories.sent(), factories.user()
    appointment = book(submission, factories.free_keys()[0], user)
    message = db.session.scalars(select(Message).where(Message.name == "booked")).one()
    assert message.context["calendar_method"] == "REQUEST"
    assert f"UID:{appointment.id}@intake" in message.context["calendar"]
    assert submission.status == "booked"


def test_moving_a_booked_appointment_raises_its_sequence(app):
    submission, user = factories.sent(), factories.user()
    first, second = factories.free_keys()[:2]
    one = book(submission, first, user)
    uid, sequence = one.calendar_uid, one.sequence
    other = book(submission, second, user)
    assert (other.calendar_uid, other.sequence) == (uid, sequence + 1)
    assert first in factories.free_keys()


def test_buffers_keep_appointments_apart(app):
    key = factories.free_keys()[0]
    book(factories.sent(), key, factories.user())
    _, start = queries.read_slot_key(key)
    times = [queries.read_slot_key(free)[1] for free in factories.free_keys()]
    assert all(abs(time - start) >= timedelta(minutes=30) for time in times)


def row(draft, status, start, end):
    return {
        "id": new_id(), "provider_id": 1, "type_id": 1, "submission_id": draft.id,
        "status": status, "starts_at": start, "ends_at": end, "blocked_from": start,
        "blocked_until": end, "created_at": NOW, "updated_at": NOW, "channel": "phone",
        "time_zone": "", "sequence": 0, "changed_by": "", "reason": "", "version": 1,
        "moves": 0, "person": "",
    }  # fmt: skip


@pytest.mark.parametrize("status", ["hold", "offer", "pending", "booked", "held", "no_show"])
def test_the_database_itself_refuses_an_overlap(app, status):
    one, other = factories.begin(), factories.begin()
    half = timedelta(minutes=30)
    with unit_of_work():
        db.session.execute(insert(Appointment).values(row(one, status, NOW, NOW + 2 * half)))
    with pytest.raises(IntegrityError), unit_of_work():
        overlap = row(other, "booked", NOW + half, NOW + 3 * half)
        db.session.execute(insert(Appointment).values(overlap))


def test_neighbours_and_freed_times_do_not_overlap(app):
    one, other, third = factories.begin(), factories.begin(), factories.begin()
    half = timedelta(minutes=30)
    with unit_of_work():
        for draft, status, start in (
            (one, "booked", NOW),
            (other, "booked", NOW + half),
            (third, "cancelled", NOW),
        ):
            db.session.execute(insert(Appointment).values(row(draft, status, start, start + half)))


def test_the_database_refuses_to_move_one_appointment_onto_another(app):
    one, other = factories.begin(), factories.begin()
    half = timedelta(minutes=30)
    with unit_of_work():
        db.session.execute(insert(Appointment).values(row(one, "booked", NOW, NOW + half)))
        late = row(other, "booked", NOW + 4 * half, NOW + 5 * half)
        db.session.execute(insert(Appointment).values(late))
    with pytest.raises(IntegrityError), unit_of_work():
        moved = db.session.get(Appointment, late["id"])
        moved.blocked_from, moved.blocked_until = NOW, NOW + half
        db.session.flush()
