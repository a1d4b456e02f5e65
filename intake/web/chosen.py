"""Fields for ready answers: radios, checkboxes, a drop-down list, consent."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from intake.core.i18n import lazy_gettext as _l
from intake.web.question import Question, Stored, Value, Words

Choice: TypeAlias = tuple[Value, Words] | tuple[Value, Words, Words]
"""An answer: value, label and, if it needs one, a hint."""

_BLANK = _l("Choose one")


@dataclass(frozen=True, slots=True)
class Option:
    """One answer as the macros draw it; the first one carries the id of its field."""

    id: str
    value: Value
    label: str
    hint: str
    checked: bool


class _Choosing(Question):
    """What fields with ready answers share. ``choices`` may be set after construction."""

    exclusive: Value = ""
    missing_words = _l("Select an answer")
    unknown_words = _l("Select one of the answers on this page")

    def __init__(self, label: Words, *, choices: Sequence[Choice] = (), **rest: Any) -> None:
        super().__init__(label, **rest)
        self.choices = choices

    @property
    def options(self) -> list[Option]:
        """The answers in page order."""
        chosen = self.chosen
        return [
            Option(
                id=self.id if place == 1 else f"{self.id}-{place}",
                value=choice[0],
                label=str(choice[1]),
                hint=str(choice[2]) if len(choice) == 3 else "",
                checked=str(choice[0]) in chosen,
            )
            for place, choice in enumerate(self.choices, start=1)
        ]

    @property
    def chosen(self) -> frozenset[str]:
        """The chosen values as the browser sends them."""
        return frozenset() if self.data is None else frozenset({str(self.data)})

    def _known(self, sent: Iterable[object]) -> list[Value]:
        """Return the chosen values in page order; refuse one that the page did not offer."""
        wanted = {str(value) for value in sent}
        known = [choice[0] for choice in self.choices if str(choice[0]) in wanted]
        if len(known) < len(wanted):
            self.refuse(self.unknown_words)
        return known


class ChoiceField(_Choosing):
    """One of several answers (radios); ``data`` is the value as it stands in ``choices``."""

    sent: tuple[str, ...] = ()
    """The different values that were sent; a browser sends one, and more than one is no answer."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take the value sent."""
        self.sent = tuple(dict.fromkeys(str(value) for value in valuelist if value != ""))
        self.data = self.sent[0] if self.sent else None

    @property
    def is_torn(self) -> bool:
        """Whether answers were sent that contradict each other."""
        return len(self.sent) > 1

    def check(self) -> None:
        """Refuse a value that the page did not offer, and two that contradict each other."""
        if self.is_torn:
            self.refuse(self.unknown_words)
        self.data = self._known([self.data])[0]


class SelectField(ChoiceField):
    """One of many answers (a drop-down list) that starts at an empty line, ``blank``."""

    def __init__(
        self,
        label: Words,
        *,
        autocomplete: str = "",
        blank: Words | None = None,
        **rest: Any,
    ) -> None:
        super().__init__(label, **rest)
        self.autocomplete = autocomplete
        self._blank = _BLANK if blank is None else blank

    @property
    def blank(self) -> str:
        """The words of the empty line in the reader's language."""
        return str(self._blank)


class ChoicesField(_Choosing):
    """Any number of answers (checkboxes); ``exclusive`` is the value of "None of these"."""

    missing_words = _l("Select at least one answer")
    clash_words = _l("Select None of these, or the ones that apply, not both")

    def __init__(
        self, label: Words, *, exclusive: Value = "", clash: Words | None = None, **rest: Any
    ) -> None:
        super().__init__(label, **rest)
        self.exclusive = exclusive
        self._clash = self.clash_words if clash is None else clash

    @property
    def chosen(self) -> frozenset[str]:
        """The chosen values as the browser sends them."""
        return frozenset(str(value) for value in self.data or ())

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take every value sent."""
        self.data = [str(value) for value in valuelist]

    @property
    def is_torn(self) -> bool:
        """Whether "None of these" was chosen beside another answer."""
        return str(self.exclusive) in self.chosen and bool(self.applying)

    @property
    def applying(self) -> list[Value]:
        """The answers that apply, whether or not "None of these" was chosen, too."""
        known = (choice[0] for choice in self.choices)
        return [each for each in known if str(each) in self.chosen and each != self.exclusive]

    def check(self) -> None:
        """Refuse unknown values, and "None of these" beside another answer."""
        self.data = self._known(self.data)
        if self.is_torn:
            self.refuse(self._clash)


class ConsentField(Question):
    """One box that must be ticked; with ``optional=True`` an ordinary checkbox."""

    missing_words = _l("Tick the box to go on")
    ticked = "yes"
    """What the ticked box sends."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """A browser leaves out an empty box; nothing but the box's own value is consent."""
        self.data = self.ticked in valuelist

    @property
    def is_given(self) -> bool:
        """Whether the box is ticked."""
        return bool(self.data)

    @property
    def stored(self) -> Stored:
        """True or false."""
        return bool(self.data)
