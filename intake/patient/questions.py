"""Forms built from instruments: never typed by hand, so wording and values are the instrument's."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from textwrap import shorten
from typing import Any, ClassVar

from flask import render_template, request
from wtforms import Field

from intake.core.i18n import gettext_in
from intake.core.i18n import lazy_gettext as _l
from intake.patient.headings import heading
from intake.patient.journey import Step
from intake.screening.catalog import load_catalog
from intake.screening.instrument import Instrument
from intake.screening.item import Item, Kind, Text
from intake.screening.level import Level
from intake.screening.plan import SAFETY
from intake.screening.scoring import headache_burden
from intake.screening.triage import level_alone, speaks_of_danger
from intake.web.fields import (
    ChoiceField,
    ChoicesField,
    IntegerField,
    Question,
    TextAreaField,
    TextField,
)
from intake.web.forms import Form
from intake.web.question import Stored, Value

SHEET_OPTIONS = 5
"""Items with at most this many answers in common are set as a score sheet."""
SCALE_OPTIONS = 11
TOPIC_LENGTH = 60
"""Characters of a question that the list of problems shows."""
ONE_LINE = 200
"""Texts of at most this many characters get one line; longer ones get a box."""
OPTIONAL = re.compile(r" \((optional|opcional)\)$")
"""Some of our own questions end so. It is said of every optional question, in one way."""
NOT_WATCHED = _l("Please don't use this box for an emergency. Staff read it during office hours.")


@dataclass(frozen=True)
class Block:
    """Questions that are drawn together, and how: sheet, scale, choice, choices, count or text."""

    kind: str
    fields: list[Question]
    items: list[Item]
    title: str = ""
    """The heading of the part of the page that begins here, or ""."""


@dataclass(frozen=True)
class Sheet:
    """The questions of one page, and how to ask them."""

    step: Step
    items: tuple[Item, ...]
    language: str
    further: bool

    def form(self, given: Mapping[str, Any], *, demand: bool = True) -> Form:
        """The form with the answers given so far; in a POST it takes what was sent."""
        form_class = question_form(self.step.key, self.items, self.language, demand=demand)
        return form_class(data=given)

    def is_whole(self, right: Mapping[str, Any]) -> bool:
        """Whether these answers leave nothing open that the page wants to know."""
        return {item.id for item in self.items if not item.optional} <= right.keys()

    def draw(self, form: Form, page: Mapping[str, Any]) -> str:
        """The page, with what every page shows around its questions."""
        key = self.step.key
        return render_template(
            template(key, further=self.further),
            form=form,
            instrument=load_catalog()[key],
            blocks=blocks(form, self.items),
            language=self.language,
            heading=heading(key, further=self.further),
            further=self.further,
            **page,
        )


class QuestionForm(Form):
    """A form made from an instrument."""

    instrument: ClassVar[Instrument]

    def right_values(self) -> dict[str, Stored]:
        """The answers that are right; of answers that contradict each other, those that count.

        Such a page is wrong and is shown again, but who said "yes" and "no" of a danger has said
        "yes", and of a list "None of these" counts for nothing beside others.
        """
        right = super().right_values()
        for field in self:
            if isinstance(field, ChoicesField) and field.is_torn:
                right[field.short_name] = field.applying
            elif isinstance(field, ChoiceField) and field.is_torn:
                worst = self._danger_in(field)
                right |= {} if worst is None else {field.short_name: worst}
        return right

    def _danger_in(self, field: ChoiceField) -> Value | None:
        """The worst of the answers sent to one question, if it alone speaks of danger."""
        levels = {
            value: level_alone(load_catalog(), self.instrument.id, {field.short_name: value})
            for value, *_ in field.choices
            if str(value) in field.sent
        }
        worst = max(levels, key=lambda value: levels[value].rank, default=None)
        return worst if worst is not None and levels[worst] >= Level.URGENT else None


def sent_danger(instrument_id: str, language: str) -> dict[str, Any]:
    """The right answers in the form that was sent, if they speak of danger; else nothing.

    Whatever the page asks by now: another tab may have changed that since it was shown.
    """
    instrument = load_catalog().get(instrument_id)
    if instrument is None or not instrument.languages:  # only arithmetic: never asked by a page
        return {}
    sent = [item for item in instrument.items if item.id in request.form]
    spoken = language if language in instrument.languages else instrument.languages[0]
    form = question_form(instrument_id, sent, spoken, demand=False)()
    form.validate()
    told = form.right_values()
    return told if speaks_of_danger(load_catalog(), instrument_id, told) else {}


def question_form(
    instrument_id: str, items: Sequence[Item], language: str, *, demand: bool
) -> type[Form]:
    """The form class for these items. With `demand`, every item that is not optional must be
    answered; without it, questions may be left blank."""
    instrument = load_catalog()[instrument_id]
    return _form_class(instrument, tuple(item.id for item in items), language, demand)


@lru_cache(maxsize=256)
def _form_class(
    instrument: Instrument, item_ids: tuple[str, ...], language: str, demand: bool
) -> type[Form]:
    fields = {key: _field(instrument.item(key), language, demand) for key in item_ids}
    return type("InstrumentForm", (QuestionForm,), {"instrument": instrument, **fields})


def _field(item: Item, language: str, demand: bool) -> Field:
    text = OPTIONAL.sub("", item.text[language])
    common: dict[str, Any] = {
        "hint": item.help.get(language, ""),
        "optional": item.optional or not demand,
        "mark_optional": item.optional,
        "topic": _topic(text),
    }
    match item.kind:
        case Kind.CHOICE:
            return ChoiceField(text, choices=_choices(item, language), **common)
        case Kind.MULTI:
            alone = next((option for option in item.options if option.exclusive), None)
            if alone is not None:
                common["exclusive"] = alone.value
                common["clash"] = _clash(alone.label[language], language)
            return ChoicesField(text, choices=_choices(item, language), **common)
        case Kind.INTEGER:
            return IntegerField(text, least=item.minimum, most=item.maximum, **common)
        case Kind.TEXT if item.max_length <= ONE_LINE:
            return TextField(text, max_length=item.max_length, **common)
        case Kind.TEXT:
            common["hint"] = common["hint"] or NOT_WATCHED
            return TextAreaField(text, max_length=item.max_length, **common)


def _clash(alone: str, language: str) -> str:
    """What to say when the answer that stands alone was chosen with others."""
    return gettext_in(
        language, "Select “%(answer)s”, or the ones that apply, not both", answer=alone
    )


def _topic(text: str) -> str:
    """What a question is found again by: its first sentence, or how that begins and ends.

    Word for word, since the wording of instruments is not ours to change.
    """
    first = re.split(r"(?<=[?.])\s", text, maxsplit=1)[0]
    if len(first) <= TOPIC_LENGTH:
        return first
    begins = shorten(first, TOPIC_LENGTH // 2, placeholder="")
    backwards = shorten(_reversed(first), TOPIC_LENGTH // 2, placeholder="")
    return f"{begins} … {_reversed(backwards)}"


def _reversed(text: str) -> str:
    return " ".join(reversed(text.split()))


def _choices(item: Item, language: str) -> list[tuple[int | str, str, str]]:
    """Values, labels and help, an exclusive answer last; a bare scale shows its numbers."""
    return [
        (
            option.value,
            option.label.get(language) or str(option.value),
            option.help.get(language, ""),
        )
        for option in sorted(item.options, key=lambda option: option.exclusive)
    ]


MANY = 20
"""From so many questions on, a page is divided into parts."""
PARTS = {
    "bp": _l("Heart and blood vessels"),
    "icp": _l("Head and eyes"),
    "psychosis": _l("Mental health"),
    "substance": _l("Alcohol and drugs"),
    "liver": _l("Other health problems"),
    "pregnant": _l("Pregnancy and breastfeeding"),
    "allergy": _l("Ketamine and other treatment"),
    "med_classes": _l("Your medicines"),
}
"""The headings of the parts of the health page, by the question they begin with."""


def blocks(form: Form, items: Sequence[Item]) -> list[Block]:
    """The form's questions in order, neighbours with the same short answers in one sheet."""
    found: list[Block] = []
    for item in items:
        kind = _kind(item)
        last = found[-1] if found else None
        title = str(PARTS.get(item.id, "")) if len(items) >= MANY else ""
        if last and not title and kind == last.kind and _goes_with(last.items[-1], item, kind):
            last.fields.append(form[item.id])
            last.items.append(item)
        else:
            found.append(Block(kind, [form[item.id]], [item], title))
    return [_alone(block) for block in found]


