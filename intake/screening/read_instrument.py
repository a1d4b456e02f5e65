"""Turn the JSON of a data file into an Instrument, refusing whatever is not understood."""

from __future__ import annotations

from itertools import chain

from intake.screening.condition import SumAtLeast
from intake.screening.instrument import (
    Band,
    Flag,
    Instrument,
    Licence,
    Preamble,
    Wording,
)
from intake.screening.item import Item
from intake.screening.read_items import read_items, read_sum
from intake.screening.read_values import (
    NUMBERS,
    read_code,
    read_codes,
    read_enum,
    read_id,
    read_level,
    read_sentences,
    read_text,
    read_text_lists,
)
from intake.screening.shape import Node

INSTRUMENT_KEYS = (
    *("id", "version", "title", "wording", "reviewed", "population", "recall", "instructions"),
    *("preamble", "stem", "loinc", "option_sets", "items", "gate", "bands", "flags"),
    *("scoring", "evidence", "licence", "sources", "notes", "asked_of"),
)


def read_instrument(node: Node) -> Instrument:
    """The instrument a data file describes; raises ShapeError at the first thing that is wrong."""
    node.allow(INSTRUMENT_KEYS)
    instrument = Instrument(
        id=read_id(node["id"]),
        version=node["version"].text(),
        title=node["title"].text(),
        wording=read_enum(node["wording"], Wording),
        reviewed=node["reviewed"].optional_text(),
        population=node["population"].text(),
        recall=node["recall"].text(),
        instructions=read_text(node["instructions"]),
        preamble=_preamble(node["preamble"]),
        stem=read_text(node["stem"]),
        loinc=read_codes(node["loinc"]),
        items=(items := read_items(node["items"], node["option_sets"])),
        gate=_gate(node["gate"], items),
        bands=_bands(node["bands"]),
        flags=tuple(_flag(element) for element in node["flags"].elements()),
        scoring=read_sentences(node["scoring"]),
        evidence=read_sentences(node["evidence"]),
        licence=_licence(node["licence"]),
        sources=read_sentences(node["sources"]),
        notes=node["notes"].texts(),
        asked_of=node["asked_of"].texts(),
    )
    _refuse_incomplete(instrument, node)
    return instrument


def _preamble(node: Node) -> Preamble | None:
    if not node.exists:
        return None
    node.allow(("text", "examples"))
    return Preamble(text=read_text(node["text"]), examples=read_text_lists(node["examples"]))


def _licence(node: Node) -> Licence:
    node.allow(("status", "show"))
    return Licence(status=node["status"].text(), show=read_text(node["show"]))


def _gate(node: Node, items: tuple[Item, ...]) -> SumAtLeast | None:
    """The gate of an instrument; its items come first, so that they can open the others."""
    if not node.exists:
        return None
    gate = read_sum(node, {item.id: item for item in items})
    if {item.id for item in items[: len(gate.items)]} != set(gate.items):
        raise node["sum"].refusal("the items of the gate must be the first ones")
    return gate


def _bands(node: Node) -> tuple[Band, ...]:
    """Bands that start at 0 and leave no gap; only the last may have no upper end."""
    bands: list[Band] = []
    for element in node.elements():
        end = bands[-1].maximum if bands else -1
        if end is None:
            raise element.refusal("comes after a band without an upper end")
        bands.append(_band(element, end + 1))
    return tuple(bands)


def _band(node: Node, start: int) -> Band:
    node.allow(("id", "min", "max", "label", "loinc"))
    if node["min"].integer() != start:
        raise node["min"].refusal(f"must be {start}, so that the bands leave no gap")
    return Band(
        id=read_id(node["id"]),
        minimum=start,
        maximum=node["max"].optional_integer(range(start, NUMBERS.stop)),
        label=node["label"].text(),
        loinc=read_code(node["loinc"]),
    )


def _flag(node: Node) -> Flag:
    node.allow(("id", "when", "level", "text"))
    return Flag(
        id=read_id(node["id"]),
        when=node["when"].text(),
        level=read_level(node["level"]),
        text=node["text"].text(),
    )


def _refuse_incomplete(instrument: Instrument, node: Node) -> None:
    """Raise ShapeError for what only shows once everything has been read."""
    if instrument.wording is not Wording.NONE and not instrument.languages:
        raise node["items"].refusal("no language has the wording of every item and option")
    if instrument.wording is Wording.OFFICIAL:
        _refuse_missing_lines(instrument, node["licence"]["show"])
    _refuse_short_bands(instrument, node["bands"])
    _refuse_missing_sources(instrument, node["sources"])


def _refuse_short_bands(instrument: Instrument, node: Node) -> None:
    most = sum(item.highest_score for item in instrument.items if item.scored)
    last = instrument.bands[-1].maximum if instrument.bands else None
    if last is not None and most > last:
        raise node.refusal(f"end before the highest total, {most}")


def _refuse_missing_sources(instrument: Instrument, node: Node) -> None:
    for item in instrument.items:
        cited = chain.from_iterable(trigger.sources for trigger in item.triggers)
        for key in cited:
            if key not in instrument.sources:
                raise node[key].refusal(f"is cited by {item.id} but missing")


def _refuse_missing_lines(instrument: Instrument, node: Node) -> None:
    for language in instrument.languages:
        if language not in instrument.licence.show:
            raise node[language].refusal("official wording needs a licence line to show")
