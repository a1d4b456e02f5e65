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
    with time_machine.travel(MONDAY_MORNING + timedelta(hours=hours_later), tick=False):
        page = let_in(Browser(app)).get(f"/staff/submissions/{submission.id}")
    assert page.text.count("Too soon") == too_soon
    assert "None left" not in page.text


def test_a_part_that_is_full_is_said_to_be(app) -> None:
    rule(daily_cap=0)
    submission = factories.sent()
    with time_machine.travel(MONDAY_MORNING, tick=False):
        page = let_in(Browser(app)).get(f"/staff/submissions/{submission.id}")
    assert "None left" in page.text
