"""LOINC codes: form and check digit, so that a mistyped code never reaches an export."""

import re

NOTICE = (
    "This material contains content from LOINC (http://loinc.org). LOINC is copyright © "
    "Regenstrief Institute, Inc. and the LOINC Committee and is available at no cost under the "
    "license at http://loinc.org/license."
)
"""To be shown wherever LOINC codes are exported."""

_FORM = re.compile(r"((?:LA|LL)?[0-9]{1,7})-([0-9])")


def is_loinc(code: str) -> bool:
    """Whether a term (44250-9), answer (LA6568-5) or answer list (LL358-3) code is well formed."""
    match = _FORM.fullmatch(code)
    return match is not None and _check_digit(match[1]) == int(match[2])


def _check_digit(body: str) -> int:
    """The Luhn (mod 10) digit that LOINC appends; prefix letters count as ASCII code minus 48."""
    weights = [ord(character) - ord("0") for character in reversed(body)]
    doubled = sum(weight * 2 - weight // 5 * 9 for weight in weights[::2])
    return -(doubled + sum(weights[1::2])) % 10
