"""Answers as FHIR: nothing is lost on the way there and back, and codes are the right ones."""

from uuid import UUID

import pytest

from intake.exports.fhir_answers import answers_in, observations, response
from intake.screening.catalog import load_catalog
from intake.screening.scoring import is_scored, score
from tests.intakes import ALL, answers_to, gravest, mildest

WHO = UUID(int=7)
BASE = "https://clinic.example"


def sent(name, answers):
    about = {"patient_id": WHO, "at": None}
    return response(load_catalog()[name], answers, is_own=True, base=BASE, **about)


def scores(name, answers):
    found = observations(load_catalog()[name], answers, patient_id=WHO, at=None)
    return {each["code"]["coding"][0]["code"]: each["valueQuantity"]["value"] for each in found}


@pytest.mark.parametrize("choose", [gravest, mildest])
@pytest.mark.parametrize("name", sorted(load_catalog()))
def test_our_own_scorer_finds_the_same_in_what_was_handed_on(name, choose):
    instrument = load_catalog()[name]
    answers = instrument.clean(answers_to(instrument, choose, ALL))
    read = answers_in(sent(name, answers), instrument)
    assert read == answers
    if is_scored(instrument):
        assert score(instrument, read) == score(instrument, answers)


def test_a_coded_answer_carries_its_code_and_its_points():
    (item,) = sent("phq9", {"q9": 2})["item"]
    assert item["linkId"] == "/44260-8"
    coding = item["answer"][0]["valueCoding"]
    assert (coding["system"], coding["code"]) == ("http://loinc.org", "LA6570-1")
    assert coding["extension"][0]["valueDecimal"] == 2


def test_points_add_up_to_the_score_as_other_questions_carry_none():
    answers = {"exposure": "yes", "q1": "yes", "q2": "no", "q3": "yes", "q4": "no", "q5": "yes"}
    items = sent("pc_ptsd_5", answers)["item"]
    codings = [each["answer"][0]["valueCoding"] for each in items]
    points = [each["extension"][0]["valueDecimal"] for each in codings if "extension" in each]
    assert sum(points) == scores("pc_ptsd_5", answers)["102017-1"] == 3


def test_the_panel_is_named_by_its_code_and_our_own_questions_by_our_address():
    assert sent("phq9", {"q1": 0})["questionnaire"] == "http://loinc.org/q/44249-1"
    ours = sent("ketamine_safety_screen", {"heart": "no"})
    assert ours["questionnaire"].startswith(f"{BASE}/fhir/Questionnaire/ketamine_safety_screen|")


def test_totals_are_those_of_the_published_rules():
    nine = {f"q{number}": 2 for number in range(1, 10)}
    assert scores("phq9", nine) == {"44261-6": 18, "55758-7": 4}
    assert scores("gad7", {f"q{number}": 1 for number in range(1, 8)}) == {"70274-6": 7}
    assert scores("pc_ptsd_5", {"exposure": "no"}) == {"102017-1": 0}
    assert scores("peg", {"p": 7, "e": 7, "g": 6}) == {"91147-9": 7}


def test_a_band_is_named_by_its_code():
    nine = {f"q{number}": 2 for number in range(1, 10)}
    total, _ = observations(load_catalog()["phq9"], nine, patient_id=WHO, at=None)
    assert total["interpretation"][0]["coding"][0]["code"] == "LA6711-1"


def test_a_missing_answer_is_never_made_up():
    some = {f"q{number}": 3 for number in range(1, 9)}
    assert scores("phq9", some) == {"55758-7": 6}
    assert sent("phq9", some)["status"] == "in-progress"
    assert sent("phq9", {**some, "q9": 0, "q10": 1})["status"] == "completed"


def test_what_somebody_answered_for_another_names_no_source():
    instrument = load_catalog()["peg"]
    about = {"patient_id": WHO, "at": None, "base": BASE}
    assert "source" not in response(instrument, {"p": 1}, is_own=False, **about)
