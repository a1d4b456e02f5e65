"""Data files as plain documents that a test may spoil."""

import copy
import json
from typing import Any

from intake.screening.catalog import DATA

MISSING = object()

Place = tuple[str | int, ...]


def data(name: str) -> Any:
    return json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))


def changed(document: Any, path: Place, value: object) -> Any:
    """A copy of a document with the value at `path` replaced, or removed for MISSING."""
    document = copy.deepcopy(document)
    part = document
    for key in path[:-1]:
        part = part[key]
    if value is MISSING:
        del part[path[-1]]
    else:
        part[path[-1]] = value
    return document
