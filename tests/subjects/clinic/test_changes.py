"""Changing settings: each change audited, and of two editors at the same moment one is told."""

import threading

import pytest
from flask import Flask
from sqlalchemy import select

from intake.audit.models import AuditEntry
from intake.clinic.clinic import ClinicSettingsError
from intake.clinic.service import (
    SettingsChanged,
    UnsafeSettings,
    change_settings,
    current_clinic,
    fingerprint,
    fresh_clinic,
    last_change,
    set_up,
)
from intake.core.db import db, unit_of_work
from tests.factories import MONDAY_MORNING as NOW

BY = {"actor": "user:1", "now": NOW}


def seen(*names: str) -> str:
    return fingerprint(fresh_clinic(), names)


def test_each_change_is_written_down_with_both_values(app: Flask) -> None:
    with unit_of_work():
        change_settings({"draft_days": 7, "name": "Quiet"}, seen=seen("draft_days", "name"), **BY)
    query = select(AuditEntry.detail).where(AuditEntry.action == "setting changed")
    assert sorted(db.session.scalars(query)) == [
        "draft_days: 14 -> 7",
        'name: "Iconic Infusions" -> "Quiet"',
    ]
    change = last_change(("draft_days",))
    assert change is not None
    assert (change.actor, change.at) == ("user:1", NOW)
    assert last_change(("states",)) is None


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"draft_days": 0}, ClinicSettingsError),
        ({"staff_recipients": []}, ClinicSettingsError),
        ({"review_minutes": 481}, ClinicSettingsError),
        ({"backup_contact": None}, UnsafeSettings),
    ],
)
def test_what_is_wrong_or_unsafe_is_not_stored(app: Flask, values, refusal) -> None:
    with pytest.raises(refusal), unit_of_work():
        change_settings(values, seen=seen(*values), **BY)
    assert fresh_clinic().backup_contact is not None


def test_the_file_leaves_the_same_traces(app: Flask) -> None:
    with unit_of_work():
        set_up(current_clinic(), actor="command line", now=NOW)
    assert last_change(("name",)) is None, "nothing was new"


def test_of_two_at_the_same_moment_one_is_told(app: Flask) -> None:
    before, barrier, refused = seen("draft_days"), threading.Barrier(2), []

    def change(days: int) -> None:
        with app.app_context():
            barrier.wait()
            try:
                with unit_of_work():
                    change_settings({"draft_days": days}, seen=before, **BY)
            except SettingsChanged:
                refused.append(days)

    at_once(change, 7, 8)
    assert len(refused) == 1
    db.session.rollback()
    assert {fresh_clinic().draft_days, *refused} == {7, 8}


def at_once(work, *values: object) -> None:
    """Do the same for each value, all at the same time."""
    threads = [threading.Thread(target=work, args=(value,)) for value in values]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
