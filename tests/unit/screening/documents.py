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


def own_instrument() -> Any:
    """A clinic's own questions: a number and a choice, which add up."""
    options = [
        {"id": "yes", "label": {"en": "Yes"}, "score": 0},
        {"id": "no", "label": {"en": "No"}, "score": 2},
    ]
    return {
        "id": "sleep",
        "version": "1",
        "title": "Sleep",
        "wording": "own",
        "population": "adults",
        "recall": "last week",
        "asked_of": ["everyone"],
        "licence": {"status": "Our own words."},
        "bands": [
            {"id": "good", "min": 0, "max": 8, "label": "good"},
            {"id": "poor", "min": 9, "max": 26, "label": "poor"},
        ],
        "items": [
            {"id": "hours", "kind": "integer", "text": {"en": "Hours awake?"}, "min": 0}
            | {"max": 24, "scored": True},
            {"id": "rested", "kind": "choice", "text": {"en": "Rested?"}, "options": options}
            | {"scored": True},
        ],
    }


def midas_with_words() -> Any:
    """MIDAS as a clinic that holds permission would bring it."""
    document = data("midas") | {"wording": "official", "asked_of": ["migraine"]}
    document["licence"] = {"status": "By permission.", "show": {"en": "Used by permission."}}
    for item in document["items"]:
        item["text"] = {"en": f"The wording of {item['id']}"}
    return document
