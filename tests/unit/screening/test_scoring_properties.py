"""What holds for all answers: order, monotony, honest bounds, no stale answers, no surprises."""

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.screening import scoring
from intake.screening.errors import AnswerError
from intake.screening.results import AsqOutcome
from intake.screening.scoring import score
from tests.unit.screening.answers import CATALOG, SCORED, drawn, forms, json_values

CLAIMS = {
    "phq9": ("phq2_positive_2", "phq2_positive_3", "screen_positive_10"),
    "gad7": ("gad2_positive_3", "further_evaluation_10"),
    "pc_ptsd_5": ("positive_3", "positive_4"),
}
each_instrument = pytest.mark.parametrize("instrument_id", SCORED)


@each_instrument
@drawn
@given(data=st.data())
def test_the_order_of_answers_is_irrelevant(instrument_id: str, data: st.DataObject) -> None:
    instrument = CATALOG[instrument_id]
    answers = data.draw(forms(instrument))
    turned = {
        key: value[::-1] if isinstance(value, list) else value
        for key, value in reversed(answers.items())
    }
    assert score(instrument, turned).as_dict() == score(instrument, answers).as_dict()


@each_instrument
@drawn
@given(data=st.data())
def test_only_answers_that_survive_cleaning_count(instrument_id: str, data: st.DataObject) -> None:
    instrument = CATALOG[instrument_id]
    answers = data.draw(forms(instrument))
    cleaned = instrument.clean(answers)
    assert score(instrument, cleaned).as_dict() == score(instrument, answers).as_dict()
    assert instrument.clean(cleaned) == cleaned


@pytest.mark.parametrize("instrument_id", ["phq9", "gad7", "peg", "midas"])
@drawn
@given(data=st.data())
def test_a_worse_answer_never_lowers_the_score(instrument_id: str, data: st.DataObject) -> None:
    instrument = CATALOG[instrument_id]
    scored = [item for item in instrument.items if item.scored]
    before = {item.id: data.draw(st.integers(0, 2)) for item in scored}
    worse = data.draw(st.sampled_from([item.id for item in scored]))
    low = _sum(score(instrument, before).as_dict())
    high = _sum(score(instrument, before | {worse: before[worse] + 1}).as_dict())
    assert high == low + 1


def _sum(result: dict[str, Any]) -> int:
    return int(result["total"] if "total" in result else result["sum"])


@pytest.mark.parametrize("instrument_id", sorted(CLAIMS))
@drawn
@given(data=st.data())
def test_a_claim_says_what_every_way_to_finish_would_say(
    instrument_id: str, data: st.DataObject
) -> None:
    instrument = CATALOG[instrument_id]
    answers = data.draw(forms(instrument)) | {"exposure": "yes"}
    answers = {key: value for key, value in answers.items() if key in _items(instrument_id)}
    scored = [item for item in instrument.items if item.scored]
    blank = [item for item in scored if answers.get(item.id) is None]
    ends = [
        score(instrument, answers | {item.id: choose(item) for item in blank}).as_dict()
        for choose in (_least, _most)
    ]
    now = score(instrument, answers).as_dict()
    for claim in CLAIMS[instrument_id]:
        least, most = (end[claim] for end in ends)
        assert now[claim] == (least if least == most else None)


def _items(instrument_id: str) -> set[str]:
    return {item.id for item in CATALOG[instrument_id].items}


def _least(item: Any) -> object:
    return min(item.options, key=lambda option: option.score).value


def _most(item: Any) -> object:
    return max(item.options, key=lambda option: option.score).value


@drawn
@given(answers=forms(CATALOG["pc_ptsd_5"]), worse=st.sampled_from([f"q{i}" for i in range(1, 6)]))
def test_another_yes_never_lowers_a_count(answers: dict[str, Any], worse: str) -> None:
    before = scoring.pc_ptsd_5(CATALOG["pc_ptsd_5"], answers)
    after = scoring.pc_ptsd_5(CATALOG["pc_ptsd_5"], answers | {worse: "yes"})
    assert after.yes_count >= before.yes_count
    assert set(after.flags) >= set(before.flags)


