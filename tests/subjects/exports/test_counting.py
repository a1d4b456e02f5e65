"""The figures follow everything that happens to requests, and only what changed is counted."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.db import db, unit_of_work
from intake.core.tokens import new_id
from intake.development.example import example_user
from intake.exports import counting
from intake.exports.figures import summary_of
from intake.exports.models import Figures
from intake.scheduling import outcomes
from intake.submissions import contacting
from intake.submissions.queries import for_staff
from tests import factories
from tests.appointments import appointment_of, booked
from tests.factories import MONDAY_MORNING

pytestmark = pytest.mark.usefixtures("app")
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
MONDAY = MONDAY_MORNING.date()


def refreshed(now):
    counting.refresh(current_clinic(), now=now)
    (document,) = counting.documents("week", MONDAY, MONDAY + DAY).values()
    return summary_of(document.get("all", {}))


def call(submission, outcome, now):
    author, entry = example_user("desk@example.com"), new_id()
    with unit_of_work():
        contacting.write_down(
            for_staff(submission.id, lock=True),
            outcome,
            entry_id=entry,
            call_at=None,
            author=author,
            now=now,
        )
    return entry


def test_calls_count_from_when_the_request_was_sent():
    submission = factories.sent()
    assert refreshed(MONDAY_MORNING + MINUTE).asked == 1
    assert b"condition" not in b"".join(db.session.scalars(select(Figures.counts_sealed)))
    call(submission, "no_answer", MONDAY_MORNING + 45 * MINUTE)
    found = refreshed(MONDAY_MORNING + 46 * MINUTE)
    assert (found.median, found.reached) == (45, 0)
    call(submission, "call_back", MONDAY_MORNING + DAY)
    found = refreshed(MONDAY_MORNING + DAY + MINUTE)
    assert (found.median, found.reached) == (45, 1)


def test_what_was_taken_back_does_not_count():
    submission = factories.sent()
    entry = call(submission, "call_back", now := MONDAY_MORNING + MINUTE)
    assert refreshed(now + MINUTE).reached == 1
    author = example_user("desk@example.com")
    with unit_of_work():
        assert contacting.undo(for_staff(submission.id), entry, author=author, now=now + MINUTE)
    found = refreshed(now + 2 * MINUTE)
    assert (found.reached, found.contacted) == (0, 0)


def test_a_booked_call_and_what_became_of_it():
    submission = booked()
    found = refreshed(MONDAY_MORNING + MINUTE)
    assert (found.booked, found.reached, found.held, found.median) == (1, 1, 0, 0)
    now = appointment_of(submission).ends_at
    with unit_of_work():
        outcomes.settle(
            for_staff(submission.id, lock=True),
            "no_show",
            current_clinic(),
            actor=example_user("desk@example.com"),
            now=now,
        )
    found = refreshed(now + MINUTE)
    assert (found.booked, found.no_show, found.held) == (1, 1, 0)


def test_drafts_and_suspected_spam_do_not_count():
    factories.fill(factories.begin())
    spam = factories.sent()
    with unit_of_work():
        for_staff(spam.id).status = "quarantined"
    assert refreshed(MONDAY_MORNING).asked == 0


def test_a_damaged_request_does_not_stop_the_count():
    damaged = factories.sent()
    factories.sent()
    with unit_of_work():
        for_staff(damaged.id).contact_sealed = b"not ours"
    assert refreshed(MONDAY_MORNING).asked == 2


def test_only_days_that_changed_are_counted_again():
    earlier = factories.sent(MONDAY_MORNING - 3 * DAY)
    refreshed(MONDAY_MORNING)
    assert times()[:2] == [MONDAY_MORNING, MONDAY_MORNING]
    refreshed(later := MONDAY_MORNING + 10 * MINUTE)
    assert times() == [MONDAY_MORNING] + [later] * 1
    call(earlier, "no_answer", later)
    refreshed(last := later + MINUTE)
    assert times() == [last, last]


def times():
    """When the first day and the last were counted."""
    rows = select(Figures.counted_at).where(Figures.kind == "day").order_by(Figures.start)
    found = list(db.session.scalars(rows))
    return [found[0], found[-1]]


def test_days_before_the_first_count_follow_by_themselves(monkeypatch):
    monkeypatch.setattr(counting, "PAST_DAYS", 3)
    factories.sent(MONDAY_MORNING - 5 * DAY)
    asked = []
    for minute in range(2):
        counting.refresh(current_clinic(), now=MONDAY_MORNING + minute * MINUTE)
        found = counting.documents("month", MONDAY.replace(day=1), MONDAY).values()
        asked += [document.get("all", {}).get("asked", 0) for document in found]
    assert asked == [0, 1]


def test_a_command_counts_everything(app):
    factories.sent(clock.now() - 2 * DAY)
    done = app.test_cli_runner().invoke(args=["figures", "count"])
    assert done.exit_code == 0, done.output
    assert "3 days were counted." in done.output
