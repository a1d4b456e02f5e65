"""Answers and scores as FHIR R4 resources, and answers read back from them. Pure.

Questions and answers carry their LOINC codes where they have some: `linkId` is then "/" and the
code, as in LOINC's own questionnaires. Answers that count for a score carry their points as
ordinalValue; those of other questions carry none, so that a sum of all is the score.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from intake.exports.fhir import Resource, given_only, part_id, reference_to
from intake.screening.condition import Answers
from intake.screening.instrument import Band, Instrument
from intake.screening.item import Item, Kind, Option
from intake.screening.results import AsqResult, PegResult, Phq9Result
from intake.screening.scoring import is_scored, score

LOINC = "http://loinc.org"
ORDINAL = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
CATEGORIES = "http://terminology.hl7.org/CodeSystem/observation-category"
POINTS = {"unit": "{score}", "system": "http://unitsofmeasure.org", "code": "{score}"}
"""The unit of totals in UCUM, as LOINC gives it."""
SURVEY = {"coding": [{"system": CATEGORIES, "code": "survey"}]}
WRITTEN_IN = "en"
"""Questions stand in English, for the staff who read them; codes say the same in any language."""


def response(
    instrument: Instrument,
    answers: Answers,
    *,
    patient_id: UUID,
    is_own: bool,
    at: datetime | None,
    base: str,
) -> Resource:
    """The answers to one instrument.

    `is_own` says that the patient answered for themselves. It is "completed" when nothing that was
    shown is left open, else "in-progress": it can still be answered.
    """
    patient = reference_to(patient_id)
    given = [item for item in instrument.items if item.id in answers]
    missing = [
        item
        for item in instrument.visible_items(answers)
        if item.id not in answers and not item.optional
    ]
    return given_only(
        {
            "resourceType": "QuestionnaireResponse",
            "id": str(part_id(patient_id, instrument.id)),
            "questionnaire": _questionnaire(instrument, base),
            "status": "in-progress" if missing else "completed",
            "language": WRITTEN_IN,
            "subject": patient,
            "source": patient if is_own else None,
            "authored": at.isoformat(timespec="seconds") if at else None,
            "item": [_item(item, answers[item.id], instrument, base) for item in given],
        }
    )


def answers_in(response: Mapping[str, Any], instrument: Instrument) -> dict[str, object]:
    """The answers a response holds, by our ids: what `response` made of them, undone."""
    by_link = {_link(item): item for item in instrument.items}
    found: dict[str, object] = {}
    for entry in response.get("item", []):
        item = by_link[entry["linkId"]]
        values = [_value_in(answer, item) for answer in entry["answer"]]
        found[item.id] = values if item.kind is Kind.MULTI else values[0]
    return found


def observations(
    instrument: Instrument, answers: Answers, *, patient_id: UUID, at: datetime | None
) -> list[Resource]:
    """The scores of one instrument; none while answers are missing, as none is ever made up."""
    return [
        given_only(
            {
                "resourceType": "Observation",
                "id": str(part_id(patient_id, f"{instrument.id} {name}")),
                "status": "final",
                "category": [SURVEY],
                "code": _code(instrument, name),
                "subject": reference_to(patient_id),
                "effectiveDateTime": at.isoformat(timespec="seconds") if at else None,
                "derivedFrom": [reference_to(part_id(patient_id, instrument.id))],
                **_score(value),
                "interpretation": [_interpretation(band)] if band else None,
            }
        )
        for name, value, band in _scores(instrument, answers)
    ]


def _questionnaire(instrument: Instrument, base: str) -> str:
    panel = instrument.loinc.get("panel")
    if panel:
        return f"{LOINC}/q/{panel}"
    return f"{base}/fhir/Questionnaire/{instrument.id}|{instrument.version}"


def _link(item: Item) -> str:
    return f"/{item.loinc}" if item.loinc else item.id


def _item(item: Item, value: object, instrument: Instrument, base: str) -> Resource:
    return {
        "linkId": _link(item),
        "text": item.text.get(WRITTEN_IN, item.id),
        "answer": list(_answers(item, value, f"{base}/fhir/CodeSystem/{instrument.id}")),
    }


def _answers(item: Item, value: object, system: str) -> Iterator[Resource]:
    match item.kind:
        case Kind.INTEGER:
            yield {"valueInteger": value}
        case Kind.TEXT:
            yield {"valueString": value}
        case Kind.CHOICE | Kind.MULTI:
            for option in item.chosen(value):
                points = option.score if item.scored else None
                yield {"valueCoding": _coding(option, system, points)}


def _coding(option: Option, system: str, points: int | None) -> Resource:
    ordinal = None if points is None else [{"url": ORDINAL, "valueDecimal": points}]
    return given_only(
        {
            "extension": ordinal,
            "system": LOINC if option.loinc else system,
            "code": option.loinc or option.id,
            "display": option.label.get(WRITTEN_IN, option.id),
        }
    )


def _value_in(answer: Mapping[str, Any], item: Item) -> object:
    if "valueCoding" not in answer:
        return answer.get("valueInteger", answer.get("valueString"))
    code = answer["valueCoding"]["code"]
    return next(each.value for each in item.options if code in (each.loinc, each.id))


Scored = tuple[str, int | str, Band | None]
"""The name of a score as the instrument's file names its code, its value, and its band."""


def _scores(instrument: Instrument, answers: Answers) -> Iterator[Scored]:
    """The scores that are known; a screen without one gives none."""
    if not is_scored(instrument):
        return
    result = score(instrument, answers)
    match result:
        case AsqResult():
            yield "result", result.outcome.value.replace("_", " "), None
        case PegResult(mean_whole=int(mean)):
            yield "mean", mean, None
        case _:
            total = getattr(result, "total", None)
            if total is not None:
                yield "total", total, instrument.band(total) if instrument.bands else None
    if isinstance(result, Phq9Result) and result.phq2 is not None:
        yield "phq2_total", result.phq2, None


def _code(instrument: Instrument, name: str) -> Resource:
    code = instrument.loinc.get(name)
    words = f"{instrument.title}, {name.replace('_', ' ')}"
    return given_only(
        {"coding": [{"system": LOINC, "code": code}] if code else None, "text": words}
    )


def _score(value: int | str) -> Resource:
    if isinstance(value, int):
        return {"valueQuantity": {"value": value, **POINTS}}
    return {"valueCodeableConcept": {"text": value}}


def _interpretation(band: Band) -> Resource:
    coding = [{"system": LOINC, "code": band.loinc}] if band.loinc else None
    return given_only({"coding": coding, "text": band.label})
