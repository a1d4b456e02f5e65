"""Members of staff at their browsers."""

from collections.abc import Callable

import pytest
from flask import Flask

from tests.browse import Browser
from tests.web.staff.people import CLINICIAN, DESK, let_in


@pytest.fixture
def signed_in(app: Flask) -> Callable[[str], Browser]:
    """Let a user in, at a browser of its own."""
    return lambda email: let_in(Browser(app), email)


@pytest.fixture
def desk(signed_in: Callable[[str], Browser]) -> Browser:
    """The front desk's browser."""
    return signed_in(DESK)


@pytest.fixture
def clinician(signed_in: Callable[[str], Browser]) -> Browser:
    """The clinician's browser."""
    return signed_in(CLINICIAN)
