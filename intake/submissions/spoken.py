"""What staff say on the phone, in the language the person reads, and what it means in English."""

from collections.abc import Callable
from dataclasses import dataclass

from intake.core.i18n import gettext_in


@dataclass(frozen=True, kw_only=True)
class Script:
    """Words to read aloud. `meaning` is the same in English, "" where they are English already."""

    words: str
    language: str
    meaning: str


def voicemail(language: str, *, name: str, caller: str, clinic: str, phone: str) -> Script:
    """A message to leave; `clinic` is "" where it must not be named."""

    def said(language: str) -> str:
        if clinic:
            hello = gettext_in(
                language,
                "Hello %(name)s, this is %(caller)s from %(clinic)s.",
                name=name,
                caller=_first(caller),
                clinic=clinic,
            )
        else:
            hello = gettext_in(
                language, "Hello %(name)s, this is %(caller)s.", name=name, caller=_first(caller)
            )
        back = gettext_in(language, "Please call me back at %(phone)s. Thank you.", phone=phone)
        return f"{hello} {back}"

    return _script(language, said)


def opening(language: str, *, name: str, caller: str, clinic: str) -> Script:
    """How to begin a call; `clinic` is "" where whoever answers must not learn of it yet."""

    def said(language: str) -> str:
        whom = name or gettext_in(language, "the person who asked us to call")
        if not clinic:
            return gettext_in(
                language,
                "Hello, this is %(caller)s. Am I speaking with %(name)s?",
                name=whom,
                caller=_first(caller),
            )
        return gettext_in(
            language,
            "Hello, this is %(caller)s from %(clinic)s. Am I speaking with %(name)s?",
            name=whom,
            caller=_first(caller),
            clinic=clinic,
        )

    return _script(language, said)


def _script(language: str, said: Callable[[str], str]) -> Script:
    meaning = "" if language == "en" else said("en")
    return Script(words=said(language), language=language, meaning=meaning)


def _first(caller: str) -> str:
    """The first name of who calls."""
    return caller.split(maxsplit=1)[0] if caller else ""
