"""`make bench`: the patient's way beside the baseline; a table, and JSON in benchmarks/results/."""

import argparse
import json
import signal
import sys
import tempfile
import time
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import screening, trust
from benchmarks.measure import Result, measure, survey
from benchmarks.report import summarize, table

LAST_START = 150
"""Seconds after which no new round begins."""
RESULTS = Path(__file__).parent / "results"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--journeys", type=int, default=30, help="of each server in a round")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # the servers are stopped, too
    began = time.monotonic()
    rounds: list[tuple[Result, Result]] = []
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        surveyed = survey(Path(name))
        while len(rounds) < arguments.rounds and time.monotonic() - began < LAST_START:
            rounds.append(measure(Path(name), surveyed.steps, arguments.journeys))
            ours, baseline = rounds[-1]
            print(f"round {len(rounds)}: {ours.cpu:.2f} and {baseline.cpu:.2f} ms", flush=True)
    found = summarize(surveyed, rounds)
    print(table(found))
    rules, costs = screening.measure(), trust.measure()
    found |= {"screening": asdict(rules), "trust": asdict(costs)}
    for met, words in (*rules.goals(), *costs.goals()):
        print(f"{'pass' if met else 'FAIL'}  {words}")
    RESULTS.mkdir(exist_ok=True)
    file = RESULTS / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}.json"
    file.write_text(json.dumps(found, indent=1))
    print(f"\nWritten to {file}")


if __name__ == "__main__":
    main()
