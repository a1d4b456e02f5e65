"""Why the grid of free times has none in a part of a day."""

from datetime import timedelta

import pytest
import time_machine

from tests import factories
from tests.appointments import rule
from tests.browse import Browser
from tests.factories import MONDAY_MORNING
from tests.web.staff.people import let_in


@pytest.mark.parametrize(
    ("hours_later", "too_soon"),
    [(0, 3), (15, 1), (19, 3)],  # 12 hours' notice from Monday 10 am, Tuesday 1 am, Tuesday 5 am
)
def test_too_soon_is_not_said_to_be_taken(app, hours_later: int, too_soon: int) -> None:
    submission = factories.sent()
    now = MONDAY_MORNING + timedelta(hours=hours_later)
    with time_machine.travel(now, tick=False):
        page = let_in(Browser(app)).get(f"/staff/submissions/{submission.id}?from={now:%Y-%m-%d}")
    assert page.text.count("Too soon") == too_soon
    assert "None left" not in page.text


@pytest.mark.parametrize(("hours_later", "first"), [(0, "Tue"), (15, "Tue"), (19, "Wed")])
def test_the_grid_opens_with_the_next_day_that_has_a_time(
    app, hours_later: int, first: str
) -> None:
    submission = factories.sent()
    with time_machine.travel(MONDAY_MORNING + timedelta(hours=hours_later), tick=False):
        page = let_in(Browser(app)).get(f"/staff/submissions/{submission.id}")
    [grid] = [each for each in page.all("table") if each.get("class") == "book"]
    assert next(grid.iter("{*}b")).text == first


def test_a_part_that_is_full_is_said_to_be(app) -> None:
    rule(daily_cap=0)
    submission = factories.sent()
    with time_machine.travel(MONDAY_MORNING, tick=False):
        page = let_in(Browser(app)).get(f"/staff/submissions/{submission.id}")
    assert "None left" in page.text
