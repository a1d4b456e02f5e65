import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from intake.audit import log
from intake.core.db import db, is_postgresql, unit_of_work
from tests import factories


def write_three() -> None:
    with unit_of_work():
        for action in ("one", "two", "three"):
            log.record(action, actor="system", now=factories.MONDAY_MORNING)


def without_protection(statement: str) -> None:
    """What somebody with full access to the database could do."""
    with unit_of_work():
        if is_postgresql():
            db.session.execute(text("ALTER TABLE audit_log DISABLE TRIGGER ALL"))
        else:
            db.session.execute(text("DROP TRIGGER audit_log_no_update"))
            db.session.execute(text("DROP TRIGGER audit_log_no_delete"))
        db.session.execute(text(statement))
        if is_postgresql():
            db.session.execute(text("ALTER TABLE audit_log ENABLE TRIGGER ALL"))


def test_an_untouched_log_verifies(app):
    write_three()
    assert log.verify() is None


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_log SET actor = 'x' WHERE action = 'two'", "DELETE FROM audit_log"],
)
def test_the_database_refuses_changes(app, statement):
    write_three()
    with pytest.raises(DBAPIError), unit_of_work():
        db.session.execute(text(statement))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_log SET actor = 'x' WHERE action = 'two'",
        "UPDATE audit_log SET detail = 'x' WHERE action = 'one'",
        "DELETE FROM audit_log WHERE action = 'two'",
        "UPDATE audit_log SET chain = '' WHERE action = 'three'",
    ],
)
def test_a_change_behind_the_databases_back_is_found(app, statement):
    write_three()
    without_protection(statement)
    db.session.expire_all()
    assert log.verify() is not None
