"""Tables as CSV files: RFC 4180, UTF-8, and safe to open in a spreadsheet. Pure.

A cell that a spreadsheet would take for a formula gets an apostrophe in front (OWASP ASVS 1.2.10,
CSV Injection). The file begins with a byte order mark: without it Excel reads another alphabet.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO

MEDIA_TYPE = "text/csv; charset=utf-8"
MARK = "\ufeff"
FORMULA = tuple("=+-@\t\r\n＝＋－＠")
"""What a formula begins with. The wide ones count in East Asian versions of spreadsheets."""

BLANKS = " \u00a0"
"""What some programs drop before they look."""


def csv_lines(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """The file in pieces, one for each row, as they come."""
    yield MARK.encode() + _line(head)
    for row in rows:
        yield _line(row)


def safe_cell(value: object) -> str:
    """A value as the text of a cell, which no spreadsheet takes for a formula."""
    text = str(value).replace("\0", "")
    return f"'{text}" if _begins_formula(text) else text


def _begins_formula(text: str) -> bool:
    return text.lstrip(BLANKS).startswith(FORMULA)


def _line(cells: Sequence[object]) -> bytes:
    line = StringIO()
    csv.writer(line, lineterminator="\r\n").writerow([safe_cell(cell) for cell in cells])
    return line.getvalue().encode()
