"""Triage facts from a summary in JSON: results per instrument instead of answers.

Keys are those of the rule table: `asq`, `phq9`, `headache`, `gad7`, `pc_ptsd_5`, `peg`, `screen`,
`history` and `conditions`; null or absent means not shown. Within an instrument, the keys of its
score and its item ids are known; what no rule looks at is ignored. Lists hold known ids only: a
misspelled one must not pass for an answer that fires nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields

from intake.screening.catalog import Catalog
from intake.screening.facts import Facts, HeadacheFacts, HistoryFacts, Phq9Facts
from intake.screening.instrument import Instrument
from intake.screening.level import Level
from intake.screening.results import (
    AsqOutcome,
    AsqResult,
    Finding,
    Gad7Result,
    HeadacheResult,
    HistoryResult,
    PcPtsd5Result,
    PegResult,
    Phq9Result,
    Result,
    ScreenResult,
)
from intake.screening.shape import Node

KEYS = ("asq", "phq9", "headache", "gad7", "pc_ptsd_5", "peg", "screen", "history", "conditions")
TRIALS = ("none", "1", "2", "3", "4_or_more")


def facts_from_summary(catalog: Catalog, node: Node) -> Facts:
    """The facts a summary states; ShapeError names the key that is wrong."""
    node.allow(KEYS)
    return Facts(
        asq=_asq(catalog, node["asq"]),
        phq9=_phq9(catalog, node["phq9"]),
        headache=_headache(catalog, node["headache"]),
        gad7_total=_number(
            _section(node["gad7"], catalog["gad7"], Gad7Result), "total", bounds=range(22)
        ),
        pc_ptsd_5_yes_count=_number(
            _section(node["pc_ptsd_5"], catalog["pc_ptsd_5"], PcPtsd5Result),
            "yes_count",
            bounds=range(6),
        ),
        peg_sum=_number(_section(node["peg"], catalog["peg"], PegResult), "sum", bounds=range(31)),
        screen=_screen(catalog, node["screen"]),
        history=_history(catalog, node),
    )


def _section(
    node: Node, instrument: Instrument, result: type[Result], *, more: Collection[str] = ()
) -> Node | None:
    """The part about one instrument, with no key but those of its score, its items and `more`."""
    if not node.exists:
        return None
    items = [item.id for item in instrument.items]
    node.allow([field.name for field in fields(result)] + items + list(more))
    return node


def _number(node: Node | None, key: str, *, bounds: range) -> int | None:
    return None if node is None else node[key].optional_integer(bounds)


def _asq(catalog: Catalog, node: Node) -> AsqResult | None:
    """The outcome as text, or as the score of the ASQ, `{"result": outcome}`."""
    if isinstance(node.value, dict):
        node.allow(("result", *(item.id for item in catalog["asq"].items)))
        node = node["result"]
    if not node.exists:
        return None
    outcome = AsqOutcome(node.one_of([outcome.value for outcome in AsqOutcome]))
    return AsqResult(outcome=outcome, yes=(), declined=())


def _phq9(catalog: Catalog, node: Node) -> Phq9Facts | None:
    """PHQ-9 with item 9 as `q9` or, as in its score, `item9`; `"shown": false` excuses a blank."""
    section = _section(node, catalog["phq9"], Phq9Result, more=("shown",))
    if section is None:
        return None
    item9 = section["q9"].optional_integer(range(4))
    if item9 is None:
        item9 = section["item9"].optional_integer(range(4))
    shown = not section["shown"].exists or section["shown"].flag()
    return Phq9Facts(
        item9=item9,
        item9_skipped=shown and item9 is None,
        total=section["total"].optional_integer(range(28)),
        partial_sum=section["partial_sum"].optional_integer(range(28)),
        answered=section["answered"].optional_integer(range(10)),
    )


def _headache(catalog: Catalog, node: Node) -> HeadacheFacts | None:
    """Headache days; emergency signs as the answer or as the flag of the score."""
    section = _section(node, catalog["headache_burden"], HeadacheResult)
    if section is None:
        return None
    flags = [flag.id for flag in catalog["headache_burden"].flags]
    answer = section["emergency_now"]
    pattern = section["chronic_pattern"]
    return HeadacheFacts(
        emergency="headache_emergency" in section["flags"].known(flags)
        or (answer.exists and answer.one_of(("yes", "no")) == "yes"),
        chronic_pattern=pattern.one_of(("yes", "uncertain", "no")) if pattern.exists else None,
        possible_medication_overuse=section["possible_medication_overuse"].flag(),
    )


def _screen(catalog: Catalog, node: Node) -> ScreenResult | None:
    if not node.exists:
        return None
    node.allow(("review", "note", "skipped"))
    items = catalog["ketamine_safety_screen"].items
    questions = [item.id for item in items]
    keys = questions + [f"{item.id}.{option.id}" for item in items for option in item.options]
    review = [_finding(catalog, key, Level.CLINICIAN_REVIEW) for key in node["review"].known(keys)]
    notes = [_finding(catalog, key, None) for key in node["note"].known(keys)]
    return ScreenResult(findings=(*review, *notes), skipped=node["skipped"].known(questions))


def _finding(catalog: Catalog, key: str, level: Level | None) -> Finding:
    """A finding with the reason of its trigger; without one, the key is its own reason."""
    item_id, _, option_id = key.partition(".")
    triggers = (
        trigger
        for item in catalog["ketamine_safety_screen"].items
        if item.id == item_id
        for trigger in item.triggers
        if trigger.level is level and (not option_id or option_id in trigger.on)
    )
    reason = next((trigger.reason for trigger in triggers), key)
    return Finding(key=key, level=level, reason=reason)


def _history(catalog: Catalog, node: Node) -> HistoryFacts:
    """Trials and current care under `history`; conditions there or beside it."""
    section = _section(node["history"], catalog["history"], HistoryResult)
    ids = _options(catalog, "conditions")
    conditions = node["conditions"].known(ids)
    if section is None:
        return HistoryFacts(conditions=frozenset(conditions))
    return HistoryFacts(
        conditions=frozenset((*conditions, *section["conditions"].known(ids))),
        ad_trials=_trials(catalog, section["ad_trials"]),
        current_provider=_option(catalog, section["current_provider"], item="current_provider"),
    )


def _trials(catalog: Catalog, node: Node) -> str | None:
    """Antidepressants tried, as an option id or as a whole number."""
    if isinstance(node.value, int):
        return TRIALS[min(node.integer(range(100)), len(TRIALS) - 1)]
    return _option(catalog, node, item="ad_trials")


def _option(catalog: Catalog, node: Node, *, item: str) -> str | None:
    """The id of an answer to a question of the history; None when the value is missing."""
    return node.one_of(_options(catalog, item)) if node.exists else None


def _options(catalog: Catalog, item: str) -> list[str]:
    return [option.id for option in catalog["history"].item(item).options]
