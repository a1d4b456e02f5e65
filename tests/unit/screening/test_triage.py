"""Levels and reasons: every rule of the table fires when it should, and none hides another."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.screening.errors import AnswerError
from intake.screening.facts import AnswerSheet
from intake.screening.level import Level
from intake.screening.triage import Triage, evaluate
from tests.unit.screening.answers import CALM, CATALOG, drawn, intakes


def triage(changes: dict[str, dict[str, Any] | None], **sheet: Any) -> Triage:
    """Triage of a calm intake with some instruments changed, or left out with None."""
    answers = {key: CALM[key] | (changes.get(key) or {}) for key in CALM}
    kept = {key: answers[key] for key in answers if changes.get(key, {}) is not None}
    return evaluate(CATALOG, AnswerSheet(answers=kept, **sheet))


def texts(result: Triage) -> dict[str, str]:
    return {entry.rule: entry.text for entry in (*result.reasons, *result.notes)}


def test_nothing_to_flag_is_routine_and_says_what_that_is_not() -> None:
    result = triage({})
    assert (result.level, result.fired) == (Level.ROUTINE, ("R0",))
    assert "not a clinical clearance" in result.reasons[0].text
    assert [note.rule for note in result.notes] == ["N1", "N3"]


@pytest.mark.parametrize(
    ("changes", "rule", "level", "text"),
    [
        (
            {"asq": {"q5": "yes"}},
            "S1",
            Level.URGENT_ACUTE,
            "said YES to having thoughts of killing themselves right now (ASQ 5)",
        ),
        ({"asq": {"q2": "yes"}}, "S2", Level.URGENT_ACUTE, "Treat as acute: call now."),
        (
            {"asq": {"q1": "yes", "q3": "declined", "q5": "no"}},
            "S3",
            Level.URGENT,
            "positive suicide screen (ASQ 1, 3 (declined)). A clinician must call",
        ),
        ({"phq9": {"q9": 2}}, "S4", Level.URGENT, "'More than half the days' in the last 2 weeks"),
        (
            {"headache_burden": {"emergency_now": "yes"}},
            "H1",
            Level.URGENT,
            "MEDICAL – reported emergency headache signs right now",
        ),
        ({"asq": {"q4": None}}, "S5", Level.CLINICIAN_REVIEW, "Suicide screen not completed."),
        ({"phq9": {"q9": None}}, "S6", Level.CLINICIAN_REVIEW, "item 9 was left blank"),
        (
            {"phq9": {f"q{i}": 3 for i in range(1, 8)}},
            "D1",
            Level.CLINICIAN_REVIEW,
            "PHQ-9 21/27: severe range.",
        ),
        (
            {"phq9": {f"q{i}": 3 for i in range(1, 8)} | {"q8": None}},
            "D1",
            Level.CLINICIAN_REVIEW,
            "PHQ-9 at least 21/27: severe range.",
        ),
        (
            {"ketamine_safety_screen": {"liver": "unsure"}},
            "M1",
            Level.CLINICIAN_REVIEW,
            "Medical: Liver disease (not sure).",
        ),
        (
            {"ketamine_safety_screen": {"liver": None, "eye": None}},
            "M2",
            Level.CLINICIAN_REVIEW,
            "Medical questions incomplete: eye pressure or injury, liver.",
        ),
    ],
)
def test_each_level_rule_fires_alone(
    changes: dict[str, dict[str, Any] | None], rule: str, level: Level, text: str
) -> None:
    result = triage(changes)
    assert (result.fired, result.level) == ((rule,), level)
    assert text in result.reasons[0].text


@pytest.mark.parametrize(
    ("changes", "rule", "text"),
    [
        ({"phq9": {"q1": 3, "q2": 2}}, "N1", "PHQ-9 5/27 (Mild)."),
        (
            {"phq9": {"q1": None, "q2": 3, "q3": 2}},
            "N2",
            "PHQ-9 incomplete: 8 of 9 answered, total at least 5 (at least Mild).",
        ),
        ({"gad7": {f"q{i}": 2 for i in range(1, 8)}}, "N3", "GAD-7 14/21 (Moderate)."),
        (
            {"pc_ptsd_5": {"exposure": "yes"} | {f"q{i}": "yes" for i in range(1, 4)}},
            "N4",
            "PC-PTSD-5 3/5: positive at cut 3.",
        ),
        (
            {"pc_ptsd_5": {"exposure": "yes"} | {f"q{i}": "yes" for i in range(1, 5)}},
            "N4",
            "PC-PTSD-5 4/5: positive at cut 3 and at cut 4.",
        ),
        ({"peg": {"p": 8, "e": 7, "g": 7}}, "N5", "PEG 7.3/10 (7 or more)."),
        (
            {"headache_burden": {"headache_days": 15, "migraine_days": 8, "over_3_months": "yes"}},
            "N6",
            "Headache days fit the ICHD-3 chronic-migraine count.",
        ),
        (
            {"headache_burden": {"headache_days": 15, "simple_days": 15}},
            "N7",
            "Headache medicine days fit the medication-overuse count.",
        ),
        (
            {"history": {"conditions": ["depression"], "ad_trials": "1"}},
            "N8",
            "fewer than 2 antidepressant trials",
        ),
        (
            {"history": {"conditions": ["ptsd"], "current_provider": "no"}},
            "N9",
            "No current treating clinician.",
        ),
        (
            {"ketamine_safety_screen": {"driver": "no"}},
            "N10",
            "Medical note: No ride home arranged.",
        ),
    ],
)
def test_each_note_informs_without_changing_the_level(
    changes: dict[str, dict[str, Any] | None], rule: str, text: str
) -> None:
    result = triage(changes)
    assert text in texts(result)[rule]
    assert result.fired == ("R0",)


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"peg": {"p": 6, "e": 7, "g": 7}}, "N5"),
        ({"pc_ptsd_5": {"exposure": "yes", "q1": "yes", "q2": "yes"}}, "N4"),
        ({"history": {"conditions": ["depression"], "ad_trials": "2"}}, "N8"),
        ({"history": {"conditions": ["migraine"], "current_provider": "no"}}, "N9"),
        ({"phq9": {f"q{i}": 3 for i in range(1, 7)} | {"q7": 1}}, "D1"),
    ],
)
def test_a_rule_stays_silent_just_below_its_cut(
    changes: dict[str, dict[str, Any] | None], rule: str
) -> None:
    assert rule not in texts(triage(changes))


def test_all_reasons_are_listed_in_the_order_of_the_table() -> None:
    result = triage(
        {
            "ketamine_safety_screen": {"heart": "yes", "stroke": "yes", "eye": None},
            "phq9": {"q9": 1},
            "asq": {"q1": "yes", "q5": "yes"},
        }
    )
    assert [reason.rule for reason in result.reasons] == ["S1", "S4", "M1", "M1", "M2"]
    assert result.fired == ("S1", "S4", "M1", "M2")
    assert result.level is Level.URGENT_ACUTE


def test_a_reason_points_at_the_answers_behind_it() -> None:
    result = triage(
        {
            "asq": {"q1": "yes", "q4": "declined"},
            "ketamine_safety_screen": {"med_classes": ["benzo"]},
        }
    )
    assert [reason.items for reason in result.reasons] == [
        ("asq.q1", "asq.q4", "asq.q5"),
        ("ketamine_safety_screen.med_classes.benzo",),
    ]


class TestWhatWasShown:
    def test_a_skipped_page_is_told(self) -> None:
        left_out = {"asq": None, "phq9": None, "ketamine_safety_screen": None}
        result = triage(left_out, shown=CALM)
        assert result.fired == ("S5", "S6", "M2")
        assert texts(result)["M2"] == "Medical questions incomplete: all of them."

    def test_every_medical_question_has_a_name_for_staff(self) -> None:
        names = [item.short for item in CATALOG["ketamine_safety_screen"].items]
        assert all(names)
        assert len(set(names)) == len(names)

    def test_a_page_never_shown_is_not(self) -> None:
        left_out = {"asq": None, "phq9": None, "ketamine_safety_screen": None}
        assert triage(left_out).fired == ("R0",)

    def test_blanks_of_an_instrument_no_longer_shown_are_not_told(self) -> None:
        answers = {"asq": {"q1": "no"}, "phq9": {"q1": 1}, "ketamine_safety_screen": {"bp": "no"}}
        assert evaluate(CATALOG, AnswerSheet(answers=answers, shown=[])).fired == ("R0",)

    def test_answers_that_alarm_count_even_then(self) -> None:
        answers = {"asq": {"q1": "yes"}, "phq9": {"q9": 1}, "ketamine_safety_screen": {"bp": "no"}}
        result = evaluate(CATALOG, AnswerSheet(answers=answers, shown=[]))
        assert result.fired == ("S2", "S4")

    def test_item_nine_behind_a_closed_gate_was_not_skipped(self) -> None:
        sheet = AnswerSheet(answers={"phq9": {"q1": 0, "q2": 1}}, gated=["phq9"])
        result = evaluate(CATALOG, sheet)
        assert (result.fired, result.notes) == (("R0",), ())

    def test_item_nine_behind_an_open_gate_was(self) -> None:
        sheet = AnswerSheet(answers={"phq9": {"q1": 1, "q2": 1}}, gated=["phq9"])
        assert evaluate(CATALOG, sheet).fired == ("S6",)

    def test_item_nine_alarms_though_the_gate_has_closed_since(self) -> None:
        sheet = AnswerSheet(answers={"phq9": {"q1": 0, "q2": 0, "q9": 1}}, gated=["phq9"])
        assert evaluate(CATALOG, sheet).fired == ("S4",)

    def test_what_the_language_lacks_is_told_to_staff(self) -> None:
        left_out = ["asq", "pc_ptsd_5", "peg"]
        result = triage(dict.fromkeys(left_out), not_offered=left_out, language="es")
        words = "Answered in Spanish: ASQ, PC-PTSD-5 and PEG not offered"
        assert texts(result)["N11"].startswith(words)
        assert result.fired == ("R0",)

    def test_what_was_answered_before_the_language_was_changed_counts(self) -> None:
        answers = {"asq": {"q1": "no", "q2": "no", "q3": "yes", "q4": "no", "q5": "no"}}
        result = triage(answers, not_offered=["asq"], language="es")
        assert "N11" not in texts(result)
        assert result.fired == ("S3",)

    def test_conditions_chosen_elsewhere_replace_those_of_the_history(self) -> None:
        stale = {"history": {"conditions": ["depression"], "ad_trials": "none"}}
        assert "N8" in texts(triage(stale))
        assert "N8" not in texts(triage(stale, conditions=["chronic_pain"]))

    def test_instruments_without_a_rule_are_ignored(self) -> None:
        assert triage({}, shown=[*CALM, "midas", "gone"]).fired == ("R0",)


def test_a_wrong_answer_is_named_with_its_instrument() -> None:
    with pytest.raises(AnswerError, match=r"^phq9\.q9: must be one of 0, 1, 2, 3$"):
        triage({"phq9": {"q9": 9}})


@drawn
@given(answers=intakes())
def test_nothing_hides_thoughts_of_suicide_right_now(answers: dict[str, Any]) -> None:
    answers["asq"] = answers.get("asq", {}) | {"q5": "yes"}
    for shown in (None, []):
        sheet = AnswerSheet(answers=answers, shown=shown, gated=["phq9"])
        assert evaluate(CATALOG, sheet).level is Level.URGENT_ACUTE


@drawn
@given(answers=intakes(), item9=st.integers(1, 3))
def test_nothing_hides_item_nine(answers: dict[str, Any], item9: int) -> None:
    answers["phq9"] = answers.get("phq9", {}) | {"q9": item9}
    for gated in ([], ["phq9"]):
        result = evaluate(CATALOG, AnswerSheet(answers=answers, gated=gated))
        assert "S4" in result.fired
        assert result.level >= Level.URGENT


@drawn
@given(answers=intakes())
def test_the_order_of_pages_and_answers_is_irrelevant(answers: dict[str, Any]) -> None:
    turned = {
        key: dict(reversed(given_answers.items()))
        for key, given_answers in reversed(answers.items())
    }
    result = evaluate(CATALOG, AnswerSheet(answers=answers))
    assert evaluate(CATALOG, AnswerSheet(answers=turned)) == result


@drawn
@given(answers=intakes(), item=st.sampled_from([f"q{i}" for i in range(1, 10)]))
def test_a_worse_mood_never_lowers_the_level(answers: dict[str, Any], item: str) -> None:
    mood = dict.fromkeys((f"q{i}" for i in range(1, 10)), 2) | {
        key: value for key, value in answers.get("phq9", {}).items() if value is not None
    }
    levels = [
        evaluate(CATALOG, AnswerSheet(answers=answers | {"phq9": mood | {item: points}})).level
        for points in range(4)
    ]
    assert levels == sorted(levels)


@drawn
@given(answers=intakes())
def test_answers_that_no_longer_count_change_nothing(answers: dict[str, Any]) -> None:
    fresh = {key: CATALOG[key].clean(given_answers) for key, given_answers in answers.items()}
    sheets = [AnswerSheet(answers=each, shown=list(answers)) for each in (answers, fresh)]
    assert evaluate(CATALOG, sheets[0]) == evaluate(CATALOG, sheets[1])


@drawn
@given(answers=intakes())
def test_the_level_is_that_of_the_table(answers: dict[str, Any]) -> None:
    result = evaluate(CATALOG, AnswerSheet(answers=answers))
    table = CATALOG.rules.table
    assert all(reason.level is table[reason.rule].level for reason in result.reasons)
    assert result.level is max(reason.level for reason in result.reasons)
    assert (result.level is Level.ROUTINE) == (result.fired == ("R0",))
    assert all(table[note.rule].level is None for note in result.notes)
    assert not any("{" in text for text in texts(result).values())
