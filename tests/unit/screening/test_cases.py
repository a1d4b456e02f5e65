"""Worked cases, typed by hand from the published rules: answers and what must come out.

Set INTAKE_CASES_DIR to a folder with further cases of the same shape to run those as well.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from intake.screening.command import score_json, triage_json

OPEN_CASES = Path(__file__).with_name("cases")


def cases() -> list[Any]:
    files = sorted(OPEN_CASES.glob("*.json"))
    if more := os.environ.get("INTAKE_CASES_DIR"):
        found = sorted(Path(more).rglob("*.json"))
        if not found:
            raise FileNotFoundError(f"INTAKE_CASES_DIR={more} holds no cases")
        files += found
    sets = [(path, json.loads(path.read_text(encoding="utf-8"))) for path in files]
    return [
        pytest.param(cases["instrument"], case, id=f"{path.parent.name}/{path.stem}-{case['id']}")
        for path, cases in sets
        for case in cases["cases"]
    ]


@pytest.mark.parametrize(("instrument_id", "case"), cases())
def test_it_gives_the_published_result(instrument_id: str, case: dict[str, Any]) -> None:
    if instrument_id == "triage":
        result = triage_json(json.dumps(case["inputs"]))
    else:
        result = score_json(instrument_id, json.dumps(case["answers"]))
    assert json.loads(result) == case["expect"], case["why"]


def test_every_scored_questionnaire_has_cases() -> None:
    assert {path.stem for path in OPEN_CASES.glob("*.json")} == {
        *("asq", "gad7", "headache_burden", "ketamine_safety_screen", "midas"),
        *("pc_ptsd_5", "peg", "phq9", "triage"),
    }
