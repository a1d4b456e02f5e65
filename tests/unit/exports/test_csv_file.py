"""CSV that every program reads alike, and that no spreadsheet runs."""

import csv
from io import StringIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.exports.csv_file import csv_lines, safe_cell

CELLS = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)
DANGEROUS = "=+-@\t\r＝＋－＠"


def read(head, rows):
    text = b"".join(csv_lines(head, rows)).decode("utf-8-sig")
    return list(csv.reader(StringIO(text, newline=""), strict=True))


@pytest.mark.parametrize("begin", DANGEROUS)
def test_a_cell_that_would_be_a_formula_is_text(begin):
    assert safe_cell(f"{begin}1+1") == f"'{begin}1+1"
    assert safe_cell(f" {begin}1+1").startswith("'")


@pytest.mark.parametrize("between", [";", "\t", "\n", '; "', "\r\n "])
def test_nor_would_it_be_one_where_a_program_divides_cells_elsewhere(between):
    assert safe_cell(f"Dana{between}=1+1") == f"Dana{between}'=1+1"


@pytest.mark.parametrize("text", ["Dana", "312 555 0198", "", "a=b", "7", "a; b\n\nc, -1"])
def test_other_cells_stay_as_they_are(text):
    assert safe_cell(text) == text


@settings(max_examples=40)
@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=5))
def test_every_cell_comes_back_as_text(rows):
    head, *found = read(["a", "b", "c"], rows)
    assert head == ["a", "b", "c"]
    assert found == [[safe_cell(cell) for cell in row] for row in rows]
    assert not any(cell.lstrip(" ")[:1] in set(DANGEROUS) for row in found for cell in row if cell)


def test_lines_end_and_quote_as_the_standard_says():
    first, second = csv_lines(["Name", "Said"], [['O"Hara', "one\ntwo, three"]])
    assert first == "\ufeffName,Said\r\n".encode()
    assert second == b'"O""Hara","one\ntwo, three"\r\n'
