"""Levels are ordered, and the highest wins."""

import itertools

import pytest

from intake.screening.level import Level


def test_levels_ascend_from_routine_to_urgent_acute() -> None:
    assert sorted(Level, reverse=True) == [
        Level.URGENT_ACUTE,
        Level.URGENT,
        Level.CLINICIAN_REVIEW,
        Level.ROUTINE,
    ]
    assert [level.rank for level in Level] == [0, 1, 2, 3]


@pytest.mark.parametrize(("previous", "new"), list(itertools.product(Level, Level)))
def test_a_level_never_falls(previous: Level, new: Level) -> None:
    highest = Level.highest(previous, new)
    assert highest in (previous, new)
    assert highest >= previous
    assert highest >= new


def test_no_level_yet_counts_as_routine() -> None:
    assert Level.highest(None) is Level.ROUTINE
    assert Level.highest(None, Level.URGENT) is Level.URGENT


def test_a_level_compares_with_levels_only() -> None:
    with pytest.raises(TypeError):
        assert Level.URGENT < "urgent"  # type: ignore[operator]
