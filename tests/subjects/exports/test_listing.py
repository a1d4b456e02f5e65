"""Lists of requests: complete, in parts that stay, and never all of them in memory."""

import weakref
from datetime import timedelta

import pytest

from intake.core.db import db, unit_of_work
from intake.core.encryption import seal_json
from intake.core.tokens import new_id
from intake.exports.listing import Selection, batches, count, parts
from intake.submissions.models import Submission
from tests import factories
from tests.factories import MONDAY_MORNING

pytestmark = pytest.mark.usefixtures("app")
TABLE = Submission.metadata.tables["submissions"]
DAY = Selection(since=MONDAY_MORNING, until=MONDAY_MORNING + timedelta(days=1))


def write_many(number, *, status="new"):
    """Requests sent at the same few moments."""
    with unit_of_work():
        db.session.execute(TABLE.insert(), [row(place, status) for place in range(number)])


def row(place, status):
    at, number = MONDAY_MORNING + timedelta(seconds=place // 3), new_id()
    contact = {"contact": {**factories.CONTACT, "family_name": "Whitfield " * 20}}
    instants = dict.fromkeys(("created_at", "updated_at", "waiting_since", "sent_at"), at)
    zeros = dict.fromkeys(("level_rank", "queue_rank", "alarms", "tries"), 0)
    return (
        instants
        | zeros
        | {
            "id": number,
            "reference": f"{place:07}",
            "language": "en",
            "status": status,
            "last_try": "",
            "closed_for": "",
            "version": 1,
            "contact_sealed": seal_json(contact, "submissions", "contact", number),
        }
    )


def references(selection, size=500):
    found = batches(selection, with_answers=True, size=size)
    return [each.reference for batch in found for each in batch]


def test_every_request_is_there_once_and_in_order_of_sending():
    write_many(20)
    assert sorted(references(DAY, size=3)) == [f"{place:07}" for place in range(20)]
    assert count(DAY) == 20


def test_parts_hold_everything_and_stay_what_they_are():
    write_many(10)
    found = parts(DAY, size=4)
    assert [part.count for part in found] == [4, 4, 2]
    first = references(found[0].selection)
    with unit_of_work():
        db.session.execute(
            TABLE.update().where(TABLE.c.reference == first[0]).values(status="held")
        )
    listed = [name for part in found for name in references(part.selection, size=2)]
    assert sorted(listed) == [f"{place:07}" for place in range(10)]


def test_only_chosen_days_and_states_are_listed():
    write_many(2, status="closed")
    factories.sent(MONDAY_MORNING + timedelta(days=2))
    factories.begin()
    assert count(DAY) == 2
    assert parts(Selection(since=DAY.since, until=DAY.until, statuses=("new",))) == []


def test_few_requests_are_in_memory_however_long_the_list_is():
    write_many(2000)
    seen, most = [], 0
    for batch in batches(DAY, with_answers=False, size=100):
        assert all(each.contact for each in batch)
        seen += map(weakref.ref, batch)
        most = max(most, sum(each() is not None for each in seen))
    assert len(seen) == 2000
    assert most <= 2 * 100
