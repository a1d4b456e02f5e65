"""What is said about security: every requirement has its line, and what a line names is there."""

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
ASSESSMENT = ROOT / "docs" / "security" / "asvs.md"
LEVELS = {"1": 70, "2": 183}
"""How many requirements ASVS 5.0 has of levels 1 and 2."""


class Line(NamedTuple):
    """One requirement."""

    number: str
    level: str
    about: str
    state: str
    proof: str

    @property
    def named(self) -> list[str]:
        """The files, and tests in files, that prove it."""
        return re.findall(r"`([\w./-]+(?:::\w+)?)`", self.proof)


LINES = [
    Line(*(cell.strip() for cell in row.strip("|").split("|")))
    for row in ASSESSMENT.read_text().splitlines()
    if re.match(r"\| \d", row)
]


def test_every_requirement_of_both_levels_has_one_line() -> None:
    assert len({line.number for line in LINES}) == len(LINES)
    assert {level: sum(line.level == level for line in LINES) for level in LEVELS} == LEVELS


@pytest.mark.parametrize("state", ["met", "partly", "n/a", "operator"])
def test_each_state_says_what_it_must(state: str) -> None:
    lines = [line for line in LINES if line.state == state]
    assert lines
    if state in ("met", "partly"):
        assert [line.number for line in lines if not line.named] == []
    assert [line.number for line in lines if not (line.about and line.proof)] == []


def test_there_is_no_other_state() -> None:
    assert {line.state for line in LINES} <= {"met", "partly", "n/a", "operator"}


def test_what_a_line_names_is_there() -> None:
    missing = {name for line in LINES for name in line.named if not _is_there(name)}
    assert missing == set()


def test_most_of_what_is_met_is_met_by_tests() -> None:
    met = [line for line in LINES if line.state == "met"]
    by_tests = [line for line in met if any(name.startswith("tests/") for name in line.named)]
    assert len(by_tests) / len(met) > 0.8


def test_every_package_is_locked_with_hashes() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        packages = re.split(r"\n(?=\S)", (ROOT / name).read_text().strip())
        wanted = [each for each in packages if not each.startswith("#")]
        assert len(wanted) > 30
        assert [each for each in wanted if "==" not in each or "--hash=sha256:" not in each] == []


def _is_there(name: str) -> bool:
    path, _, test = name.partition("::")
    if not (ROOT / path).exists():
        return False
    return not test or re.search(rf"\bdef {test}\b", _text(path)) is not None


@cache
def _text(path: str) -> str:
    return (ROOT / path).read_text()
