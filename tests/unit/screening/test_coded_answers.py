"""PHQ-9 as other systems exchange it: LOINC codes for questions and answers, the same total."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.screening.scoring import phq9
from tests.unit.screening.answers import CATALOG, drawn

PANEL, TOTAL = "44249-1", "44261-6"
QUESTIONS = (
    *("44250-9", "44255-8", "44259-0", "44254-1", "44251-7", "44258-2", "44252-5"),
    *("44253-3", "44260-8"),
)
POINTS = {"LA6568-5": 0, "LA6569-3": 1, "LA6570-1": 2, "LA6571-9": 3}
"""As LOINC publishes them: the nine questions of the panel in order, and the answers' points."""

BY_POINTS = {points: code for code, points in POINTS.items()}
RECEIVED = {
    "US Core's example, made and added up by LHC-Forms": ("222211200", "LA6573-5", 12),
    "the German PROMs example": ("333333333", "LA6574-3", 27),
}
"""Answers in the order of the form, how difficult, and the total that came with them."""

PHQ9 = CATALOG["phq9"]
coded_answers = st.fixed_dictionaries(
    {}, optional={code: st.sampled_from(sorted(POINTS)) for code in QUESTIONS}
)


def from_codes(coded: dict[str, str]) -> dict[str, object]:
    """Our answers for coded ones."""
    items = {item.loinc: item for item in PHQ9.items}
    return {
        items[question].id: option.value
        for question, answer in coded.items()
        for option in items[question].options
        if option.loinc == answer
    }


def test_the_panel_and_its_total_are_those_of_loinc() -> None:
    assert (PHQ9.loinc["panel"], PHQ9.loinc["total"]) == (PANEL, TOTAL)
    assert [item.loinc for item in PHQ9.items if item.scored] == list(QUESTIONS)


@drawn
@given(coded=coded_answers)
def test_coded_answers_score_as_their_points_add_up(coded: dict[str, str]) -> None:
    result = phq9(PHQ9, from_codes(coded))
    points = sum(POINTS[answer] for answer in coded.values())
    assert result.partial_sum == points
    assert result.answered == len(coded)
    assert result.total == (points if len(coded) == len(QUESTIONS) else None)


@pytest.mark.parametrize(("points", "difficult", "total"), RECEIVED.values(), ids=RECEIVED)
def test_responses_of_other_systems_have_the_total_they_came_with(
    points: str, difficult: str, total: int
) -> None:
    codes = [BY_POINTS[int(each)] for each in points]
    coded = dict(zip(QUESTIONS, codes, strict=True)) | {"69722-7": difficult}
    answers = from_codes(coded)
    assert len(answers) == 10
    assert phq9(PHQ9, answers).total == total
