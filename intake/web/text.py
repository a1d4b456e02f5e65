"""Cleaning of typed text: take out what nobody typed on purpose, keep every real name."""

import unicodedata

_JOINERS = "\u200c\u200d"
"""Zero-width joiners stay: Persian, Hindi and some names need them."""
_BLANKS = "\u115f\u1160\u3164\uffa0"
"""Letters by their category that show nothing."""
_HIDDEN = ("Cc", "Cf", "Cs")
"""Control and format characters (they arrive by copy and paste, or make text read other than it is
stored), and halves of pairs, which cannot be stored or sent."""
_BREAKS = str.maketrans({"\u0085": "\n", "\u2028": "\n", "\u2029": "\n", "\t": " "})

LONGEST = 10_000
"""Characters beyond which text is not normalized: that takes time with the square of the length of
runs of accents, and every field refuses text that long anyway."""


def clean_line(text: str) -> str:
    """Return one line of text: NFC, stripped, line breaks turned into spaces."""
    return clean_lines(text).replace("\n", " ")


def clean_lines(text: str) -> str:
    """Return text that may have several lines: NFC, stripped, every line break a single \\n."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_BREAKS)
    kept = "".join(char for char in text if _is_text(char))
    if len(kept) <= LONGEST:
        kept = unicodedata.normalize("NFC", kept)
    return kept.strip()


def has_letter(text: str) -> bool:
    """Whether a text holds a letter of any script; joiners, accents and signs alone name nobody."""
    return any(unicodedata.category(char).startswith("L") for char in text)


def _is_text(char: str) -> bool:
    if char == "\n" or char in _JOINERS:
        return True
    return char not in _BLANKS and unicodedata.category(char) not in _HIDDEN
