"""Cleaning of typed text."""

import pytest

from intake.web.text import LONGEST, clean_line, clean_lines


@pytest.mark.parametrize(
    "name",
    ["O'Brien", "Núñez", "李", "Anne-Marie 3rd", "می\u200cخواهم", "क\u094d\u200dष", "👩\u200d⚕️"],
)
def test_it_keeps_every_real_name(name: str) -> None:
    assert clean_line(name) == name


@pytest.mark.parametrize(
    "noise",
    [
        "\x00",
        "\x07",
        "\x1b",
        "\u200b",
        "\ufeff",
        "\u202e",
        "\u2066",
        "\u2069",
        chr(0xD800),
        chr(0xDFFF),
    ],
)
def test_it_takes_out_what_nobody_typed(noise: str) -> None:
    assert clean_line(f"Da{noise}na") == "Dana"


def test_it_joins_letters_and_accents() -> None:
    assert clean_line("Nun\u0303ez") == "Nuñez"


def test_a_line_has_no_line_breaks() -> None:
    assert clean_line("  Dana\r\nWhitfield\t ") == "Dana Whitfield"


def test_lines_keep_their_breaks_in_one_form() -> None:
    assert clean_lines("\r\none\r\ntwo\rthree\u2028four\n") == "one\ntwo\nthree\nfour"


def test_a_flood_of_accents_is_not_normalized() -> None:
    """It would take everybody's time: eleven seconds for 120,000 of them."""
    flood = "a" + "\u0301\u0316" * LONGEST
    assert clean_lines(flood) == flood
