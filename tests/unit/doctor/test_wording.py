"""The operator is told what no clinician has signed off."""

import json
from pathlib import Path
from typing import Any

import pytest

from intake.doctor.wording import sign_off
from intake.screening.catalog import Catalog, load_catalog, read_catalog
from intake.screening.read_instrument import read_instrument
from intake.screening.rules import read_rules
from intake.screening.shape import Node
from tests.unit.screening.documents import data, own_instrument


def test_what_nobody_reviewed_is_named() -> None:
    line = sign_off(load_catalog()).line
    assert line.startswith("note")
    for title in ("Headache days", "Medical safety questions", "Pain profile", "triage rules"):
        assert title in line
    assert "PHQ-9" not in line


@pytest.mark.parametrize(("reviewed", "is_named"), [(None, True), ("Dr. Lopez, 2027", False)])
def test_a_clinics_own_questions_need_it_too(
    tmp_path: Path, reviewed: str | None, is_named: bool
) -> None:
    (tmp_path / "sleep.json").write_text(json.dumps(own_instrument() | {"reviewed": reviewed}))
    assert ("Sleep" in sign_off(read_catalog(tmp_path)).line) == is_named


def test_nothing_is_left_to_say_when_all_are_signed_off() -> None:
    reviewed: dict[str, Any] = {"reviewed": "Dr. Lopez, 2027-01-15"}
    instrument = read_instrument(Node(data("pain_profile") | reviewed))
    rules = read_rules(Node(data("triage_rules") | reviewed))
    assert sign_off(Catalog({instrument.id: instrument}, rules)).grade == "ok"
