"""Counted figures: medians, rates, and that nobody can be told apart."""

from dataclasses import replace

import pytest

from intake.exports.figures import (
    ALL,
    Facts,
    added,
    counted,
    series,
    step_of,
    summaries,
    summary_of,
)

SOMEBODY = Facts(
    level=0,
    conditions=("depression",),
    source="friend",
    minutes=None,
    reached=False,
    booked=False,
    held=False,
    no_show=False,
)


def summary(*facts):
    return summary_of(counted(facts).get(ALL, {}))


def after(*minutes):
    return [replace(SOMEBODY, minutes=each) for each in minutes]


def many(number, **values):
    return [replace(SOMEBODY, **values)] * number


def test_median_and_ninetieth_are_those_of_people_not_of_guesses():
    found = summary(*after(5, 10, 15, 20, 25, 30, 35, 40, 45, 300), SOMEBODY)
    assert (found.asked, found.contacted) == (11, 10)
    assert (found.median, found.ninetieth) == (25, 45)


@pytest.mark.parametrize("minutes", [0, 4, 5, 59, 119, 120, 134, 959, 960, 1019, 9999])
def test_a_step_begins_at_or_before_its_times(minutes):
    assert step_of(minutes) <= minutes
    assert step_of(step_of(minutes)) == step_of(minutes)


def test_rates_are_of_those_who_asked_or_whose_call_has_an_outcome():
    held = many(6, reached=True, booked=True, held=True)
    missed = many(2, reached=True, booked=True, no_show=True)
    ahead = many(2, reached=True, booked=True)
    found = summary(*held, *missed, *ahead, *many(2))
    assert found.reached_rate == pytest.approx(10 / 12)
    assert found.held_rate == pytest.approx(0.75)
    assert found.no_show_rate == pytest.approx(0.25)


def test_nothing_counted_gives_no_rate():
    found = summary()
    assert (found.asked, found.median, found.reached_rate, found.no_show_rate) == (0,) + (None,) * 3


def test_days_add_up():
    monday, tuesday = counted(after(10)), counted(after(20, 30))
    assert added([monday, tuesday]) == counted(after(10, 20, 30))


def test_somebody_with_two_conditions_counts_in_both_and_once_in_all():
    document = counted([replace(SOMEBODY, conditions=("ptsd", "migraine"))])
    assert document[ALL]["asked"] == 1
    assert {"condition ptsd", "condition migraine"} <= document.keys()


def test_groups_of_few_people_are_not_shown():
    document = counted([*many(5), *many(4, conditions=("ptsd",))])
    found = summaries(document, "condition")
    assert found["depression"].asked == 5
    assert found["ptsd"] is None


def test_a_hidden_group_cannot_be_told_from_what_is_missing():
    document = counted([*many(9), *many(7, level=1), *many(1, level=2)])
    found = summaries(document, "level")
    assert found["0"].asked == 9
    assert (found["1"], found["2"]) == (None, None)


def test_a_hidden_week_cannot_be_told_from_what_is_missing():
    weeks = {1: counted(many(9)), 2: counted(many(6)), 3: counted(many(2)), 4: counted([])}
    found = series(weeks, "condition depression")
    assert [each and each.asked for each in found.values()] == [9, None, None, 0]
    assert [each.asked for each in series(weeks, ALL).values()] == [9, 6, 2, 0]
