"""What a look at one thing found."""

from dataclasses import dataclass
from typing import Literal

Grade = Literal["ok", "note", "fail"]


@dataclass(frozen=True)
class Finding:
    """One line of the report. "note" is worth knowing; "fail" must be mended and says how."""

    grade: Grade
    about: str
    words: str
    mend: str = ""

    @property
    def line(self) -> str:
        """The finding as one line of text."""
        return (
            f"{self.grade:<5} {self.about:<12} {self.words}{' -> ' if self.mend else ''}{self.mend}"
        )


def ok(about: str, words: str) -> Finding:
    """All is well."""
    return Finding("ok", about, words)


def note(about: str, words: str, mend: str = "") -> Finding:
    """Something the operator should know."""
    return Finding("note", about, words, mend)


def fail(about: str, words: str, mend: str) -> Finding:
    """Something that must be mended."""
    return Finding("fail", about, words, mend)
