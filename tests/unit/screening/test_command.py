"""The command line's half of screening: JSON in, JSON out, one clear line when it is wrong."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.screening.command import score_json, triage_json
from intake.screening.errors import InputError
from intake.screening.facts import AnswerSheet
from intake.screening.scoring import score
from intake.screening.triage import evaluate
from tests.unit.screening.answers import CATALOG, SCORED, drawn, intakes, json_values

SUMMARY_KEYS = [
    *("asq", "phq9", "headache", "gad7", "pc_ptsd_5", "peg", "screen", "history", "conditions"),
    *("q9", "total", "partial_sum", "emergency_now", "review", "skipped", "flags", "ad_trials"),
]


def fired(summary: dict[str, Any]) -> list[str]:
    return list(json.loads(triage_json(json.dumps(summary)))["fired"])


def test_it_scores_answers() -> None:
    assert json.loads(score_json("asq", '{"q1": "yes", "q5": "no"}')) == {
        "result": "non_acute_positive"
    }


@pytest.mark.parametrize(
    ("instrument_id", "text", "message"),
    [
        ("phq8", "{}", "phq8: is not an instrument"),
        ("phq9", "", "is not valid JSON: Expecting value (line 1, column 1)"),
        ("phq9", "[]", "must be an object"),
        ("phq9", "3", "must be an object"),
        ("phq9", '{"q1": NaN}', "is not valid JSON: NaN is no number"),
        ("phq9", '{"q12": 1}', "q12: is not a question of phq9"),
        ("phq9", '{"q1": 4}', "q1: must be one of 0, 1, 2, 3"),
        ("phq9", '{"q1": true}', "q1: must be one of 0, 1, 2, 3"),
        ("phq9", '{"q1": "2"}', "q1: must be one of 0, 1, 2, 3"),
        ("phq9", '{"q1": 2.0}', "q1: must be one of 0, 1, 2, 3"),
        ("phq9", '{"q9": 3, "q9": 0}', "q9: is given twice"),
        ("phq9", '{"q\\n1": 1}', "q\\n1: is not a question of phq9"),
        ("midas", '{"q1": 93}', "q1: must be a whole number from 0 to 92"),
    ],
)
def test_wrong_answers_are_refused_in_one_line(instrument_id: str, text: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        score_json(instrument_id, text)
    assert str(caught.value) == message


def test_deep_nesting_and_endless_numbers_are_refused() -> None:
    for text in ("[" * 100_000, '{"q1": ' + "1" * 10_000 + "}"):
        with pytest.raises(InputError, match="too long or the nesting too deep"):
            score_json("phq9", text)


@pytest.mark.parametrize(
    ("summary", "rules"),
    [
        ({}, ["R0"]),
        ({"asq": None, "phq9": None, "screen": None, "headache": None}, ["R0"]),
        ({"asq": "incomplete"}, ["S5"]),
        ({"asq": "acuity_unknown"}, ["S2"]),
        ({"asq": {"result": "acute_positive"}}, ["S1"]),
        ({"phq9": {"total": 12, "q9": None}}, ["S6"]),
        ({"phq9": {"total": None, "partial_sum": 12, "q9": None, "shown": True}}, ["S6"]),
        ({"phq9": {"q9": None, "shown": False}}, ["R0"]),
        ({"phq9": {}}, ["S6"]),
        ({"phq9": {"total": None, "partial_sum": 20, "q9": 0}}, ["D1"]),
        ({"phq9": {"total": None, "partial_sum": 19, "q9": 0}}, ["R0"]),
        ({"phq9": {"total": 5, "partial_sum": 20, "q9": 0}}, ["D1"]),
        ({"phq9": {"total": 20, "item9": 1}}, ["S4", "D1"]),
        ({"headache": {"emergency_now": "yes"}}, ["H1"]),
        ({"headache": {"flags": ["headache_emergency"]}}, ["H1"]),
        ({"headache": {"emergency_now": "no", "chronic_pattern": "yes"}}, ["R0"]),
        ({"screen": {"review": ["med_classes.benzo"], "note": ["kidney"]}}, ["M1"]),
        ({"screen": {"skipped": ["bp"]}}, ["M2"]),
        ({"screen": {"note": ["kidney"]}}, ["R0"]),
        ({"history": {"ad_trials": "2"}}, ["R0"]),
        ({"gad7": {"total": 21}, "pc_ptsd_5": {"yes_count": 5}, "peg": {"sum": 30}}, ["R0"]),
        (
            {
                "conditions": ["depression"],
                "history": {"ad_trials": 1, "current_provider": "no", "conditions": ["ptsd"]},
            },
            ["R0"],
        ),
        (
            {
                "asq": "non_acute_positive",
                "phq9": {"total": None, "partial_sum": 21, "q9": None},
                "headache": {"emergency_now": "yes"},
                "screen": {"review": ["bp"], "skipped": ["eye"]},
            },
            ["S3", "H1", "S6", "D1", "M1", "M2"],
        ),
    ],
)
def test_it_triages_a_summary(summary: dict[str, Any], rules: list[str]) -> None:
    assert fired(summary) == rules


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nonsense", "is not valid JSON: Expecting value (line 1, column 1)"),
        ("[]", "must be an object"),
        ('{"asd": "negative"}', "asd: is not known here"),
        ('{"asq": "positive"}', "asq: must be one of negative, incomplete, "),
        ('{"asq": true}', "asq: must be one of negative, "),
        ('{"phq9": 3}', "phq9: must be an object"),
        ('{"phq9": {"totel": 3}}', "phq9.totel: is not known here"),
        ('{"phq9": {"total": 28}}', "phq9.total: must be from 0 to 27"),
        ('{"phq9": {"q9": true}}', "phq9.q9: must be a whole number"),
        ('{"phq9": {"shown": 1}}', "phq9.shown: must be true or false"),
        ('{"headache": {"emergency_now": true}}', "headache.emergency_now: must be one of yes, no"),
        ('{"screen": {"review": "bp"}}', "screen.review: must be a list"),
        ('{"screen": {"review": [1]}}', "screen.review[0]: must be text"),
        ('{"peg": {"sum": 31}}', "peg.sum: must be from 0 to 30"),
        ('{"history": {"ad_trials": -1}}', "history.ad_trials: must be from 0 to 99"),
        ('{"history": {"ad_trials": "many"}}', "history.ad_trials: must be one of none, 1, "),
        ('{"history": {"current_provider": "x"}}', "history.current_provider: must be one of yes"),
        ('{"history": {"conditions": ["x"]}}', "history.conditions[0]: is not known here"),
        ('{"conditions": ["nope"]}', "conditions[0]: is not known here"),
        ('{"conditions": ["ptsd", "\\ud800"]}', "conditions[1]: is not known here"),
        ('{"headache": {"flags": ["x"]}}', "headache.flags[0]: is not known here"),
        ('{"screen": {"review": ["bp", "x"]}}', "screen.review[1]: is not known here"),
        ('{"screen": {"review": ["med_classes.x"]}}', "screen.review[0]: is not known here"),
        ('{"screen": {"review": ["\\ud800"]}}', "screen.review[0]: is not known here"),
        ('{"screen": {"note": ["x"]}}', "screen.note[0]: is not known here"),
        ('{"screen": {"skipped": ["bp.no"]}}', "screen.skipped[0]: is not known here"),
    ],
)
def test_a_wrong_summary_is_refused_in_one_line(text: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        triage_json(text)
    assert str(caught.value).startswith(message)


def test_every_medical_question_and_answer_is_known_in_a_summary() -> None:
    for item in CATALOG["ketamine_safety_screen"].items:
        keys = [item.id, *(f"{item.id}.{option.id}" for option in item.options)]
        assert fired({"screen": {"review": keys, "note": keys, "skipped": [item.id]}})


def test_an_answer_is_never_repeated_in_a_message() -> None:
    with pytest.raises(InputError) as caught:
        triage_json('{"asq": "canary"}')
    assert "canary" not in str(caught.value)


@drawn
@given(answers=intakes())
def test_scores_and_answers_triage_alike(answers: dict[str, Any]) -> None:
    names = {"headache_burden": "headache", "ketamine_safety_screen": "screen"}
    summary = {
        names.get(key, key): score(CATALOG[key], answers[key]).as_dict()
        for key in answers
        if key != "history"
    }
    assert fired(summary) == list(evaluate(CATALOG, AnswerSheet(answers=answers)).fired)


@drawn
@given(instrument_id=st.sampled_from(SCORED) | st.text(max_size=5), text=st.text(max_size=30))
def test_any_text_is_scored_or_refused(instrument_id: str, text: str) -> None:
    _scored_or_refused(instrument_id, text)


@drawn
@given(
    instrument_id=st.sampled_from(SCORED),
    answers=st.dictionaries(st.sampled_from(["q1", "p", "bp", "exposure"]), json_values),
)
def test_any_json_is_scored_or_refused(instrument_id: str, answers: dict[str, Any]) -> None:
    _scored_or_refused(instrument_id, json.dumps(answers))


def _scored_or_refused(instrument_id: str, text: str) -> None:
    try:
        assert isinstance(json.loads(score_json(instrument_id, text)), dict)
    except InputError as refusal:
        message = str(refusal)
        assert len(message.splitlines()) == 1


@drawn
@given(
    summary=st.dictionaries(
        st.sampled_from(SUMMARY_KEYS),
        json_values | st.dictionaries(st.sampled_from(SUMMARY_KEYS), json_values, max_size=3),
        max_size=4,
    )
)
def test_any_summary_is_triaged_or_refused(summary: dict[str, Any]) -> None:
    with contextlib.suppress(InputError):
        assert fired(summary)
