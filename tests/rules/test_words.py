"""Words patients must never read, and words the project does not speak."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PATIENT_WORDS = [
    *(ROOT / "templates" / "patient").glob("*.html"),
    *(ROOT / "templates" / "emails").glob("*.*"),
]
NEVER = re.compile(
    r"\b(eligib\w*|you qualify|good candidate|low risk|no risk|you are safe|rapid relief|reset your"
    r"|suffer\w*|victim\w*|guarantee\w*)\b",
    re.I,
)


@pytest.mark.parametrize("path", PATIENT_WORDS, ids=lambda path: path.name)
def test_patients_are_never_promised_or_labelled(path):
    text = re.sub(r"{#.*?#}|{%.*?%}", "", path.read_text(), flags=re.S)
    assert not NEVER.findall(text)


@pytest.mark.parametrize(
    "path", [*(ROOT / "templates" / "emails").glob("*.*")], ids=lambda path: path.name
)
def test_mails_say_nothing_about_health(path):
    words = r"depress|ketamine|ptsd|trauma|migraine|\bpain\b|suicid|screening|infusion"
    assert not re.findall(words, path.read_text(), re.I)
