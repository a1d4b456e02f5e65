"""Which questions are shown, and which answers survive a change of mind."""

import pytest
from hypothesis import given

from intake.screening.instrument import Instrument
from tests.unit.screening.answers import CATALOG, drawn, forms

ASQ, PHQ9, PTSD = CATALOG["asq"], CATALOG["phq9"], CATALOG["pc_ptsd_5"]


def shown(instrument: Instrument, answers: dict[str, object]) -> list[str]:
    return [item.id for item in instrument.visible_items(answers)]


@pytest.mark.parametrize("answer", ["yes", "declined"])
@pytest.mark.parametrize("question", ["q1", "q2", "q3", "q4"])
def test_a_yes_or_a_refusal_opens_the_question_about_right_now(question: str, answer: str) -> None:
    assert shown(ASQ, {question: answer})[-1] == "q5"


def test_four_noes_do_not_open_it() -> None:
    assert shown(ASQ, dict.fromkeys(("q1", "q2", "q3", "q4"), "no")) == ["q1", "q2", "q3", "q4"]


def test_difficulty_is_asked_once_any_problem_is_checked() -> None:
    assert "q10" not in shown(PHQ9, {f"q{i}": 0 for i in range(1, 10)})
    assert "q10" in shown(PHQ9, {"q9": 1})


def test_symptoms_are_asked_only_after_exposure() -> None:
    assert shown(PTSD, {}) == ["exposure"]
    assert shown(PTSD, {"exposure": "no"}) == ["exposure"]
    assert len(shown(PTSD, {"exposure": "yes"})) == 6


def test_history_asks_about_the_chosen_conditions_only() -> None:
    history = CATALOG["history"]
    assert "ad_trials" not in shown(history, {"conditions": ["migraine", "ptsd"]})
    assert "migraine_treatments" in shown(history, {"conditions": ["migraine", "ptsd"]})
    assert "ad_trials" in shown(history, {"conditions": ["depression"]})


def test_an_answer_to_a_hidden_question_opens_nothing() -> None:
    stale = {"conditions": ["migraine"], "ad_classes": ["ssri"]}
    assert "ad_effect_ssri" not in shown(CATALOG["history"], stale)


def test_stale_and_blank_answers_are_dropped_and_the_rest_put_in_order() -> None:
    answers = {"q2": "yes", "exposure": "no", "q1": None}
    assert PTSD.clean(answers) == {"exposure": "no"}
    history = {"anything_else": "  ", "pay": "unsure", "conditions": []}
    assert CATALOG["history"].clean(history) == {"pay": "unsure"}
    assert list(PHQ9.clean({"q3": 0, "q1": 2})) == ["q1", "q3"]


def test_a_yes_to_right_now_survives_four_noes() -> None:
    noes: dict[str, object] = dict.fromkeys(("q1", "q2", "q3", "q4"), "no")
    assert ASQ.clean(noes | {"q5": "yes"})["q5"] == "yes"
    assert "q5" not in ASQ.clean(noes | {"q5": "no"})
    assert "q5" not in ASQ.clean(noes | {"q5": "declined"})


class TestGate:
    def test_it_shows_two_questions_until_they_add_up_to_two(self) -> None:
        gated = PHQ9.behind_gate()
        assert shown(gated, {}) == ["q1", "q2"]
        assert shown(gated, {"q1": 1, "q2": 0}) == ["q1", "q2"]
        assert len(shown(gated, {"q1": 1, "q2": 1})) == 10

    def test_difficulty_keeps_its_own_condition(self) -> None:
        assert "q10" in shown(PHQ9.behind_gate(), {"q1": 2})

    @pytest.mark.parametrize("item9", [1, 2, 3])
    def test_it_drops_what_was_answered_before_it_closed_but_never_item_nine(
        self, item9: int
    ) -> None:
        answers: dict[str, object] = {"q1": 0, "q2": 0, "q3": 3, "q9": item9}
        assert PHQ9.behind_gate().clean(answers) == {"q1": 0, "q2": 0, "q9": item9}

    def test_an_instrument_without_a_gate_is_shown_as_it_is(self) -> None:
        assert PTSD.behind_gate() is PTSD


@drawn
@given(answers=forms(CATALOG["history"]))
def test_cleaned_answers_belong_to_questions_that_are_shown(answers: dict[str, object]) -> None:
    history = CATALOG["history"]
    cleaned = history.clean(answers)
    assert set(cleaned) <= set(shown(history, cleaned))
