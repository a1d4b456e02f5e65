"""When a request looks like a program's."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from intake.submissions import suspicion

NOW = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)


def draft(**values: object) -> SimpleNamespace:
    return SimpleNamespace(**{"created_at": NOW, "suspicion": "", "level_rank": 0, **values})


@pytest.mark.parametrize(("seconds", "is_fast"), [(0, True), (2.9, True), (3, False), (90, False)])
def test_nobody_sends_within_three_seconds(seconds, is_fast):
    now = NOW + timedelta(seconds=seconds)
    assert suspicion.is_too_fast(draft(), now=now) == is_fast


@pytest.mark.parametrize("rank", [2, 3])
def test_danger_goes_before_every_suspicion(rank):
    assert suspicion.is_kept_apart(draft(suspicion="trap"))
    assert not suspicion.is_kept_apart(draft(suspicion="trap", level_rank=rank))
    assert not suspicion.is_kept_apart(draft())


def test_the_first_reason_stays():
    found = draft()
    for why in ("trap", "fast"):
        suspicion.suspect(found, why)
    assert found.suspicion == "trap"
