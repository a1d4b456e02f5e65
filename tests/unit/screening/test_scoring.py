"""Scoring rules at their edges: missing answers, stale answers, exact cuts."""

from collections.abc import Mapping
from typing import Any

import pytest

from intake.screening import scoring
from intake.screening.errors import AnswerError, NotScoredError
from intake.screening.instrument import Instrument
from intake.screening.results import AsqOutcome
from tests.unit.screening.answers import CALM, CATALOG

NINE = [f"q{i}" for i in range(1, 10)]


def result(instrument_id: str, answers: Mapping[str, object]) -> dict[str, Any]:
    return scoring.score(CATALOG[instrument_id], answers).as_dict()


class TestPhq9:
    def test_it_never_makes_up_a_missing_answer(self) -> None:
        scores = result("phq9", dict.fromkeys(NINE[:8], 3))
        assert (scores["total"], scores["band"], scores["complete"]) == (None, None, False)
        assert (scores["answered"], scores["partial_sum"]) == (8, 24)
        assert scores["at_least_band"] == "severe"
        assert scores["flags"] == ["item9_unanswered", "severe_depression", "incomplete"]

    def test_a_blank_form_is_incomplete_not_minimal(self) -> None:
        scores = result("phq9", {})
        assert (scores["total"], scores["band"], scores["answered"]) == (None, None, 0)
        assert scores["screen_positive_10"] is None
        assert scores["phq2"] is None
        assert scores["phq2_positive_2"] is None

    def test_it_is_not_positive_once_the_blanks_cannot_reach_ten(self) -> None:
        assert result("phq9", dict.fromkeys(NINE[:6], 0))["screen_positive_10"] is False
        assert result("phq9", dict.fromkeys(NINE[:5], 0))["screen_positive_10"] is None

    def test_phq2_is_positive_when_one_answer_suffices(self) -> None:
        scores = result("phq9", {"q1": 3})
        assert (scores["phq2"], scores["phq2_positive_3"]) == (None, True)

    def test_difficulty_is_never_scored(self) -> None:
        one = {**dict.fromkeys(NINE, 0), "q2": 1}
        assert result("phq9", one | {"q10": 3}) == result("phq9", one)


class TestGad7:
    def test_severe_range_counts_even_when_incomplete(self) -> None:
        scores = result("gad7", {f"q{i}": 3 for i in range(1, 6)})
        assert (scores["total"], scores["partial_sum"]) == (None, 15)
        assert scores["further_evaluation_10"] is True
        assert scores["flags"] == ["severe_anxiety", "incomplete"]


class TestPcPtsd5:
    def test_symptoms_without_exposure_never_count(self) -> None:
        stale = {f"q{i}": "yes" for i in range(1, 6)}
        assert result("pc_ptsd_5", {"exposure": "no", **stale}) == result(
            "pc_ptsd_5", {"exposure": "no"}
        )
        assert result("pc_ptsd_5", stale)["yes_count"] == 0

    def test_it_is_unknown_until_exposure_is_answered(self) -> None:
        scores = result("pc_ptsd_5", {})
        assert (scores["total"], scores["complete"], scores["positive_3"]) == (None, False, None)

    def test_three_of_four_is_positive_at_three_and_open_at_four(self) -> None:
        scores = result("pc_ptsd_5", {"exposure": "yes", **dict.fromkeys(NINE[:3], "yes")})
        assert (scores["positive_3"], scores["positive_4"]) == (True, None)
        assert scores["flags"] == ["ptsd_screen_positive_3"]

    def test_it_cannot_reach_four_with_two_noes(self) -> None:
        answers = {"exposure": "yes", "q1": "no", "q2": "no", "q3": "yes"}
        scores = result("pc_ptsd_5", answers)
        assert (scores["positive_3"], scores["positive_4"]) == (None, False)


