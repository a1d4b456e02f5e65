"""Read parsed JSON strictly: whatever is missing, unknown or of the wrong type is named."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from intake.screening.errors import ShapeError


@dataclass(frozen=True, slots=True)
class Node:
    """A JSON value and its place in the document, for example `items[3].options`."""

    value: object
    place: str = ""

    def refusal(self, reason: str) -> ShapeError:
        """The error to raise about this value."""
        return ShapeError(self.place, reason)

    @property
    def exists(self) -> bool:
        """Whether there is a value (null counts as none)."""
        return self.value is not None

    def __getitem__(self, key: str) -> Node:
        place = f"{self.place}.{key}" if self.place else key
        return Node(self.object().get(key), place)

    def object(self) -> Mapping[str, Any]:
        """The keys and values of an object."""
        if not isinstance(self.value, dict):
            raise self.refusal("must be an object")
        return self.value

    def allow(self, keys: Collection[str]) -> None:
        """Raise ShapeError at the first key that is not one of `keys`."""
        for key in self.object():
            if key not in keys:
                raise self[printable(key)].refusal("is not known here")

    def entries(self) -> Iterator[tuple[str, Node]]:
        """The keys and values of an object; nothing when the value is missing."""
        return ((key, self[key]) for key in (self.object() if self.exists else ()))

    def elements(self) -> list[Node]:
        """The elements of a list; an empty list when the value is missing."""
        if self.value is None:
            return []
        if not isinstance(self.value, list):
            raise self.refusal("must be a list")
        return [Node(value, f"{self.place}[{i}]") for i, value in enumerate(self.value)]

    def text(self) -> str:
        """A string that is not blank."""
        if not isinstance(self.value, str):
            raise self.refusal("must be text")
        if not self.value.strip():
            raise self.refusal("must not be empty")
        return self.value

    def texts(self) -> tuple[str, ...]:
        """A list of strings as a tuple; empty when the value is missing."""
        return tuple(element.text() for element in self.elements())

    def known(self, ids: Collection[str]) -> tuple[str, ...]:
        """A list of strings that are all in `ids`; empty when the value is missing."""
        for element in self.elements():
            if element.text() not in ids:
                raise element.refusal("is not known here")
        return self.texts()

    def integer(self, bounds: range | None = None) -> int:
        """A whole number (true and 1.0 are none), within the bounds if any are given."""
        if type(self.value) is not int:
            raise self.refusal("must be a whole number")
        if bounds is not None and self.value not in bounds:
            raise self.refusal(f"must be from {bounds.start} to {bounds.stop - 1}")
        return self.value

    def flag(self) -> bool:
        """True or false; false when the value is missing."""
        if self.value is None:
            return False
        if not isinstance(self.value, bool):
            raise self.refusal("must be true or false")
        return self.value

    def one_of(self, choices: Collection[str]) -> str:
        """A string that is one of `choices`."""
        if not isinstance(self.value, str) or self.value not in choices:
            raise self.refusal(f"must be one of {', '.join(choices)}")
        return self.value

    def optional_text(self) -> str | None:
        """A string that is not blank, or None when the value is missing."""
        return self.text() if self.exists else None

    def optional_integer(self, bounds: range | None = None) -> int | None:
        """A whole number within the bounds, or None when the value is missing."""
        return self.integer(bounds) if self.exists else None


def printable(key: object) -> str:
    """A key from outside as one short line of ASCII, safe to put into a message."""
    text = ascii(key)[1:-1] if isinstance(key, str) else ascii(key)
    return text if len(text) <= 40 else f"{text[:37]}..."


def load_json(text: str) -> object:
    """Parse JSON strictly: no repeated keys, which would hide an answer, no NaN; ShapeError."""
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise ShapeError("", f"is not valid JSON: {error.msg} ({place})") from None
    except (ValueError, RecursionError):
        raise ShapeError(
            "", "is not valid JSON: a number is too long or the nesting too deep"
        ) from None


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    values: dict[str, object] = {}
    for key, value in pairs:
        if key in values:
            raise ShapeError(printable(key), "is given twice")
        values[key] = value
    return values


def _refuse_constant(name: str) -> object:
    raise ShapeError("", f"is not valid JSON: {name} is no number")
