"""The geometry of charts: nothing leaves the drawing, and gaps stay gaps."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.staff.dashboard_periods import SPANS, span_named
from intake.staff.dashboard_plots import (
    BOTTOM,
    TOP,
    bars_of,
    below,
    line_of,
    middles,
    named,
    scale_of_counts,
    scale_of_minutes,
)
from intake.staff.dashboard_words import open_time, percent

COUNTS = st.lists(st.integers(0, 5000), min_size=1, max_size=26)


@settings(max_examples=40)
@given(COUNTS)
def test_bars_stay_inside_and_a_part_is_never_more_than_the_whole(totals):
    scale = scale_of_counts(max(totals))
    for bar in bars_of(totals, [total // 2 for total in totals], scale):
        assert TOP <= bar.y <= bar.part_y <= BOTTOM
        assert bar.part_height <= bar.height


@pytest.mark.parametrize(
    ("most", "values"),
    [(0, [0, 1]), (3, [0, 1, 2, 3]), (26, [0, 10, 20, 30]), (105, [0, 50, 100, 150])],
)
def test_scales_are_round(most, values):
    assert scale_of_counts(most).values == values


@pytest.mark.parametrize(("most", "lines"), [(5, 1), (60, 4), (480, 4), (630, 4), (2000, 3)])
def test_hours_are_round(most, lines):
    scale = scale_of_minutes(most)
    assert scale.lines == lines
    assert scale.values[-1] >= most


def test_a_week_without_a_value_breaks_the_line():
    found = line_of([60, 30, None, 45, None, 15, 20], scale_of_minutes(60))
    assert [piece.count(",") for piece in found.pieces] == [2, 2]
    assert len(found.points) == 2  # the lonely one, and the end


def test_words_do_not_touch():
    values = [5, 9, 8, 7, 9, 9]
    found = named(values, [str(value) for value in values], scale_of_counts(9))
    xs = [word.x for word in found]
    assert all(later - earlier > 30 for earlier, later in pairwise(xs))
    assert named([None], [""], scale_of_counts(1)) == []


def test_at_most_eight_periods_are_named():
    assert [len(below([""] * number)) for number in (1, 8, 12, 26)] == [1, 8, 6, 7]
    assert middles(1) != []


@pytest.mark.parametrize("span", SPANS, ids=lambda span: span.key)
def test_a_span_ends_with_the_current_period(span):
    starts = span.starts(date(2027, 1, 1))
    assert len(starts) == span.number
    assert starts == sorted(set(starts))
    assert starts[-1] == (date(2026, 12, 28) if span.kind == "week" else date(2027, 1, 1))
    assert span_named(span.key) == span


def test_an_unknown_span_is_the_usual_one():
    assert span_named("for-ever").key == "12-weeks"


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(None, "–"), (0, "under 5 min"), (45, "45 min"), (130, "2 h 10 min"), (720, "12 h")],
)
def test_times_are_told_in_open_hours(minutes, words):
    assert open_time(minutes) == words


def test_a_rate_of_nothing_is_no_rate():
    assert (percent(None), percent(0.815)) == ("–", "82%")
