"""The stored answers of a submission: by instrument, when they were given, and what they replaced.

Whoever answers a question anew must not make the earlier answer vanish: a clinician compares them.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

GIVEN_AT, EARLIER, SKIPPED = "given_at", "earlier", "skipped"
BESIDE = frozenset({GIVEN_AT, EARLIER, SKIPPED})
"""Keys beside those of instruments."""
KEPT = 5
"""How many earlier sets of answers to one instrument are kept: the first one and the latest."""

Stored = Mapping[str, Any]


def answers_in(stored: Stored) -> dict[str, dict[str, Any]]:
    """The answers that count, by instrument id."""
    return {key: value for key, value in stored.items() if key not in BESIDE}


def with_answers(
    stored: Stored, instrument_id: str, given: Mapping[str, object], *, now: datetime
) -> dict[str, Any]:
    """The stored document with new answers to an instrument.

    If they change or take back an answer, those before are kept as well, with their time.
    """
    times, before = stored.get(GIVEN_AT, {}), stored.get(instrument_id) or {}
    changed = {
        **stored,
        instrument_id: dict(given),
        GIVEN_AT: {**times, instrument_id: now.isoformat()},
    }
    if all(given.get(question) == answer for question, answer in before.items()):
        return changed
    sets = [*earlier_in(stored, instrument_id), {"at": times.get(instrument_id), "answers": before}]
    kept = sets if len(sets) <= KEPT else [sets[0], *sets[1 - KEPT :]]
    return {**changed, EARLIER: {**stored.get(EARLIER, {}), instrument_id: kept}}


def earlier_in(stored: Stored, instrument_id: str) -> list[dict[str, Any]]:
    """Earlier sets of answers to an instrument, the first one first: `at` and `answers`."""
    sets: list[dict[str, Any]] = stored.get(EARLIER, {}).get(instrument_id, [])
    return sets


def given_at(stored: Stored, instrument_id: str) -> datetime | None:
    """When the answers to an instrument were given."""
    at = stored.get(GIVEN_AT, {}).get(instrument_id)
    return datetime.fromisoformat(at) if at else None


def answered_last(stored: Stored) -> datetime | None:
    """When the latest answers to any instrument were given."""
    times = stored.get(GIVEN_AT, {}).values()
    return max(map(datetime.fromisoformat, times), default=None)
