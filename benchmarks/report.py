"""Medians, ratios and goals, as JSON and as a table."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict
from statistics import median
from typing import Any

from benchmarks.measure import Result, Survey

REFERENCE = 12
"""Requests of the journey that the goal for statements speaks of."""
FIGURES = {
    "cpu": "CPU ms per request",
    "per_core": "requests/s of one core",
    "p50": "p50 ms",
    "p99": "p99 ms",
    "rss": "worker RSS MB",
    "pss": "worker PSS MB",
    "cold_start": "cold start s",
}


def summarize(survey: Survey, rounds: list[tuple[Result, Result]]) -> dict[str, Any]:
    """Everything that is reported; per-round ratios are baseline to ours, so 1 is its equal."""
    statements = sum(answer.statements for answer in survey.answers)
    ratios = [baseline.cpu / ours.cpu for ours, baseline in rounds]
    figures = {
        name: tuple(median(getattr(each[who], name) for each in rounds) for who in (0, 1))
        for name in FIGURES
    }
    return {
        "requests": len(survey.answers),
        "questions": sum(len(step.fields) for step in survey.steps),
        "commits": sum(answer.commits for answer in survey.answers),
        "statements": statements,
        "statements_of_reference": statements * REFERENCE / len(survey.answers),
        "first_visit": survey.first_visit,
        "ratios": ratios,
        "ratio": median(ratios),
        "figures": figures,
        "pages": _pages(survey, rounds),
        "rounds": [[_plain(each) for each in both] for both in rounds],
    }


def table(found: dict[str, Any]) -> str:
    """The report in words and columns."""
    counted = ("requests", "questions", "commits", "statements")
    lines = [
        "\nJourney: " + ", ".join(f"{found[name]} {name}" for name in counted),
        f"\n{'median of rounds':<26}{'ours':>10}{'baseline':>10}",
    ]
    for name, (ours, baseline) in found["figures"].items():
        lines.append(f"{FIGURES[name]:<26}{ours:>10.2f}{baseline:>10.2f}")
    lines.append(f"\n{'page':<42}{'SQL':>4}{'p50 ms':>8}{'baseline':>9}")
    for page, (statements, ours, baseline) in found["pages"].items():
        lines.append(f"{page:<42}{statements:>4}{ours:>8.2f}{baseline:>9.2f}")
    rounds = " ".join(f"{ratio:.0%}" for ratio in found["ratios"])
    return "\n".join([*lines, f"\nRate in each round, of the baseline's: {rounds}", *_goals(found)])


def _goals(found: dict[str, Any]) -> Iterable[str]:
    visit = found["first_visit"]
    parts = ", ".join(f"{name} {size:,}" for name, size in visit.items())
    rss, statements = found["figures"]["rss"][0], found["statements_of_reference"]
    goals = (
        (found["ratio"] >= 0.40, f"rate {found['ratio']:.0%} of the baseline's (40 % or more)"),
        (statements <= 30, f"{statements:.1f} statements in {REFERENCE} requests (30 or fewer)"),
        (rss <= 90, f"worker {rss:.0f} MB (90 or less)"),
        (sum(visit.values()) <= 25 * 1024, f"first visit {sum(visit.values()):,} bytes: {parts}"),
        (len(visit) <= 3, f"first visit {len(visit)} files (3 or fewer)"),
    )
    return (f"{'pass' if met else 'FAIL'}  {words}" for met, words in goals)


def _pages(survey: Survey, rounds: list[tuple[Result, Result]]) -> dict[str, tuple[float, ...]]:
    """Statements, our median latency and the baseline's by page."""
    seconds: dict[tuple[str, int], list[float]] = defaultdict(list)
    for both in rounds:
        for who, result in enumerate(both):
            for answer in result.answers:
                seconds[answer.page, who].append(answer.seconds * 1000)
    return {
        each.page: (each.statements, *(median(seconds[each.page, who]) for who in (0, 1)))
        for each in survey.answers
    }


def _plain(result: Result) -> dict[str, float]:
    return {name: value for name, value in asdict(result).items() if name != "answers"}
