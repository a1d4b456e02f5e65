"""The date of birth in three parts."""

from datetime import date

import pytest

from intake.web.dates import month_number
from tests.unit.web.forms_for_tests import EveryField, sent

ALL = ("month", "day", "year")


def born(month: str, day: str, year: str) -> EveryField:
    return sent(born_month=month, born_day=day, born_year=year)


@pytest.mark.parametrize("month", ["3", "03", "Mar", "march", "MARCH", "mar.", "marzo", "３"])
def test_it_takes_a_month_however_written(month: str) -> None:
    assert born(month, "27", "1985").born.data == date(1985, 3, 27)


@pytest.mark.parametrize("month", ["0", "13", "ma", "Smarch", "3.5", "-3"])
def test_it_knows_no_other_months(month: str) -> None:
    assert month_number(month) is None


@pytest.mark.parametrize(
    ("parts", "message", "wrong"),
    [
        (("", "", ""), "Enter your date of birth", ALL),
        (("3", "27", ""), "Date of birth must include a year", ("year",)),
        (("", "", "1985"), "Date of birth must include a month and day", ("month", "day")),
        (("Smarch", "27", "1985"), "Date of birth must be a real date", ("month",)),
        (("2", "30", "1985"), "Date of birth must be a real date", ALL),
        (("2", "29", "2023"), "Date of birth must be a real date", ALL),
        (("3", "x", "198y"), "Date of birth must be a real date", ("day", "year")),
        (("3", "27", "85"), "Year must have 4 numbers, like 1985", ("year",)),
        (("3", "9" * 5000, "1985"), "Date of birth must be a real date", ALL),
        (("11", "23", "2026"), "Date of birth must be in the past", ALL),
        (("3", "27", "1885"), "Date of birth must be in 1900 or later", ("year",)),
        (("3", "27", "0000"), "Date of birth must be a real date", ALL),
    ],
)
def test_it_says_one_thing_and_marks_the_parts(
    parts: tuple[str, str, str], message: str, wrong: tuple[str, ...]
) -> None:
    field = born(*parts).born
    assert (field.error, field.wrong) == (message, wrong)
    assert field.anchor == f"born_{wrong[0]}"
    assert tuple(field.parts.values()) == parts
    assert field.data is None


def test_a_leap_day_is_real() -> None:
    assert born("2", "29", "2024").born.data == date(2024, 2, 29)


def test_a_stored_date_fills_the_three_inputs() -> None:
    assert EveryField.fill({"born": "1985-03-27"}).born.parts == {
        "month": "3",
        "day": "27",
        "year": "1985",
    }
