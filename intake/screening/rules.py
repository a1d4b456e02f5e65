"""The triage rules as data: ids, levels and the words staff read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter

from intake.screening.level import Level
from intake.screening.read_values import read_id, read_level
from intake.screening.shape import Node

PLACEHOLDERS: Mapping[str, frozenset[str]] = {
    "S1": frozenset(),
    "S2": frozenset(),
    "S3": frozenset({"which"}),
    "S4": frozenset({"answer_label"}),
    "H1": frozenset(),
    "S5": frozenset(),
    "S6": frozenset(),
    "D1": frozenset({"total"}),
    "M1": frozenset({"reason"}),
    "M2": frozenset({"names"}),
    "N1": frozenset({"total", "band"}),
    "N2": frozenset({"answered", "partial_sum", "at_least_band"}),
    "N3": frozenset({"total", "band"}),
    "N4": frozenset({"yes_count", "and_cut_4"}),
    "N5": frozenset({"mean"}),
    "N6": frozenset(),
    "N7": frozenset(),
    "N8": frozenset(),
    "N9": frozenset(),
    "N10": frozenset({"reason"}),
    "N11": frozenset({"language", "titles"}),
    "R0": frozenset(),
}
"""What the triage code can fill into each rule's words; a rule not listed here never fires."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One triage rule; `level` is None for a note, `staff_text` has {placeholders}."""

    id: str
    level: Level | None
    when: str
    staff_text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The rule table, in the order in which reasons are listed."""

    version: str
    evaluation: str
    reviewed: str | None
    table: Mapping[str, Rule]


def read_rules(node: Node) -> Rules:
    """The rule table of a data file; raises ShapeError unless it is complete and sound."""
    node.allow(("version", "reviewed", "evaluation", "rules"))
    table: dict[str, Rule] = {}
    for element in node["rules"].elements():
        rule = _rule(element)
        if rule.id in table:
            raise element["id"].refusal("is used twice")
        table[rule.id] = rule
    if missing := PLACEHOLDERS.keys() - table.keys():
        raise node["rules"].refusal(f"lacks {', '.join(sorted(missing))}")
    return Rules(
        version=node["version"].text(),
        reviewed=node["reviewed"].optional_text(),
        evaluation=node["evaluation"].text(),
        table=table,
    )


def _rule(node: Node) -> Rule:
    node.allow(("id", "level", "when", "staff_text"))
    rule = Rule(
        id=read_id(node["id"]),
        level=read_level(node["level"]),
        when=node["when"].text(),
        staff_text=node["staff_text"].text(),
    )
    if rule.id not in PLACEHOLDERS:
        raise node["id"].refusal("is not a rule of this product")
    for name in _placeholders(node["staff_text"]):
        if name not in PLACEHOLDERS[rule.id]:
            raise node["staff_text"].refusal(f"cannot use {{{name}}}")
    return rule


def _placeholders(node: Node) -> list[str]:
    try:
        return [name for _, name, _, _ in Formatter().parse(node.text()) if name is not None]
    except ValueError:
        raise node.refusal("has an unmatched brace") from None
