"""What signing in costs: one password, twenty at once, and whether time tells who works here.

`python -m benchmarks.sign_in` prints it, with passwords hashed as configured.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from statistics import median
from time import perf_counter, process_time

from flask import Flask

from benchmarks.trust import clinic
from intake.accounts.security import hashed, is_password_of
from intake.core.db import db, unit_of_work
from tests import factories
from tests.browse import Browser
from tests.web.staff.people import PASSWORD, person

CROWD, ROUNDS = 20, 5
MB = 1024
EMAIL = "crowd{}@example.com"


@dataclass(frozen=True)
class Figures:
    """Milliseconds; `memory` in MB, what twenty at once need beyond one who waits."""

    password: float
    crowd: float
    memory: float
    known: float
    unknown: float

    def goals(self) -> tuple[tuple[bool, str], ...]:
        """What was met, in words."""
        apart = abs(self.known - self.unknown) / self.known
        return (
            (100 <= self.password <= 250, f"one password {self.password:.0f} ms (100 to 250)"),
            (self.memory <= 200, f"twenty at once {self.memory:.0f} MB more (200 or less)"),
            (apart < 0.25, f"known or not: {apart:.0%} apart (less than 25 %)"),
            (True, f"twenty at once were all in after {self.crowd:.0f} ms"),
        )


def measure() -> Figures:
    """Measure in this process, on SQLite."""
    with clinic() as app:
        password_hash = hashed(PASSWORD)
        for number in range(CROWD + 1):
            factories.user(EMAIL.format(number))
        with unit_of_work():
            for number in range(CROWD + 1):
                person(EMAIL.format(number)).password = password_hash
        user = person(EMAIL.format(0))
        one = median(_timed(lambda: is_password_of(user, PASSWORD)) for _ in range(ROUNDS))
        db.session.remove()
        known, unknown = (_failing(app, email) for email in (EMAIL.format(CROWD), "no@example.com"))
        before = _now_in_use()
        crowd = _timed(lambda: _all_at_once(app), perf_counter)
        return Figures(one, crowd, getrusage(RUSAGE_SELF).ru_maxrss / MB - before, known, unknown)


def _all_at_once(app: Flask) -> None:
    with ThreadPoolExecutor(CROWD) as pool:
        arrived = list(pool.map(lambda number: _signs_in(app, EMAIL.format(number)), range(CROWD)))
    assert all(arrived)


def _signs_in(app: Flask, email: str, password: str = PASSWORD) -> bool:
    browser = Browser(app)
    with app.app_context():
        browser.get("/staff/sign-in")
        return browser.submit(email=email, password=password).path != "/staff/sign-in"


def _failing(app: Flask, email: str) -> float:
    return median(_timed(lambda: _signs_in(app, email, "wrong")) for _ in range(ROUNDS))


def _timed(act: Callable[[], object], clock: Callable[[], float] = process_time) -> float:
    """Milliseconds, of the processor if no other clock is given."""
    began = clock()
    act()
    return (clock() - began) * 1000


def _now_in_use() -> float:
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * 4096 / MB / MB


if __name__ == "__main__":
    for is_met, words in measure().goals():
        print("met " if is_met else "MISSED", words)
