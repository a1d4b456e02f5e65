"""Who has a request: one person at a time, for a while, and taken over knowingly."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask

from intake.clinic.service import current_clinic
from intake.core.db import db, unit_of_work
from intake.core.tokens import new_id
from intake.submissions import claims, contacting
from intake.submissions.claims import Taken
from intake.submissions.models import Submission
from intake.submissions.queries import for_staff
from tests import factories
from tests.factories import MONDAY_MORNING as NOW
from tests.web.staff.people import CLINICIAN, DESK, actions, person


def take(submission: Submission, email: str, *, seen: str = "", minutes: int = 0) -> None:
    with unit_of_work():
        found = for_staff(submission.id, lock=True)
        assert found is not None
        now = NOW + timedelta(minutes=minutes)
        claims.take(found, current_clinic(), user=person(email), seen=seen, now=now)


def holder(submission: Submission, *, minutes: int = 0) -> object:
    now = NOW + timedelta(minutes=minutes)
    claim = claims.claim_of(
        db.session.get_one(Submission, submission.id), current_clinic(), now=now
    )
    return claim and claim.user_id


def test_a_request_stays_with_whoever_took_it_until_the_time_is_over(app: Flask) -> None:
    factories.settle(claim_minutes=10)
    submission = factories.sent()
    take(submission, DESK)
    assert holder(submission, minutes=9) == person(DESK).id
    with pytest.raises(Taken):
        take(submission, CLINICIAN, minutes=9)
    take(submission, CLINICIAN, minutes=10)
    assert holder(submission, minutes=10) == person(CLINICIAN).id


def test_taking_ones_own_once_more_keeps_it_for_longer(app: Flask) -> None:
    submission = factories.sent()
    take(submission, DESK)
    take(submission, DESK, minutes=15)
    assert holder(submission, minutes=30) == person(DESK).id


def test_it_is_taken_over_only_from_the_claim_that_was_seen(app: Flask) -> None:
    submission = factories.sent()
    take(submission, DESK)
    first = claims.claim_of(submission, current_clinic(), now=NOW)
    assert first is not None
    take(submission, DESK, minutes=5)
    with pytest.raises(Taken):
        take(submission, CLINICIAN, seen=first.key, minutes=6)
    second = claims.claim_of(submission, current_clinic(), now=NOW + timedelta(minutes=6))
    assert second is not None
    take(submission, CLINICIAN, seen=second.key, minutes=6)
    assert holder(submission, minutes=6) == person(CLINICIAN).id
    assert actions()[-3:] == ["request taken", "request taken", "request taken over"]


@pytest.mark.parametrize("outcome", ["no_answer", "booked"])
def test_a_call_that_another_one_follows_ends_it(app: Flask, outcome: str) -> None:
    submission, desk = factories.sent(), person()
    take(submission, DESK)
    with unit_of_work():
        found = for_staff(submission.id, lock=True)
        assert found is not None
        entry = new_id()
        contacting.write_down(found, outcome, entry_id=entry, call_at=None, author=desk, now=NOW)
    assert holder(submission) == (None if outcome == "no_answer" else desk.id)


def test_only_the_holder_lets_go_of_it(app: Flask) -> None:
    submission = factories.sent()
    take(submission, DESK)
    for email, expected in ((CLINICIAN, person(DESK).id), (DESK, None)):
        with unit_of_work():
            claims.release(submission, user=person(email), now=NOW)
        assert holder(submission) == expected


def test_of_two_at_the_same_moment_one_is_told(app: Flask) -> None:
    submission, start = factories.sent(), Barrier(2)

    def press(email: str) -> str:
        with app.app_context():
            start.wait()
            try:
                take(submission, email)
            except Taken:
                return "told"
            return "took it"

    with ThreadPoolExecutor(2) as two:
        assert sorted(two.map(press, (DESK, CLINICIAN))) == ["told", "took it"]
