"""How phone numbers are written for people."""

import pytest

from intake.core.phones import phone_text


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        *((each, "(312) 555-0198") for each in ("312 555 0198", "3125550198", "+1 312.555.0198")),
        ("+52 55 5123 4567", "+52 55 5123 4567"),
        *((each, each) for each in ("312 555 0198 (cell)", "312-555-0198 x12", "12", "")),
    ],
)
def test_a_number_is_written_in_one_way(typed: str, shown: str) -> None:
    assert phone_text(typed) == shown