@each_instrument
@drawn
@given(data=st.data())
def test_answers_to_hidden_questions_never_count(instrument_id: str, data: st.DataObject) -> None:
    instrument = CATALOG[instrument_id]
    answers = data.draw(forms(instrument))
    shown = {item.id for item in instrument.visible_items(answers)}
    stale = [
        item.id
        for item in instrument.items
        if item.id not in shown and answers.get(item.id) not in item.counts_when_hidden
    ]
    fresh = {key: value for key, value in answers.items() if key not in stale}
    assert score(instrument, answers).as_dict() == score(instrument, fresh).as_dict()


@drawn
@given(answers=forms(CATALOG["phq9"]), gate=st.sampled_from([(0, 0), (0, 1), (1, 0)]))
def test_behind_a_closed_gate_only_the_gate_and_thoughts_of_death_count(
    answers: dict[str, Any], gate: tuple[int, int]
) -> None:
    gated = CATALOG["phq9"].behind_gate()
    stale = answers | dict(zip(("q1", "q2"), gate, strict=True))
    result = scoring.phq9(gated, stale)
    item9 = stale.get("q9") or 0
    assert result.total is None
    assert result.partial_sum == sum(gate) + item9
    assert (result.item9 or 0) == item9


@drawn
@given(answers=forms(CATALOG["phq9"]))
def test_the_phq9_total_is_never_below_its_lower_bound(answers: dict[str, Any]) -> None:
    instrument = CATALOG["phq9"]
    partial = scoring.phq9(instrument, answers)
    blank = {f"q{i}": 1 for i in range(1, 10) if answers.get(f"q{i}") is None}
    total = scoring.phq9(instrument, answers | blank).total
    assert total == partial.partial_sum + len(blank)


@drawn
@given(answers=forms(CATALOG["asq"]))
def test_nothing_hides_a_yes_to_thoughts_right_now(answers: dict[str, Any]) -> None:
    result = scoring.asq(CATALOG["asq"], answers | {"q5": "yes"})
    assert result.outcome is AsqOutcome.ACUTE_POSITIVE


@drawn
@given(answers=forms(CATALOG["asq"]))
def test_a_yes_or_a_refusal_is_always_positive(answers: dict[str, Any]) -> None:
    any_of_four = {answers.get(f"q{i}") for i in range(1, 5)}
    result = scoring.asq(CATALOG["asq"], answers | {"q5": "no"})
    assert result.is_positive == bool(any_of_four & {"yes", "declined"})


@drawn
@given(stale=forms(CATALOG["pc_ptsd_5"]))
def test_symptoms_never_count_without_exposure(stale: dict[str, Any]) -> None:
    result = scoring.pc_ptsd_5(CATALOG["pc_ptsd_5"], stale | {"exposure": "no"})
    assert (result.total, result.complete, result.flags) == (0, True, ())


@each_instrument
@drawn
@given(data=st.data())
def test_flags_are_those_the_data_file_explains(instrument_id: str, data: st.DataObject) -> None:
    instrument = CATALOG[instrument_id]
    flags = score(instrument, data.draw(forms(instrument))).as_dict().get("flags", [])
    known = [flag.id for flag in instrument.flags]
    assert isinstance(flags, list)
    assert flags == [flag for flag in known if flag in flags]


@each_instrument
@drawn
@given(data=st.data())
def test_junk_raises_nothing_but_an_answer_error(instrument_id: str, data: st.DataObject) -> None:
    instrument = CATALOG[instrument_id]
    keys = st.sampled_from([item.id for item in instrument.items]) | st.text(max_size=5)
    junk = data.draw(st.dictionaries(keys, json_values, max_size=4))
    instrument.visible_items(junk)
    with contextlib.suppress(AnswerError):
        score(instrument, junk)
