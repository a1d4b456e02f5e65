import threading

import pytest
from sqlalchemy import select, text

from intake.clinic.models import ClinicSettings
from intake.core.db import (
    WriteOutsideUnitOfWork,
    db,
    is_postgresql,
    repeatable_work,
    unit_of_work,
)


def test_a_write_outside_a_unit_of_work_is_refused(app):
    row = db.session.get(ClinicSettings, 1)
    row.document = {**row.document, "name": "Other"}
    with pytest.raises(WriteOutsideUnitOfWork):
        db.session.flush()


def test_a_unit_of_work_does_not_open_inside_another(app):
    with unit_of_work(), pytest.raises(WriteOutsideUnitOfWork), unit_of_work():
        pass


def test_only_what_is_simply_repeated_does_not_wait_for_the_disk(app):
    asking = "SHOW synchronous_commit" if is_postgresql() else "PRAGMA synchronous"
    usual = db.session.scalar(text(asking)) if is_postgresql() else 2
    for work, waits in ((repeatable_work, "off" if is_postgresql() else 1), (unit_of_work, usual)):
        with work() as opened:
            assert opened.scalar(text(asking)) == waits


def test_nothing_is_kept_when_a_unit_of_work_fails(app):
    with pytest.raises(ZeroDivisionError), unit_of_work():
        row = db.session.get(ClinicSettings, 1)
        row.document = {**row.document, "name": "Other"}
        db.session.flush()
        raise ZeroDivisionError
    document = db.session.scalar(select(ClinicSettings.document))
    assert document["name"] == "Iconic Infusions"


def test_no_acknowledged_update_is_lost_between_threads(app):
    """The SQLite driver's own transactions lose three of four; on PostgreSQL the row is locked."""

    def add_ten():
        with app.app_context():
            for _ in range(10):
                with unit_of_work():
                    row = db.session.get(ClinicSettings, 1, with_for_update=True)
                    row.document = {**row.document, "count": row.document.get("count", 0) + 1}

    threads = [threading.Thread(target=add_ten) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    document = db.session.scalar(select(ClinicSettings.document))
    assert document["count"] == 40
