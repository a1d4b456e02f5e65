"""When a failed mail is tried again."""

from datetime import timedelta
from itertools import pairwise

import pytest

from intake.notifications.backoff import LONGEST, MOST_FAILURES, retry_delay


def test_the_first_retry_comes_within_seconds() -> None:
    assert retry_delay(1, 1.0) == timedelta(seconds=2)


def test_each_delay_doubles_up_to_an_hour() -> None:
    delays = [retry_delay(failures, 1.0) for failures in range(1, 20)]
    assert all(later in (2 * earlier, LONGEST) for earlier, later in pairwise(delays))
    assert delays[-1] == LONGEST


@pytest.mark.parametrize("failures", [1, 7, 40, MOST_FAILURES, 10_000])
def test_jitter_takes_away_at_most_half(failures: int) -> None:
    assert retry_delay(failures, 0.0) == retry_delay(failures, 1.0) / 2


def test_giving_up_takes_about_two_days() -> None:
    delays = (retry_delay(failures, 0.5) for failures in range(1, MOST_FAILURES))
    assert timedelta(hours=46) < sum(delays, timedelta()) < timedelta(hours=50)
