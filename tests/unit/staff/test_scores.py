"""Scores as the record shows them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from intake.screening.plan import gate_mark
from intake.staff.scores import scores_of

CHICAGO = ZoneInfo("America/Chicago")
NOW = datetime(2026, 11, 23, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("skipped", "band", "detail"),
    [
        ([gate_mark("phq9")], "First two only", "PHQ-2: 1 of 6. The rest was not asked"),
        ([], "Not complete", "2 of 9 answered, at least 1 (None–minimal)"),
    ],
)
def test_a_closed_gate_is_told_from_questions_left_open(
    skipped: list[str], band: str, detail: str
) -> None:
    stored = {"phq9": {"q1": 0, "q2": 1}, "skipped": skipped}
    (score,) = scores_of(stored, tz=CHICAGO, now=NOW)
    assert (score.value, score.band, score.detail) == (None, band, detail)
