"""A pause of online booking: patients choose no times themselves, and are called instead. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class Pause:
    """What patients read meanwhile, by language, and the local date on which it is over."""

    messages: Mapping[str, str] = field(default_factory=dict)
    until: date | None = None
    """None: until somebody ends it."""

    def is_on(self, today: date) -> bool:
        """Whether it still lasts on a date of the clinic's calendar."""
        return self.until is None or today < self.until

    def message(self, language: str) -> str:
        """The clinic's words in a language; "" where it has none."""
        return self.messages.get(language, "")


def read_pause(document: Mapping[str, object] | None) -> Pause | None:
    """A pause as the clinic's file has it. Raises TypeError, ValueError or AttributeError."""
    if document is None:
        return None
    messages, until = document.get("messages", {}), document.get("until")
    if not isinstance(messages, Mapping):
        raise TypeError("messages by language")
    words = {str(language): str(text) for language, text in messages.items()}
    return Pause(words, date.fromisoformat(str(until)) if until else None)


def write_pause(pause: Pause | None) -> dict[str, object] | None:
    """The document that `read_pause` reads back."""
    if pause is None:
        return None
    until = pause.until.isoformat() if pause.until else None
    return {"messages": dict(pause.messages), "until": until}
