"""Words patients must never read, and words the project does not speak."""

import re
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]
MAILS = [*(ROOT / "templates" / "emails").glob("*.*")]
PATIENT_WORDS = [*(ROOT / "templates" / "patient").glob("*.html"), *MAILS]
NEVER = re.compile(
    r"\b(eligib\w*|you qualify|good candidate|low risk|no risk|you are safe|rapid relief|reset your"
    r"|suffer\w*|victim\w*|guarantee\w*)\b",
    re.I,
)


def test_patients_are_never_promised_or_labelled():
    code = re.compile(r"{#.*?#}|{%.*?%}", re.S)
    assert found_in(PATIENT_WORDS, lambda text: NEVER.findall(code.sub("", text))) == {}


def test_mails_say_nothing_about_health():
    words = r"depress|ketamine|ptsd|trauma|migraine|\bpain\b|suicid|screening|infusion"
    assert found_in(MAILS, lambda text: re.findall(words, text, re.I)) == {}


def found_in(paths: list[Path], find: Callable[[str], list[str]]) -> dict[str, list[str]]:
    """What is found in each file in which anything is."""
    found = {path.name: find(path.read_text()) for path in paths}
    return {name: words for name, words in found.items() if words}
