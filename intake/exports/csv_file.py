"""Tables as CSV files: RFC 4180, UTF-8, and safe to open in a spreadsheet. Pure.

A cell that a spreadsheet would take for a formula gets an apostrophe in front (OWASP ASVS 1.2.10,
CSV Injection), and so does what would begin a formula within a cell, behind a semicolon, a tab or a
new line: where programs divide cells at those, quotes do not hold a cell together. A comma needs no
such care: whoever divides there reads the quotes. The file begins with a byte order mark: without
it Excel reads another alphabet.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO

MEDIA_TYPE = "text/csv; charset=utf-8"
MARK = "\ufeff"
SIGNS = "=+-@＝＋－＠"
FORMULA = (*SIGNS, "\t", "\r", "\n")
"""What a formula begins with. The wide ones count in East Asian versions of spreadsheets."""

BLANKS = " \u00a0"
"""What some programs drop before they look."""

_INNER = re.compile(rf'([;\t\r\n][;\t\r\n"{BLANKS}]*)(?=[{re.escape(SIGNS)}])')
"""Where another cell would begin with a formula, were the text divided there."""


def csv_lines(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """The file in pieces, one for each row, as they come."""
    yield MARK.encode() + _line(head)
    for row in rows:
        yield _line(row)


def safe_cell(value: object) -> str:
    """A value as the text of a cell, which no spreadsheet takes for a formula."""
    text = _INNER.sub(r"\1'", str(value).replace("\0", ""))
    return f"'{text}" if _begins_formula(text) else text


def _begins_formula(text: str) -> bool:
    return text.lstrip(BLANKS).startswith(FORMULA)


def _line(cells: Sequence[object]) -> bytes:
    line = StringIO()
    csv.writer(line, lineterminator="\r\n").writerow([safe_cell(cell) for cell in cells])
    return line.getvalue().encode()
