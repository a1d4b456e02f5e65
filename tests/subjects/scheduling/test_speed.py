"""Free times cost the same whatever lies behind: few statements, by an index on what is ahead."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from intake.clinic.clinic import EXAMPLE_CLINIC
from intake.core.db import db, is_postgresql, unit_of_work
from intake.core.remember import forget
from intake.scheduling import queries
from intake.scheduling.hours import add_providers
from tests import factories
from tests.appointments import rule
from tests.factories import MONDAY_MORNING as NOW


@pytest.fixture
def statements(app):
    """What is asked, in order: statements with their parameters."""
    asked: list[tuple[str, Any]] = []

    def note(_connection, _cursor, statement, parameters, *_rest):
        if not statement.startswith(("BEGIN", "PRAGMA")):
            asked.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    yield asked
    event.remove(db.engine, "before_cursor_execute", note)


def sixty_days():
    return queries.diary(now=NOW).free(now=NOW, first_day=None, last_day=None)


def test_sixty_days_of_five_providers_take_one_statement(app, statements):
    with unit_of_work():
        add_providers(["Dr. Third", "Dr. Fourth", "Dr. Fifth"], EXAMPLE_CLINIC)
    rule(horizon_days=60)
    assert (sixty_days()[-1].starts_at - NOW) > timedelta(days=55)
    statements.clear()
    sixty_days()
    assert len(statements) == 1


def test_a_first_answer_takes_as_many_statements_with_more_providers(app, statements):
    counts = []
    for name in ("Dr. Third", "Dr. Fourth"):
        with unit_of_work():
            add_providers([name], EXAMPLE_CLINIC)
        forget()
        statements.clear()
        sixty_days()
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 6


def test_what_lies_behind_is_not_read(app, statements):
    sixty_days()
    by = "Index Scan" if is_postgresql() else "INDEX ix_appointments_blocked_until"
    assert by in plan_of(*statements[-1])


def test_the_own_call_of_a_submission_is_found_by_an_index(app, statements):
    queries.kept_for(factories.sent().id)
    assert "appointments_submission" in plan_of(*statements[-1])


def plan_of(statement: str, parameters: Any) -> str:
    """How the database goes about a statement."""
    connection = db.session.connection()
    if is_postgresql():  # with a handful of rows it would rather read them all
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    explain = "EXPLAIN" if is_postgresql() else "EXPLAIN QUERY PLAN"
    rows = connection.exec_driver_sql(f"{explain} {statement}", parameters)
    return " ".join(str(row) for row in rows)
