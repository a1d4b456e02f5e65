"""Cleaning of typed text: take out what nobody typed on purpose, keep every real name."""

import unicodedata

# Invisible characters that arrive by copy and paste, or that make text read other than it is
# stored. Zero-width joiners (U+200C, U+200D) stay: Persian, Hindi and some names need them.
_INVISIBLE = frozenset(
    chr(code)
    for start, end in (
        (0x200B, 0x200B),  # zero-width space
        (0x202A, 0x202E),  # bidirectional embeddings and overrides
        (0x2066, 0x2069),  # bidirectional isolates
        (0xFEFF, 0xFEFF),  # byte order mark
        (0xD800, 0xDFFF),  # half of a pair: cannot be stored or sent
    )
    for code in range(start, end + 1)
)
_BREAKS = str.maketrans({"\u0085": "\n", "\u2028": "\n", "\u2029": "\n", "\t": " "})


def clean_line(text: str) -> str:
    """Return one line of text: NFC, stripped, line breaks turned into spaces."""
    return clean_lines(text).replace("\n", " ")


def clean_lines(text: str) -> str:
    """Return text that may have several lines: NFC, stripped, every line break a single \\n."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_BREAKS)
    kept = "".join(char for char in text if _is_text(char))
    return unicodedata.normalize("NFC", kept).strip()


def _is_text(char: str) -> bool:
    if char == "\n":
        return True
    return char not in _INVISIBLE and unicodedata.category(char) != "Cc"
