"""Lists of submissions."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Select, insert, select, text

from intake.core.db import db, is_postgresql, unit_of_work
from intake.core.paging import Cursor
from intake.core.tokens import new_id
from intake.submissions import queries
from intake.submissions.models import STATUSES, Submission
from intake.submissions.turns import TURNS, queue_query, turn_of
from tests import factories
from tests.factories import MONDAY_MORNING

MANY = 3000


@pytest.fixture
def many(app: Flask) -> None:
    """A long history with a few people waiting."""
    statuses = ["closed", "held", "booked", "withdrawn", "draft", "new", "contacting"]
    with unit_of_work():
        db.session.execute(
            insert(Submission),
            [
                {
                    "id": new_id(),
                    "reference": f"{number:07}",
                    "cookie_hash": None,
                    "language": "en",
                    "created_at": MONDAY_MORNING,
                    "updated_at": MONDAY_MORNING,
                    "waiting_since": MONDAY_MORNING - timedelta(days=number % 5),
                    "call_at": MONDAY_MORNING - timedelta(days=number % 5) if number % 2 else None,
                    "status": statuses[min(number % 70, 6)],
                    "level_rank": number // 70 % 4,
                    "queue_rank": number // 70 % 4,
                    "alarms": 0,
                    "version": 1,
                }
                for number in range(MANY)
            ],
        )
        if is_postgresql():
            db.session.execute(text("ANALYZE submissions"))


def plan_of(query: Select[Submission]) -> str:
    if is_postgresql():  # which otherwise reads so few rows from end to end, as it should
        db.session.execute(text("SET LOCAL enable_seqscan = off"))
    compiled = query.compile(db.engine, compile_kwargs={"literal_binds": True})
    explain = "EXPLAIN" if is_postgresql() else "EXPLAIN QUERY PLAN"
    rows = db.session.connection().exec_driver_sql(f"{explain} {compiled}").all()
    return " ".join(str(row) for row in rows)


def test_everybody_in_the_queue_is_read_from_its_index_without_sorting(many: None) -> None:
    plan = plan_of(queries.to_do_query().limit(26))
    assert "ix_submissions_queue" in plan
    assert "Sort" not in plan
    assert "TEMP B-TREE" not in plan


def test_each_turn_is_read_from_its_part_of_the_index(many: None) -> None:
    cursor = Cursor(max(TURNS), MONDAY_MORNING, new_id())
    plan = plan_of(queue_query(cursor, most=26).params(factories.this_morning().values))
    assert plan.count("ix_submissions_queue") >= len(TURNS)
    assert "SCAN submissions" not in plan
    assert "Seq Scan" not in plan


def test_page_by_page_it_gives_every_row_once_and_in_order(many: None) -> None:
    shown, after, late = [], "", factories.this_morning()
    while True:
        page = queries.to_do(late, after)
        shown += [(-turn_of(row, late), row.waiting_since, row.id) for row in page.rows]
        after = page.later
        if not after:
            break
    waiting = select(Submission).where(
        Submission.status.in_(("new", "contacting")) | (Submission.queue_rank >= 2)
    )
    expected = {row.id for row in db.session.scalars(waiting)}
    assert len(expected) > queries.PAGE_SIZE
    assert [row[2] for row in shown] == list(dict.fromkeys(row[2] for row in shown))
    assert {row[2] for row in shown} == expected
    assert [row[:2] for row in shown] == sorted(row[:2] for row in shown)


def test_the_counts_add_up_to_the_list(many: None) -> None:
    shown, after = 0, ""
    while True:
        page = queries.to_do(factories.this_morning(), after)
        shown, after = shown + len(page.rows), page.later
        if not after:
            break
    assert sum(queries.to_do_counts().values()) == shown
    assert set(queries.to_do_counts()) == {0, 1, 2, 3}


def test_what_is_over_comes_page_by_page_too(many: None) -> None:
    seen, after = [], ""
    for _ in range(4):
        page = queries.over(after)
        seen += [row.id for row in page.rows]
        after = page.later
    assert len(set(seen)) == len(seen) == 4 * queries.PAGE_SIZE


def test_what_is_over_is_read_from_the_end_of_its_index(many: None) -> None:
    plan = plan_of(queries.over_query(None, ""))
    assert plan.count("ix_submissions_status_waiting_since_id") == len(queries.KINDS_OVER)
    assert "SCAN submissions" not in plan
    assert "Seq Scan" not in plan


def test_what_is_over_can_be_narrowed_down_to_one_kind(many: None) -> None:
    assert {each.status for each in queries.over(status="held").rows} == {"held"}


def waiting() -> list[UUID]:
    return [row.id for row in queries.to_do(factories.this_morning()).rows]


def test_whoever_is_overdue_comes_before_whoever_is_due(app: Flask) -> None:
    friday, today = MONDAY_MORNING - timedelta(days=3), MONDAY_MORNING - timedelta(hours=1)
    routine, review, promised, flag = (
        factories.sent(each) for each in (friday, today, today, today)
    )
    planned = factories.sent(friday)
    with unit_of_work():
        review.level_rank = review.queue_rank = 1
        flag.level_rank = flag.queue_rank = 2
        promised.call_at = promised.waiting_since = MONDAY_MORNING
        planned.call_at = planned.waiting_since = MONDAY_MORNING + timedelta(minutes=1)
    assert waiting() == [each.id for each in (flag, routine, promised, review, planned)]


def flagged(status: str) -> Submission:
    submission = factories.sent()
    with unit_of_work():
        into = submission.id if status == "merged" else None
        submission.status, submission.level_rank, submission.queue_rank = status, 2, 2
        submission.merged_into = into
    return submission


@pytest.mark.parametrize("status", STATUSES)
def test_whoever_has_an_open_flag_waits_whatever_the_status(app: Flask, status: str) -> None:
    submission = flagged(status)
    assert waiting() == [submission.id]


@pytest.mark.parametrize("status", [each for each in STATUSES if each not in ("new", "contacting")])
def test_an_acknowledged_flag_keeps_nobody_in_the_queue(app: Flask, status: str) -> None:
    submission = flagged(status)
    with unit_of_work():
        submission.queue_rank = 1
    assert waiting() == []


def test_an_acknowledged_flag_leaves_the_top_to_open_ones(app: Flask) -> None:
    settled, open_flag = flagged("new"), flagged("new")
    with unit_of_work():
        settled.level_rank, settled.queue_rank = 3, 1
    assert waiting() == [
        open_flag.id,
        settled.id,
    ]


def test_an_unsent_draft_can_be_found_after_its_flag_is_acknowledged(app: Flask) -> None:
    submission = flagged("draft")
    assert queries.over().rows == []
    with unit_of_work():
        submission.queue_rank = 1
    assert [row.id for row in queries.over().rows] == [submission.id]
