"""When a mail that could not be handed over is tried again, and when we stop trying."""

from datetime import timedelta

FIRST = timedelta(seconds=2)
LONGEST = timedelta(hours=1)
MOST_FAILURES = 75
"""Tries until a mail is given up: about two days, as the delays are three quarters on average."""


def retry_delay(failures: int, jitter: float) -> timedelta:
    """How long to wait after that many failures (1 or more): twice as long each time.

    `jitter` is between 0 and 1 and takes away up to half, so that mails which failed together
    do not all come back together.
    """
    doubled = FIRST * (1 << min(failures - 1, 20))
    return min(doubled, LONGEST) * (0.5 + jitter / 2)