class TestAsq:
    @pytest.mark.parametrize(
        ("four", "right_now", "outcome"),
        [
            (("no", "no", "no", "no"), None, AsqOutcome.NEGATIVE),
            (("no", "no", "no", "no"), "declined", AsqOutcome.NEGATIVE),
            (("no", "no", "no", "no"), "yes", AsqOutcome.ACUTE_POSITIVE),
            ((None, None, None, None), "yes", AsqOutcome.ACUTE_POSITIVE),
            ((None, None, None, None), None, AsqOutcome.INCOMPLETE),
            (("no", "no", None, "no"), "no", AsqOutcome.INCOMPLETE),
            (("no", None, "yes", None), "no", AsqOutcome.NON_ACUTE_POSITIVE),
            (("no", "no", "no", "declined"), "no", AsqOutcome.NON_ACUTE_POSITIVE),
            (("yes", "no", "no", "no"), "declined", AsqOutcome.ACUITY_UNKNOWN),
            (("declined",) * 4, None, AsqOutcome.ACUITY_UNKNOWN),
        ],
    )
    def test_it_follows_the_rules_of_its_authors_and_ours(
        self, four: tuple[str | None, ...], right_now: str | None, outcome: AsqOutcome
    ) -> None:
        answers = dict(zip(NINE, (*four, right_now), strict=False))
        assert scoring.asq(CATALOG["asq"], answers).outcome is outcome

    def test_an_unknown_acuity_is_handled_as_acute(self) -> None:
        unknown = scoring.asq(CATALOG["asq"], {"q1": "yes"})
        calm = scoring.asq(CATALOG["asq"], CALM["asq"])
        assert (unknown.is_acute, unknown.is_positive) == (True, True)
        assert (calm.is_acute, calm.is_positive) == (False, False)


class TestHeadacheBurden:
    def test_more_migraine_days_than_headache_days_is_a_contradiction(self) -> None:
        scores = result("headache_burden", {"headache_days": 5, "migraine_days": 6})
        assert (scores["valid"], scores["errors"]) == (False, ["migraine_days"])

    @pytest.mark.parametrize("key", ["headache_days", "migraine_days"])
    def test_the_pattern_is_unknown_without_both_counts(self, key: str) -> None:
        assert result("headache_burden", {key: 20})["chronic_pattern"] is None

    def test_the_pattern_is_uncertain_without_a_duration(self) -> None:
        scores = result("headache_burden", {"headache_days": 15, "migraine_days": 8})
        assert scores["chronic_pattern"] == "uncertain"
        assert scores["flags"] == []

    def test_overuse_is_unknown_while_a_blank_could_decide_it(self) -> None:
        few = {"headache_days": 15, "triptan_days": 9}
        assert result("headache_burden", few)["possible_medication_overuse"] is None
        enough = {"headache_days": 15, "triptan_days": 10}
        assert result("headache_burden", enough)["possible_medication_overuse"] is True
        rare = {"headache_days": 14}
        assert result("headache_burden", rare)["possible_medication_overuse"] is False

    def test_emergency_signs_come_first_among_the_flags(self) -> None:
        answers = {"headache_days": 30, "simple_days": 30, "emergency_now": "yes"}
        flags = result("headache_burden", answers)["flags"]
        assert flags == ["headache_emergency", "possible_medication_overuse"]


class TestSafetyScreen:
    def test_every_blank_question_is_skipped_but_the_optional_list(self) -> None:
        instrument = CATALOG["ketamine_safety_screen"]
        skipped = [item.id for item in instrument.items if item.id != "med_list"]
        assert result(instrument.id, {"med_classes": []})["skipped"] == skipped

    def test_not_sure_is_said_in_the_reason(self) -> None:
        screen = scoring.ketamine_safety_screen(
            CATALOG["ketamine_safety_screen"], {"heart": "unsure", "med_classes": ["unsure"]}
        )
        assert [finding.reason for finding in screen.review] == [
            "Heart disease history (not sure)",
            "Unsure about medicines",
        ]

    def test_controlled_blood_pressure_is_a_note_in_its_own_words(self) -> None:
        instrument = CATALOG["ketamine_safety_screen"]
        screen = scoring.ketamine_safety_screen(instrument, {"bp": "controlled"})
        assert [finding.reason for finding in screen.notes] == [
            "High blood pressure, reported as under control"
        ]

    def test_none_of_these_never_hides_a_medicine(self) -> None:
        scores = result("ketamine_safety_screen", {"med_classes": ["none", "maoi"]})
        assert scores["review"] == ["med_classes.maoi"]

    def test_no_ride_home_is_a_note(self) -> None:
        scores = result("ketamine_safety_screen", CALM["ketamine_safety_screen"] | {"driver": "no"})
        assert (scores["review"], scores["note"]) == ([], ["driver"])


