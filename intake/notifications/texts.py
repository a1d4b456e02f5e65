"""A clinic's own words in mails: which placeholders they may hold, and what they may not say. Pure.

The words are no template. A placeholder is a name in braces, such as {when}; it can stand only for
one of the few values in `SAFE`, none of which is an answer or comes from one.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import NamedTuple

LONGEST = 600
SAFE: Mapping[str, str] = {
    "clinic_name": "name of the clinic in mails",
    "clinic_phone": "phone number of the clinic",
    "reference": "reference of the request",
    "when": "day, time and zone of the call",
    "minutes": "length of the call in minutes",
    "was": "the time that no longer counts",
    "booked": "the time that is booked now",
    "until": "until when something is kept",
}
"""What a placeholder can stand for, in words. Every one is always filled where a mail has it."""

Paragraphs = tuple[tuple[str, ...], ...]
"""Paragraphs of lines."""

_PLACEHOLDER = re.compile(r"\{([^{}\n]*)\}")
_LINK = re.compile(r"(?:\w+:)?//\w|[^\s.]+\.[^\W\d_]{2,}|\bmailto:", re.IGNORECASE)
"""What mail programs make a link of, with https or without: evil.example."""
_ABOUT_ANSWERS = re.compile(
    r"condition|answer|score|level|flag|asq|phq|gad|ptsd|pc_|peg|pain|mood|medic|health|symptom|"
    r"diagnos|treat|drug|safety|suicid|dob|birth|reason|note|name|phone|email",
    re.IGNORECASE,
)
"""Names that somebody might try for what was entered; they get a sharper answer."""
_ABOUT_HEALTH = re.compile(
    r"\b(?:e?s?ketamin\w*|spravato|infusi\w*|depress\w*|depresi\w*|anxi\w*|ansiedad|suicid\w*|ptsd|"
    r"tept|trauma\w*|migra\w*|headache\w*|(?:chronic )?pain|dolor(?:es)?|psych\w*|psiqui\w*|"
    r"psico\w*|therap\w*|terapia\w*|diagnos\w*|diagnós\w*|symptom\w*|síntoma\w*|phq\w*|gad-?7)\b",
    re.IGNORECASE,
)
"""Words that tell whoever looks over a shoulder what somebody is treated for."""


class TextRefused(ValueError):
    """Words that cannot be used in a mail; the message says where and why."""


class TextUnusable(Exception):
    """Stored words that cannot be filled in for one mail."""


class OwnWords(NamedTuple):
    """What is put into one mail, filled in."""

    opening: Paragraphs = ()
    closing: Paragraphs = ()


@dataclass(frozen=True)
class Text:
    """A clinic's own words for one mail in one language: a version of them. "" is the built-in."""

    name: str
    language: str
    version: int
    opening: str
    closing: str

    def filled(self, context: Mapping[str, str | int | float]) -> OwnWords:
        """The words with the values of one mail. Raises TextUnusable."""
        try:
            for words in (self.opening, self.closing):
                check(words, SAFE)
        except TextRefused as refusal:
            raise TextUnusable(str(refusal)) from None
        return OwnWords(_filled(self.opening, context), _filled(self.closing, context))


def check(text: str, allowed: Collection[str]) -> None:
    """Raise TextRefused for words that may not go out, naming the place."""
    if len(text) > LONGEST:
        raise TextRefused(f"Use {LONGEST} characters or fewer")
    for found in _PLACEHOLDER.finditer(text):
        if found[1] not in allowed:
            raise TextRefused(f"{_place(text, found.start())}: {_why(found[1], allowed)}")
    rest = _PLACEHOLDER.sub(lambda found: "_" * len(found[0]), text)
    for brace in re.finditer(r"[{}]", rest):
        where = _place(text, brace.start())
        raise TextRefused(f"{where}: “{brace[0]}” stands alone. Write a placeholder like {{when}}")
    if link := _LINK.search(rest):
        raise TextRefused(
            f"{_place(text, link.start())}: links cannot be added. Each email has its own. If this"
            " is none, put a space behind the full stop"
        )
    if told := _ABOUT_HEALTH.search(rest):
        raise TextRefused(
            f"{_place(text, told.start())}: “{told[0]}” tells whoever sees the inbox what somebody"
            " is treated for. Leave it out"
        )


def _why(name: str, allowed: Collection[str]) -> str:
    known = ", ".join(f"{{{each}}}" for each in allowed)
    if name not in SAFE and _ABOUT_ANSWERS.search(name):
        return f"{{{name}}} is about the person. No email ever holds that. You can use {known}"
    return f"there is no {{{name}}} in this email. You can use {known}"


def _place(text: str, position: int) -> str:
    before = text[:position]
    column = position - (before.rfind("\n") + 1)
    return f"Line {before.count(chr(10)) + 1}, character {column + 1}"


def _filled(text: str, context: Mapping[str, str | int | float]) -> Paragraphs:
    def value(found: re.Match[str]) -> str:
        name = found[1]
        if context.get(name, "") == "":
            raise TextUnusable(f"This email has no {{{name}}}")
        return str(context[name])

    whole = _PLACEHOLDER.sub(value, text.strip())
    parts = re.split(r"\n\s*\n", whole) if whole else []
    return tuple(tuple(line.strip() for line in part.splitlines()) for part in parts)
