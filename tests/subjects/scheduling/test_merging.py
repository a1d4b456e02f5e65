"""Two requests of one person become one, and two again."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from intake.accounts.models import User
from intake.accounts.queries import user_by_email
from intake.clinic.service import current_clinic
from intake.core.db import db, unit_of_work
from intake.core.tokens import new_id
from intake.exports.histories import histories
from intake.notifications.models import Message
from intake.scheduling import changes, merging, service
from intake.scheduling.merging import NotToMerge
from intake.screening.level import Level
from intake.submissions import contacting, drafts, opt_out, queries
from intake.submissions.flags import acknowledge
from intake.submissions.models import Submission
from tests import factories
from tests.appointments import appointment_of, booked, mails
from tests.factories import MONDAY_MORNING as NOW

THOUGHTS = {**factories.NO_THOUGHTS, "q1": "yes", "q5": "yes"}
LATER = NOW + timedelta(minutes=5)


def clinician() -> User:
    user = user_by_email("clinician@example.com")
    assert user is not None
    return user


def merge(stays: Submission, gone: Submission) -> None:
    with unit_of_work():
        merging.both(stays.id, gone.id, lock=True)
        merging.merge(stays, gone, author=clinician(), now=LATER)


def separate(gone: Submission, stays: Submission) -> None:
    with unit_of_work():
        merging.separate(gone, stays, author=clinician(), now=LATER + timedelta(minutes=5))


def in_danger() -> Submission:
    submission = factories.sent()
    with unit_of_work():
        drafts.save_answers(submission, "asq", THOUGHTS, current_clinic(), now=NOW)
    return submission


def stand(*submissions: Submission) -> list[dict[str, object]]:
    """All that is stored of them, but for what counts changes."""
    db.session.expire_all()
    names = [each.name for each in Submission.__table__.columns]
    left_out = {"version", "updated_at", "triage_sealed"}
    return [
        {**{name: getattr(each, name) for name in names if name not in left_out}, "": each.triage}
        for each in submissions
    ]


def waiting() -> list[Submission]:
    return queries.to_do(factories.this_morning()).rows


def test_the_one_that_goes_leaves_the_queue_and_can_still_be_read(app: Flask) -> None:
    stays, gone = factories.sent(), factories.sent()
    merge(stays, gone)
    assert (gone.status, gone.merged_into) == ("merged", stays.id)
    assert waiting() == [stays]
    assert queries.over().rows == []
    assert queries.for_staff(gone.id) is gone
    assert stays.updated_at == gone.updated_at == LATER
    assert [mail.state for mail in mails(gone, "received")] == ["cancelled"]
    assert [mail.state for mail in mails(stays, "received")] == ["queued"]


def test_an_open_flag_is_never_lost_and_is_answered_where_it_went(app: Flask) -> None:
    stays, gone = factories.sent(), in_danger()
    since, seen = gone.flagged_at, stays.alarms
    merge(stays, gone)
    assert (stays.is_flagged, stays.level, stays.flagged_at) == (True, "urgent_acute", since)
    assert stays.alarms == seen + 1
    assert {each["rule"] for each in stays.triage["reasons"]} >= {
        each["rule"] for each in gone.triage["reasons"]
    }
    assert not gone.is_flagged
    with unit_of_work():
        acknowledge(
            stays,
            "safe_plan",
            entry_id=new_id(),
            alarm=stays.alarms,
            note="",
            try_again_at=None,
            clinic=current_clinic(),
            author=clinician(),
            now=LATER,
        )
    assert [mail.state for mail in mails(gone, "escalation")] == ["cancelled"]
    separate(gone, stays)
    assert gone.is_flagged  # nobody has spoken with the person of that request
    assert stays.level_rank == Level.URGENT_ACUTE.rank


def test_separating_puts_back_what_nobody_has_changed(app: Flask) -> None:
    stays, gone = factories.sent(), in_danger()
    before = stand(stays, gone)
    merge(stays, gone)
    assert stand(stays, gone) != before
    separate(gone, stays)
    assert stand(stays, gone) == before
    assert [mail.state for mail in mails(gone, "received")] == ["queued"]
    topics = select(Message.topic).where(Message.name == "escalation")
    assert db.session.scalars(topics).all() == [f"flag:{gone.id}"]


def test_a_call_ahead_goes_along_with_its_reminders_and_comes_back(app: Flask) -> None:
    stays, gone = factories.sent(), booked()
    call = appointment_of(gone)
    merge(stays, gone)
    assert (appointment_of(stays).id, stays.status) == (call.id, "booked")
    with unit_of_work():
        opt_out.stop(gone.id, now=LATER)
    assert {mail.state for mail in mails(gone, "reminder")} == {"cancelled"}
    separate(gone, stays)
    assert (appointment_of(gone).id, gone.status, stays.status) == (call.id, "booked", "new")


def test_reminders_of_a_call_that_was_cancelled_since_do_not_leave(app: Flask) -> None:
    stays, gone = factories.sent(), booked()
    merge(stays, gone)
    with unit_of_work():
        call = appointment_of(stays)
        about = {"actor": clinician().actor, "reason": "patient_asked", "now": LATER}
        changes.cancel(stays, call, current_clinic(), **about)  # type: ignore[arg-type]
    assert {mail.state for mail in mails(gone, "reminder")} == {"cancelled"}
    separate(gone, stays)
    assert (gone.status, appointment_of(gone).status) == ("contacting", "cancelled")


def test_what_cannot_be_merged_says_why(app: Flask) -> None:
    first, second = booked(), booked(factories.free_keys()[3])
    stranger = factories.sent(dob="", phone_e164="+17735550142", email="other@example.org")
    third, closed = factories.sent(), factories.sent()
    with unit_of_work():
        contacting.close(closed, "other", current_clinic(), tell=False, author=clinician(), now=NOW)
    merge(first, third)
    whys = [
        merging.why_not(*pair)
        for pair in (
            *((first, second), (first, factories.fill(factories.begin()))),
            *((closed, first), (second, first), (first, stranger), (first, closed)),
        )
    ]
    assert whys == ["two calls", "draft", "over", "has merged", "nothing shared", ""]
    with pytest.raises(NotToMerge):
        merge(first, second)


def test_the_last_one_is_separated_first(app: Flask) -> None:
    stays, first, second = factories.sent(), factories.sent(), factories.sent()
    merge(stays, first)
    with unit_of_work():
        merging.merge(stays, second, author=clinician(), now=LATER + timedelta(minutes=1))
    with pytest.raises(NotToMerge):
        separate(first, stays)
    separate(second, stays)
    separate(first, stays)
    assert {each.id for each in waiting()} == {stays.id, first.id, second.id}


def test_the_figures_count_one_person_with_all_that_was_done(app: Flask) -> None:
    stays, gone = factories.sent(), booked()
    with unit_of_work():
        service.release(stays, now=NOW)
    merge(stays, gone)
    known = histories(select(Submission.id).where(Submission.id == stays.id))
    assert known[stays.id].booked
    assert known[stays.id].first_contact is not None