class TestOthers:
    def test_peg_rounds_for_display_only(self) -> None:
        assert result("peg", {"p": 7, "e": 7, "g": 6})["high"] is False
        assert result("peg", {"p": 1, "e": 0, "g": 0})["mean_1dp"] == "0.3"

    def test_midas_is_open_ended_and_needs_all_five(self) -> None:
        five = dict.fromkeys(NINE[:5], 92)
        assert result("midas", five | {"a": 90, "b": 10}) == {"total": 460, "grade": "IV"}
        assert result("midas", five | {"q5": None}) == {"total": None, "grade": None}

    @pytest.mark.parametrize(
        ("duration", "chronic"),
        [("1to3m", False), ("gt3m", True), ("gt5y", True), ("unsure", None), (None, None)],
    )
    def test_pain_is_chronic_beyond_three_months(
        self, duration: str | None, chronic: bool | None
    ) -> None:
        assert result("pain_profile", {"duration": duration}) == {"chronic_pain": chronic}

    @pytest.mark.parametrize(
        ("trials", "resistant"), [("1", False), ("2", True), ("4_or_more", True), ("unsure", None)]
    )
    def test_two_trials_make_self_reported_resistance(
        self, trials: str, resistant: bool | None
    ) -> None:
        answers = {"conditions": ["depression"], "ad_trials": trials}
        assert result("history", answers) == {"trd_by_self_report": resistant}

    def test_trials_left_from_an_earlier_choice_do_not_count(self) -> None:
        answers = {"conditions": ["ptsd"], "ad_trials": "3"}
        assert result("history", answers) == {"trd_by_self_report": None}

    def test_an_instrument_without_a_rule_is_not_scored(self) -> None:
        own = Instrument(
            **{
                name: getattr(CATALOG["pain_profile"], name)
                for name in ("version", "title", "wording", "population", "recall", "items")
            },
            id="own",
            licence=CATALOG["peg"].licence,
        )
        assert not scoring.is_scored(own)
        with pytest.raises(NotScoredError):
            scoring.score(own, {})


class TestAnswersThatAreRefused:
    @pytest.mark.parametrize(
        ("instrument_id", "key", "value"),
        [
            ("phq9", "q1", 4),
            ("phq9", "q1", -1),
            ("phq9", "q1", True),
            ("phq9", "q1", 1.0),
            ("phq9", "q1", "1"),
            ("phq9", "q11", 1),
            ("peg", "p", 11),
            ("asq", "q1", "maybe"),
            ("asq", "q1", ""),
            ("headache_burden", "headache_days", 31),
            ("headache_burden", "headache_days", "3"),
            ("headache_burden", "emergency_now", "unsure"),
            ("ketamine_safety_screen", "bp", "yes"),
            ("ketamine_safety_screen", "med_classes", "benzo"),
            ("ketamine_safety_screen", "med_classes", ["benzo", ["benzo"]]),
            ("ketamine_safety_screen", "med_list", "x" * 2001),
            ("ketamine_safety_screen", "med_list", 5),
        ],
    )
    def test_the_key_is_named(self, instrument_id: str, key: str, value: object) -> None:
        with pytest.raises(AnswerError) as caught:
            scoring.score(CATALOG[instrument_id], {key: value})
        assert caught.value.key == key

    def test_the_answer_is_never_repeated(self) -> None:
        secret = "my secret"
        with pytest.raises(AnswerError) as caught:
            scoring.score(CATALOG["asq"], {"q1": secret})
        assert str(caught.value) == "q1: must be one of yes, no, declined"
