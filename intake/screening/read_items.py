"""Read the questions of an instrument: options, bounds, conditions, triggers."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from intake.screening.condition import AnyAnswer, Condition, SumAtLeast
from intake.screening.item import Anchors, Item, Kind, Option, Trigger
from intake.screening.level import Level
from intake.screening.read_values import (
    NUMBERS,
    read_code,
    read_codes,
    read_enum,
    read_id,
    read_level,
    read_text,
    read_text_lists,
)
from intake.screening.shape import Node

ITEM_KEYS = (
    *("id", "short", "kind", "text", "help", "examples", "options", "anchors", "min", "max"),
    *("max_length", "scored", "optional", "show_if", "counts_when_hidden", "triggers"),
    *("loinc", "loinc_related", "note", "segment"),
)
OPTION_KEYS = ("id", "value", "label", "score", "loinc", "help", "exclusive")

OptionSet = tuple[tuple[Option, ...], str | None]
"""Options and the LOINC code of their list."""


def read_items(node: Node, option_sets: Node) -> tuple[Item, ...]:
    """The questions in order; conditions may only look at earlier ones."""
    shared = {key: _option_set(value) for key, value in option_sets.entries()}
    items: dict[str, Item] = {}
    for element in node.elements():
        item = _item(element, shared, items)
        if item.id in items:
            raise element["id"].refusal("is used twice")
        items[item.id] = item
    if not items:
        raise node.refusal("needs at least one item")
    return tuple(items.values())


def read_sum(node: Node, earlier: Mapping[str, Item]) -> SumAtLeast:
    """The condition `{"sum": [item, …], "at_least": number}`."""
    node.allow(("sum", "at_least"))
    return SumAtLeast(_references(node["sum"], earlier), node["at_least"].integer(NUMBERS))


def _item(node: Node, shared: Mapping[str, OptionSet], earlier: Mapping[str, Item]) -> Item:
    node.allow(ITEM_KEYS)
    kind = read_enum(node["kind"], Kind)
    options, answer_list = _item_options(node["options"], kind, shared=shared)
    minimum, maximum = _bounds(node, kind)
    scored = node["scored"].flag()
    if scored and any(option.score is None for option in options):
        raise node["options"].refusal("every option of a scored item needs a score")
    return Item(
        id=read_id(node["id"]),
        short=node["short"].optional_text() or "",
        kind=kind,
        text=read_text(node["text"]),
        help=read_text(node["help"]),
        examples=read_text_lists(node["examples"]),
        options=options,
        answer_list=answer_list,
        anchors=_anchors(node["anchors"]),
        minimum=minimum,
        maximum=maximum,
        max_length=_max_length(node["max_length"], kind),
        scored=scored,
        optional=node["optional"].flag(),
        show_if=tuple(_condition(element, earlier) for element in node["show_if"].elements()),
        counts_when_hidden=_values(node["counts_when_hidden"], options),
        triggers=tuple(_trigger(element, options) for element in node["triggers"].elements()),
        loinc=read_code(node["loinc"]),
        loinc_related=read_codes(node["loinc_related"]),
        note=node["note"].optional_text(),
        segment=node["segment"].optional_text() or "",
    )


def _item_options(node: Node, kind: Kind, *, shared: Mapping[str, OptionSet]) -> OptionSet:
    """An item's own options, or the set it names; none for numbers and free text."""
    if kind in (Kind.INTEGER, Kind.TEXT):
        if node.exists:
            raise node.refusal(f"an item of kind {kind.value} has no options")
        return (), None
    if isinstance(node.value, str):
        return shared[node.one_of(list(shared))]
    return _options(node), None


def _option_set(node: Node) -> OptionSet:
    node.allow(("loinc_list", "options"))
    return _options(node["options"]), read_code(node["loinc_list"])


def _options(node: Node) -> tuple[Option, ...]:
    options: dict[int | str, Option] = {}
    for element in node.elements():
        option = _option(element)
        if option.value in options:
            raise element.refusal("repeats an option")
        options[option.value] = option
    if len(options) < 2:
        raise node.refusal("needs at least two options")
    if len({type(value) for value in options}) > 1:
        raise node.refusal("mixes numbers and ids")
    return tuple(options.values())


def _option(node: Node) -> Option:
    node.allow(OPTION_KEYS)
    value, score = _value_and_score(node)
    label = read_text(node["label"])
    if isinstance(value, str) and not label:
        raise node["label"].refusal("an option with an id needs a label")
    return Option(
        id=str(value),
        value=value,
        score=score,
        label=label,
        loinc=read_code(node["loinc"]),
        help=read_text(node["help"]),
        exclusive=node["exclusive"].flag(),
    )


def _value_and_score(node: Node) -> tuple[int | str, int | None]:
    """An option is stored as a number, which is also its score, or as an id."""
    if not node["value"].exists:
        return read_id(node["id"]), node["score"].optional_integer(NUMBERS)
    for key in ("id", "score"):
        if node[key].exists:
            raise node[key].refusal("an option with a value is its own id and score")
    number = node["value"].integer(NUMBERS)
    return number, number


def _bounds(node: Node, kind: Kind) -> tuple[int, int]:
    if kind is Kind.INTEGER:
        low = node["min"].integer(NUMBERS)
        return low, node["max"].integer(range(low, NUMBERS.stop))
    for key in ("min", "max"):
        if node[key].exists:
            raise node[key].refusal("only an item of kind integer has bounds")
    return 0, 0


def _max_length(node: Node, kind: Kind) -> int:
    if kind is Kind.TEXT:
        return node.integer(range(1, NUMBERS.stop))
    if node.exists:
        raise node.refusal("only an item of kind text has a length")
    return 0


def _anchors(node: Node) -> Anchors | None:
    if not node.exists:
        return None
    node.allow(("low", "high"))
    return Anchors(low=read_text(node["low"]), high=read_text(node["high"]))


def _condition(node: Node, earlier: Mapping[str, Item]) -> Condition:
    """`{"any_of": [item, …], "is": [value, …]}`, or a sum."""
    if node["sum"].exists:
        return read_sum(node, earlier)
    node.allow(("any_of", "is"))
    items = _references(node["any_of"], earlier)
    values = _values(node["is"], [option for item in items for option in earlier[item].options])
    if not values:
        raise node["is"].refusal("needs at least one value")
    return AnyAnswer(items, values)


def _references(node: Node, earlier: Mapping[str, Item]) -> tuple[str, ...]:
    for element in node.elements():
        if element.text() not in earlier:
            raise element.refusal("is not an earlier item")
    if not node.elements():
        raise node.refusal("needs at least one item")
    return node.texts()


def _values(node: Node, options: Collection[Option]) -> tuple[int | str, ...]:
    """Stored values, each of which is the value of one of the options."""
    return tuple(_value(element, options) for element in node.elements())


def _value(node: Node, options: Collection[Option]) -> int | str:
    for option in options:
        if type(node.value) is type(option.value) and node.value == option.value:
            return option.value
    raise node.refusal("is not one of the options")


def _trigger(node: Node, options: tuple[Option, ...]) -> Trigger:
    node.allow(("on", "level", "reason", "sources"))
    for element in node["on"].elements():
        element.one_of([option.id for option in options])
    if not node["on"].elements():
        raise node["on"].refusal("needs at least one option")
    level = read_level(node["level"])
    if level not in (None, Level.CLINICIAN_REVIEW):
        raise node["level"].refusal("a medical answer is a note or for clinician_review")
    return Trigger(
        on=node["on"].texts(),
        level=level,
        reason=node["reason"].text(),
        sources=node["sources"].texts(),
    )
