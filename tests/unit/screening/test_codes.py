"""LOINC codes with a wrong form or check digit are refused."""

import pytest

from intake.screening.codes import is_loinc


@pytest.mark.parametrize(
    "code", ["44250-9", "115571-2", "LA6568-5", "LA10137-0", "LA33-6", "LL358-3"]
)
def test_it_accepts_codes_as_published(code: str) -> None:
    assert is_loinc(code)


@pytest.mark.parametrize(
    "code",
    [
        "44250-8",
        "42450-9",
        "LA6569-5",
        "LL358-4",
        "44250",
        "44250-",
        "LX6568-5",
        " 44250-9",
        "",
        "٤-4",
    ],
)
def test_it_refuses_mistyped_codes(code: str) -> None:
    assert not is_loinc(code)
