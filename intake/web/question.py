"""The base of all form fields: one question, with its hint and its words for errors."""

from functools import cached_property
from typing import Any, NoReturn, TypeAlias

from flask_babel.speaklater import LazyString
from wtforms import Field
from wtforms.validators import StopValidation

from intake.core.i18n import gettext as _
from intake.core.i18n import lazy_gettext as _l

Words: TypeAlias = str | LazyString
Value: TypeAlias = str | int
Stored: TypeAlias = str | int | bool | list[Value] | None
"""What a field hands to storage: always fit for JSON."""


class Question(Field):  # type: ignore[misc]  # WTForms has no types
    """Base of all fields. ``data`` is trusted only after the form has been validated."""

    data: Any
    missing_words: Words = _l("Enter an answer")

    def __init__(
        self,
        label: Words,
        *,
        hint: Words = "",
        optional: bool = False,
        mark_optional: bool = True,
        missing: Words | None = None,
        topic: str = "",
        **rest: Any,
    ) -> None:
        super().__init__(label, **rest)
        self.topic = topic
        self.optional = optional
        self.marked_optional = optional and mark_optional
        self._hint = hint
        # No truth test on words: it would look a lazy string up in the catalog.
        self._missing = self.missing_words if missing is None else missing

    @cached_property
    def question(self) -> str:
        """The label in the reader's language (plain text, so that templates escape it)."""
        return str(self.label.text)

    @cached_property
    def hint(self) -> str:
        """The help below the label in the reader's language, or nothing."""
        return str(self._hint)

    @property
    def error(self) -> str:
        """The first error in the reader's language, or nothing."""
        return str(self.errors[0]) if self.errors else ""

    @property
    def problem(self) -> str:
        """The same away from the question, with its `topic`, which tells apart equal errors."""
        if not self.topic:
            return self.error
        return str(_("%(problem)s: “%(topic)s”", problem=self.error, topic=self.topic))

    @property
    def described_by(self) -> str:
        """Ids of hint and error, for aria-describedby; empty when there is neither."""
        ids = (f"{self.id}-hint" if self.hint else "", f"{self.id}-error" if self.errors else "")
        return " ".join(filter(None, ids))

    @property
    def anchor(self) -> str:
        """Id of the first wrong input; the error summary links to it."""
        return str(self.id)

    @property
    def is_given(self) -> bool:
        """Whether the person answered at all."""
        return self.data not in (None, "", [])

    @property
    def stored(self) -> Stored:
        """The checked answer, fit for JSON; process_data() takes it back."""
        answer: Stored = self.data
        return answer

    @property
    def typed(self) -> Stored | dict[str, str]:
        """What was typed if it cannot be right yet; process_data() shows it again. Else None."""
        return None

    def pre_validate(self, form: object) -> None:
        """Refuse a missing answer, then let the field check what was given."""
        if self.is_given:
            self.check()
        elif not self.optional:
            self.refuse(self._missing)

    def check(self) -> None:
        """Refuse an answer that was given but cannot be right."""

    def refuse(self, words: Words) -> NoReturn:
        """End validation of this field with one error."""
        raise StopValidation(words)
