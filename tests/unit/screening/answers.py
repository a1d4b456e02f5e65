"""Answers for tests: filled-in forms, and hypothesis strategies that draw them."""

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from intake.screening.catalog import load_catalog
from intake.screening.instrument import Instrument
from intake.screening.item import Item, Kind

CATALOG = load_catalog()
SCORED = sorted(CATALOG)

CALM = {
    "asq": dict.fromkeys(("q1", "q2", "q3", "q4"), "no"),
    "phq9": {f"q{i}": 0 for i in range(1, 10)},
    "gad7": {f"q{i}": 0 for i in range(1, 8)},
    "pc_ptsd_5": {"exposure": "no"},
    "peg": {"p": 1, "e": 1, "g": 1},
    "headache_burden": {"headache_days": 0, "migraine_days": 0, "emergency_now": "no"},
    "ketamine_safety_screen": {
        **{
            item.id: "no"
            for item in CATALOG["ketamine_safety_screen"].items
            if item.kind is Kind.CHOICE
        },
        "driver": "yes",
        "med_classes": ["none"],
    },
    "history": {"conditions": ["migraine"]},
}
"""A full intake in which nothing asks for attention."""

drawn = settings(max_examples=25, deadline=None)
"""For tests that run once per instrument: enough together, and no clock on a busy machine."""

json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 40) | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)


def valid_values(item: Item) -> st.SearchStrategy[Any]:
    """Every answer an item allows, without leaving it blank."""
    values = [option.value for option in item.options]
    match item.kind:
        case Kind.CHOICE:
            return st.sampled_from(values)
        case Kind.MULTI:
            return st.lists(st.sampled_from(values), max_size=4)
        case Kind.INTEGER:
            return st.integers(item.minimum, item.maximum)
        case Kind.TEXT:
            return st.text(max_size=20)


def forms(instrument: Instrument) -> st.SearchStrategy[dict[str, Any]]:
    """Valid answers to some of the items, stale and contradictory ones included."""
    return st.fixed_dictionaries(
        {},
        optional={item.id: st.none() | valid_values(item) for item in instrument.items},
    )


def intakes() -> st.SearchStrategy[dict[str, dict[str, Any]]]:
    """Valid answers to some of the instruments."""
    return st.fixed_dictionaries({}, optional={key: forms(CATALOG[key]) for key in CALM})
