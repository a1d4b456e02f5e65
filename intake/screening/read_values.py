"""Read the small things data files are made of: ids, wording by language, codes, levels."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import TypeVar

from intake.screening.codes import is_loinc
from intake.screening.level import Level
from intake.screening.shape import Node

Choice = TypeVar("Choice", bound=Enum)

NUMBERS = range(1_000_000)
"""The numbers a data file may use for answers, bounds and lengths."""

_IDENTIFIER = re.compile(r"[A-Za-z0-9_]{1,60}")
_LANGUAGE = re.compile(r"[a-z]{2}(-[A-Z]{2})?")


def read_id(node: Node) -> str:
    """An id that is safe in a URL, a form field and a JSON key."""
    text = node.text()
    if not _IDENTIFIER.fullmatch(text):
        raise node.refusal("must be letters, digits and underscores, at most 60")
    return text


def read_enum(node: Node, choices: type[Choice]) -> Choice:
    """A member of an enumeration, by its value."""
    return choices(node.one_of([choice.value for choice in choices]))


def read_level(node: Node) -> Level | None:
    """A triage level, or None for "note"."""
    name = node.one_of(["note", *(level.value for level in Level)])
    return None if name == "note" else Level(name)


def read_text(node: Node) -> Mapping[str, str]:
    """Wording by language code; empty when the value is missing."""
    return MappingProxyType({_language(key, word): word.text() for key, word in node.entries()})


def read_text_lists(node: Node) -> Mapping[str, tuple[str, ...]]:
    """Lists of wording by language code; empty when the value is missing."""
    return MappingProxyType({_language(key, words): words.texts() for key, words in node.entries()})


def read_sentences(node: Node) -> Mapping[str, str]:
    """Sentences by key; empty when the value is missing."""
    return MappingProxyType({key: value.text() for key, value in node.entries()})


def read_code(node: Node) -> str | None:
    """A LOINC code with a correct check digit, or None when the value is missing."""
    return _code(node) if node.exists else None


def read_codes(node: Node) -> Mapping[str, str]:
    """LOINC codes by what they stand for; empty when the value is missing."""
    return MappingProxyType({key: _code(value) for key, value in node.entries()})


def _code(node: Node) -> str:
    if not is_loinc(text := node.text()):
        raise node.refusal("is not a LOINC code (form or check digit)")
    return text


def _language(key: str, node: Node) -> str:
    if not _LANGUAGE.fullmatch(key):
        raise node.refusal("is not a language code")
    return key
