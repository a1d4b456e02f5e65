"""CPU time of the clinical rules: scores and triage of a full intake, and loading what they need.

`python -m benchmarks.screening` prints the figures alone.
"""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import process_time
from typing import Any

from intake.screening.catalog import Catalog, load_catalog
from intake.screening.facts import AnswerSheet
from intake.screening.instrument import Instrument
from intake.screening.item import Item, Kind
from intake.screening.scoring import score
from intake.screening.triage import evaluate

ASKED = (
    *("asq", "phq9", "gad7", "pc_ptsd_5", "peg", "pain_profile", "headache_burden"),
    *("ketamine_safety_screen", "history"),
)
NOT_IN_RULES = ("pain_profile", "history")
REPEATS, ROUNDS, STARTS = 200, 9, 5
LOADING = """
from time import process_time
from intake.screening.catalog import load_catalog
began = process_time()
load_catalog()
print(process_time() - began)
"""


@dataclass(frozen=True)
class Figures:
    """Milliseconds of CPU time, each the median of several rounds."""

    scoring_and_triage: float
    loading: float

    def goals(self) -> tuple[tuple[bool, str], ...]:
        """What was met, in words."""
        spent, loading = self.scoring_and_triage, self.loading
        return (
            (spent <= 0.5, f"scores and triage of a full intake {spent:.2f} ms (0.5 or less)"),
            (loading <= 30, f"instruments loaded in {loading:.1f} ms (30 or less)"),
        )


def measure() -> Figures:
    """Measure in this process; loading in fresh ones."""
    catalog = load_catalog()
    answers = {key: _full(catalog[key]) for key in ASKED}
    sheet = AnswerSheet(answers=answers, shown=answers, conditions=["depression", "ptsd"])
    return Figures(
        scoring_and_triage=_milliseconds(lambda: _all(catalog, sheet)),
        loading=median(_loading() for _ in range(STARTS)),
    )


def _all(catalog: Catalog, sheet: AnswerSheet) -> None:
    """Triage scores what its rules look at; the rest is scored beside it."""
    for key in NOT_IN_RULES:
        score(catalog[key], sheet.answers[key])
    evaluate(catalog, sheet)


def _milliseconds(work: Callable[[], object]) -> float:
    rounds = []
    for _ in range(ROUNDS):
        began = process_time()
        for _ in range(REPEATS):
            work()
        rounds.append((process_time() - began) * 1000 / REPEATS)
    return median(rounds)


def _loading() -> float:
    command = [sys.executable, "-c", LOADING]
    result = subprocess.run(command, check=True, capture_output=True, text=True)
    return float(result.stdout) * 1000


def _full(instrument: Instrument) -> dict[str, Any]:
    """An answer to every question that is shown."""
    given: dict[str, Any] = {}
    for item in instrument.items:
        if item in instrument.visible_items(given):
            given[item.id] = _answer(item)
    return given


def _answer(item: Item) -> Any:
    match item.kind:
        case Kind.CHOICE:
            return item.options[0].value if item.options[0].id == "yes" else item.options[-1].value
        case Kind.MULTI:
            return [option.value for option in item.options if not option.exclusive]
        case Kind.INTEGER:
            return item.maximum
        case Kind.TEXT:
            return "as needed"


if __name__ == "__main__":
    for met, words in measure().goals():
        print("pass" if met else "FAIL", words, sep="  ")