def _alone(block: Block) -> Block:
    """A sheet of one question with a list of examples or long answers reads better as rows."""
    if block.kind == "sheet" and len(block.items) == 1:
        return replace(block, kind="choice")
    return block


def _kind(item: Item) -> str:
    match item.kind:
        case Kind.MULTI:
            return "choices"
        case Kind.INTEGER:
            return "count"
        case Kind.TEXT:
            return "text"
        case Kind.CHOICE if item.anchors is not None and len(item.options) == SCALE_OPTIONS:
            return "scale"
        case Kind.CHOICE if item.examples or len(item.options) > SHEET_OPTIONS:
            return "choice"
        case Kind.CHOICE:
            return "sheet"


def _goes_with(one: Item, other: Item, kind: str) -> bool:
    """Whether two neighbours are drawn together."""
    if kind == "sheet":
        return _answers(one) == _answers(other)
    return kind == "scale"


def _answers(item: Item) -> list[tuple[int | str, Text]]:
    return [(option.value, option.label) for option in item.options]


def template(instrument_id: str, *, further: bool) -> str:
    """The page's template: safety has pages of its own, all others share one."""
    if instrument_id == SAFETY:
        return "patient/safety_now.html" if further else "patient/safety.html"
    return "patient/screening.html"


def agrees(form: Form, instrument_id: str) -> bool:
    """Whether the answers fit each other; if not, the form says which one to look at again."""
    if instrument_id != "headache_burden":
        return True
    answers = load_catalog()[instrument_id].clean(form.values())
    for key in headache_burden(load_catalog()[instrument_id], answers).errors:
        form[key].errors = [
            str(_l("Migraine days cannot be more than headache days. Check both numbers."))
        ]
    return not form.errors
