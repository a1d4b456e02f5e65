"""All instruments and triage rules, read once from data files and checked before use."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TypeVar

from intake.screening.errors import InstrumentError, ShapeError
from intake.screening.instrument import EVERYONE, Instrument, Wording
from intake.screening.item import Item
from intake.screening.read_instrument import read_instrument
from intake.screening.rules import Rules, read_rules
from intake.screening.shape import Node, load_json

DATA = Path(__file__).with_name("data")
RULES_FILE = "triage_rules.json"

Document = TypeVar("Document")


class Catalog(Mapping[str, Instrument]):
    """Instruments by id, in order of their files' names, and the triage rules.

    Read once and never changed, so a catalog equals itself alone and can be a key.
    """

    __slots__ = ("_instruments", "rules")
    __eq__ = object.__eq__
    __hash__ = object.__hash__

    def __init__(self, instruments: Mapping[str, Instrument], rules: Rules) -> None:
        self._instruments = dict(instruments)
        self.rules = rules

    def __getitem__(self, instrument_id: str) -> Instrument:
        return self._instruments[instrument_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._instruments)

    def __len__(self) -> int:
        return len(self._instruments)


_own: list[Path] = []
"""The clinic's own folder, if it has one: the same for the whole process."""


def use_own(folder: Path) -> None:
    """From now on, take the clinic's own instruments from this folder; none if it is not there."""
    _own[:] = [folder] if folder.is_dir() else []


def load_catalog() -> Catalog:
    """The instruments of this product and of the clinic; read once.

    Raises InstrumentError, which names the file, the place and the reason.
    """
    return read_catalog(*_own)


@cache
def read_catalog(*folders: Path) -> Catalog:
    """The instruments of this product and of a clinic's folders; InstrumentError like above.

    A clinic's file adds an instrument, or brings the wording of one that has none here (MIDAS).
    """
    instruments: dict[str, Instrument] = {}
    for path in sorted(DATA.glob("*.json")):
        if path.name != RULES_FILE:
            instrument = _read(path, read_instrument)
            instruments[instrument.id] = instrument
    for folder in folders:
        if not folder.is_dir():
            raise InstrumentError(str(folder), "", "is not a folder")
        for path in sorted(folder.glob("*.json")):
            _add(instruments, path)
    return Catalog(instruments, _read(DATA / RULES_FILE, read_rules))


def _add(instruments: dict[str, Instrument], path: Path) -> None:
    """Add a clinic's own instrument to those read so far."""
    instrument = _read(path, read_instrument)
    if any(item.triggers for item in instrument.items):
        raise InstrumentError(str(path), "items", "only the built-in medical screen has triggers")
    known = instruments.get(instrument.id)
    if known is not None and not _only_adds_words(known, instrument):
        raise InstrumentError(str(path), "id", f"{instrument.id} is there already and differs")
    if not instrument.languages:
        raise InstrumentError(str(path), "items", "have no words to ask with")
    _refuse_unasked(instrument, [EVERYONE, *_conditions(instruments)], path)
    instruments[instrument.id] = instrument


def _refuse_unasked(instrument: Instrument, groups: Collection[str], path: Path) -> None:
    """Raise InstrumentError unless the instrument says of whom it is asked."""
    if not instrument.asked_of or not set(instrument.asked_of) <= set(groups):
        raise InstrumentError(str(path), "asked_of", f"must name some of {', '.join(groups)}")


def _conditions(instruments: Mapping[str, Instrument]) -> list[str]:
    return [option.id for option in instruments["history"].item("conditions").options]


def _only_adds_words(known: Instrument, instrument: Instrument) -> bool:
    """Whether an instrument is one that has no words here, scored in the same way."""
    return (
        known.wording is Wording.NONE
        and known.bands == instrument.bands
        and [_answers(item) for item in known.items]
        == [_answers(item) for item in instrument.items]
    )


def _answers(item: Item) -> tuple[object, ...]:
    """What an item asks for and how it counts, without its words."""
    options = tuple((option.value, option.score) for option in item.options)
    return item.id, item.kind, item.minimum, item.maximum, item.scored, options


def _read(path: Path, reader: Callable[[Node], Document]) -> Document:
    try:
        return reader(_node(path))
    except ShapeError as error:
        raise InstrumentError(str(path), error.place, error.reason) from error


def _node(path: Path) -> Node:
    try:
        return Node(load_json(path.read_text(encoding="utf-8-sig")))
    except (OSError, UnicodeDecodeError) as error:
        raise ShapeError("", f"cannot be read: {type(error).__name__}") from error
