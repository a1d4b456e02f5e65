"""Members of staff at their browsers."""

from collections.abc import Callable

import pytest
import time_machine
from flask import Flask

from tests.browse import Browser
from tests.factories import MONDAY_MORNING
from tests.web.staff.people import ADMIN, CLINICIAN, DESK, let_in


@pytest.fixture
def morning(app: Flask):
    """A Monday morning, 10:00 in Chicago; a test may shift it."""
    with time_machine.travel(MONDAY_MORNING, tick=False) as now:
        yield now


@pytest.fixture
def signed_in(app: Flask) -> Callable[[str], Browser]:
    """Let a user in, at a browser of its own."""
    return lambda email: let_in(Browser(app), email)


@pytest.fixture
def desk(signed_in: Callable[[str], Browser]) -> Browser:
    """The front desk's browser."""
    return signed_in(DESK)


@pytest.fixture
def admin(app: Flask, morning: object) -> Browser:
    """The administrator's browser, on that Monday morning."""
    return let_in(Browser(app), ADMIN)


@pytest.fixture
def clinician(signed_in: Callable[[str], Browser]) -> Browser:
    """The clinician's browser."""
    return signed_in(CLINICIAN)
