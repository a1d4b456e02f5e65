"""Hours of a day as people write them."""

from contextlib import suppress
from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.scheduling.slots import MIDNIGHT, Window
from intake.staff.wall_hours import HoursUnreadable, hours_words, read_hours

NINE_TO_FIVE = ((time(9), time(17)),)


@pytest.mark.parametrize(
    "text",
    [
        *("9:00 am – 5:00 pm", "9am-5pm", "9 a.m. to 5 p.m.", "09:00-17:00", "9:00 – 17:00"),
        *("9-5pm", "9 AM — 5 PM", " 9:00am until  5:00pm ", "0900-1700"),
    ],
)
def test_nine_to_five_is_read_however_it_is_written(text: str) -> None:
    assert read_hours(text) == NINE_TO_FIVE


@pytest.mark.parametrize("text", ["", "  ", "closed", "Away", "–"])
def test_nothing_is_a_day_without_hours(text: str) -> None:
    assert read_hours(text) == ()


def test_several_periods_come_in_order() -> None:
    wanted = ((time(9), time(12)), (time(13), time(17)))
    assert read_hours("1 pm – 5 pm, 9 am – noon") == wanted
    assert read_hours("9am-12pm and 1-5pm") == wanted


def test_a_day_may_end_at_midnight() -> None:
    assert read_hours("8 pm – midnight") == ((time(20), MIDNIGHT),)
    assert read_hours("20:00-24:00") == ((time(20), MIDNIGHT),)
    assert read_hours("12:00 am – 12:00 am") == ((MIDNIGHT, MIDNIGHT),)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("9-5", "am or pm"),
        ("9am-5", "am or pm"),
        ("9:00 am - 5:00", "am or pm"),
        ("nine to five", "Write hours like"),
        ("9am", "Write hours like"),
        ("5pm-9am", "end before"),
        ("17:00-09:00", "end before"),
        ("9am-9am", "end before"),
        ("9am-1pm, 12pm-5pm", "overlap"),
        ("13pm-14pm", "1 to 12"),
        ("25:00-26:00", "no such time"),
        ("9:00-17:61", "no such time"),
        (", ".join(f"{hour}:00-{hour}:30" for hour in range(1, 9)), "or fewer"),
        ("<b>9am</b>-5pm", "Write hours like"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_what_to_do(text: str, said: str) -> None:
    with pytest.raises(HoursUnreadable, match=said):
        read_hours(text)


@st.composite
def days(draw: st.DrawFn) -> tuple[Window, ...]:
    edges = sorted(draw(st.sets(st.integers(0, 288), max_size=8)))
    walls = [time(each // 12 % 24, each % 12 * 5) for each in edges]
    return tuple(zip(walls[::2], walls[1::2], strict=False))


@given(days())
def test_what_is_shown_is_read_back_the_same(windows: tuple[Window, ...]) -> None:
    assert read_hours(hours_words(windows)) == windows


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(HoursUnreadable):
        assert isinstance(read_hours(text), tuple)
