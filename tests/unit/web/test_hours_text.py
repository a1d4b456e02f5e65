"""Office hours in words."""

from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest

from intake.web.filters import day, hours_text, listed, moment, time_of_day

CHICAGO = ZoneInfo("America/Chicago")
NINE_TO_FIVE = ((time(9), time(17)),)
MORNINGS = ((time(8, 30), time(12)),)
SPLIT = ((time(9), time(12)), (time(13), time(17, 15)))
ALL_DAY = ((time(0), time(0)),)
LATE = ((time(18), time(0)),)


class Run(NamedTuple):
    first: int
    last: int
    windows: tuple[tuple[time, time], ...]


@dataclass
class Office:
    week: list[Run]
    tz: ZoneInfo = CHICAGO


@pytest.mark.parametrize(
    ("week", "words"),
    [
        ([Run(0, 4, NINE_TO_FIVE), Run(5, 6, ())], "Monday to Friday, 9 am to 5 pm"),
        ([Run(0, 1, NINE_TO_FIVE), Run(2, 6, ())], "Monday and Tuesday, 9 am to 5 pm"),
        (
            [Run(0, 3, NINE_TO_FIVE), Run(4, 4, MORNINGS), Run(5, 6, ())],
            "Monday to Thursday, 9 am to 5 pm; Friday, 8:30 am to noon",
        ),
        ([Run(0, 4, SPLIT)], "Monday to Friday, 9 am to noon and 1 pm to 5:15 pm"),
        (
            [Run(0, 1, NINE_TO_FIVE), Run(2, 2, ()), Run(3, 4, NINE_TO_FIVE)],
            "Monday, Tuesday, Thursday, and Friday, 9 am to 5 pm",
        ),
        ([Run(0, 6, ALL_DAY)], "Monday to Sunday, all day"),
        ([Run(5, 5, LATE)], "Saturday, 6 pm to midnight"),
    ],
)
def test_it_says_hours_with_their_zone(week: list[Run], words: str) -> None:
    assert hours_text(Office(week)) == f"{words} Central Time"


def test_it_says_so_when_there_are_no_hours() -> None:
    assert hours_text(Office([Run(0, 6, ())])) == "by appointment"


def test_an_instant_is_told_in_local_time() -> None:
    instant = datetime(2026, 12, 3, 15, 30, tzinfo=UTC)
    assert moment(instant, CHICAGO) == "Thursday, December\xa03, 9:30\xa0am Central Time"
    assert day(instant, CHICAGO) == "Thursday, December\xa03"
    assert time_of_day(instant, CHICAGO) == "9:30\xa0am"


def test_words_in_a_row_are_joined() -> None:
    assert listed(["Illinois", "Iowa", "Ohio"]) == "Illinois, Iowa, and Ohio"
