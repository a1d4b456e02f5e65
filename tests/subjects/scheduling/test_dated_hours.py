"""Dated hours in the tables reach the free times."""

from datetime import date

import pytest
from flask import Flask

from intake.core.db import db, unit_of_work
from intake.core.remember import forget
from intake.scheduling import queries
from intake.scheduling.models import DatedHours, Provider
from tests.factories import MONDAY_MORNING

TUESDAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("hours", "times"), [([], []), ([["13:00", "14:00"]], ["13:00", "13:30"])], ids=str
)
def test_they_replace_the_weekly_hours_of_that_date(
    app: Flask, hours: list[list[str]], times: list[str]
) -> None:
    with unit_of_work():
        provider = db.session.get_one(Provider, 1)
        provider.dated.append(DatedHours(day=TUESDAY, hours=hours))
        forget()
    diary = queries.diary(now=MONDAY_MORNING)
    found = diary.free(now=MONDAY_MORNING, first_day=TUESDAY, last_day=TUESDAY)
    tz = diary.calendars[1].tz
    walls = [f"{each.starts_at.astimezone(tz):%H:%M}" for each in found if each.provider_id == 1]
    assert [wall for wall in walls if wall in times] == times
    assert len(walls) <= len(times)
