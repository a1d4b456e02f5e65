"""Score answers and triage a summary from JSON text to JSON text, for the command line."""

from __future__ import annotations

import json

from intake.screening.catalog import Catalog, load_catalog
from intake.screening.errors import AnswerError, InputError, NotScoredError, ShapeError
from intake.screening.scoring import score
from intake.screening.shape import Node, load_json, printable
from intake.screening.summary import facts_from_summary
from intake.screening.triage import judge


def score_json(instrument_id: str, text: str, *, catalog: Catalog | None = None) -> str:
    """The result, as JSON, of the answers in a JSON object; InputError says what is wrong."""
    instrument = (catalog or load_catalog()).get(instrument_id)
    if instrument is None:
        raise InputError(f"{printable(instrument_id)}: is not an instrument")
    try:
        return _dump(score(instrument, Node(load_json(text)).object()).as_dict())
    except (AnswerError, NotScoredError, ShapeError) as error:
        raise InputError(str(error)) from None


def triage_json(text: str, *, catalog: Catalog | None = None) -> str:
    """Level and fired rules, as JSON, of a summary in a JSON object; InputError like above."""
    catalog = catalog or load_catalog()
    try:
        return _dump(judge(catalog, facts_from_summary(catalog, Node(load_json(text)))).as_dict())
    except ShapeError as error:
        raise InputError(str(error)) from None


def says_nothing(text: str) -> bool:
    """Whether a summary holds no result at all: its "routine" then says nothing."""
    return not any(value not in (None, {}, []) for value in Node(load_json(text)).object().values())


def _dump(values: dict[str, object]) -> str:
    return json.dumps(values, ensure_ascii=False)
