"""The clinic as it is stored: its settings, and the dates on which it is closed."""

from datetime import UTC, date, datetime

from flask import Flask

from intake.clinic.service import current_clinic
from tests.factories import MONDAY_MORNING

THANKSGIVING = date(2026, 11, 26)


def test_it_knows_the_dates_on_which_it_is_closed(app: Flask) -> None:
    assert THANKSGIVING in current_clinic().closed


def test_a_promised_answer_is_not_due_on_a_holiday(app: Flask) -> None:
    wednesday = MONDAY_MORNING.replace(day=25)
    due = current_clinic().hours.add_open_minutes(wednesday, 480)
    assert due == datetime(2026, 11, 27, 16, 0, tzinfo=UTC)
