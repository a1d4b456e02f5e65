"""The base of all forms: error summary, values for storage, forms built from stored values."""

from collections.abc import Mapping
from typing import Any, NamedTuple, Self

from flask import request
from flask_wtf import FlaskForm
from flask_wtf.form import SUBMIT_METHODS, _Auto

from intake.web.anew import is_anew
from intake.web.fields import Question, Stored


class Problem(NamedTuple):
    """One line of the error summary: the id of the first wrong input, and what to do."""

    anchor: str
    message: str


class Form(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """One page, one form. The app's CSRFProtect checks the token, so the form does not."""

    class Meta:
        """How WTForms reads the request."""

        csrf = False

        def wrap_formdata(self, form: FlaskForm, formdata: Any) -> Any:
            """Take the request's form on a submit, even an empty one.

            Flask-WTF ignores an empty body, and would then accept the stored answers unseen.
            """
            if formdata is not _Auto:
                return formdata
            return request.form if request and request.method in SUBMIT_METHODS else None

        def get_translations(self, form: FlaskForm) -> None:
            """WTForms has no words of its own to translate: the fields bring theirs."""

    def is_submitted(self) -> bool:
        """Whether the form was sent to be taken in, not only to be shown in another theme."""
        return bool(super().is_submitted()) and not is_anew()

    @classmethod
    def fill(cls, values: Mapping[str, Stored]) -> Self:
        """Return a form that shows stored values, whatever the request holds."""
        return cls(formdata=None, data=values)

    def error_summary(self) -> list[Problem]:
        """Return the first problem of every wrong field, in page order."""
        problems = [
            Problem(field.anchor, field.problem)
            for field in self
            if isinstance(field, Question) and field.errors
        ]
        return problems + [Problem("main", str(words)) for words in self.form_errors]

    def values(self) -> dict[str, Stored]:
        """Return the checked answers by field name, fit for JSON; fill() takes them back."""
        return {field.short_name: field.stored for field in self if isinstance(field, Question)}

    def right_values(self) -> dict[str, Stored]:
        """Return the answers that were given and are right, after validation, whatever else is."""
        given = (each for each in self if isinstance(each, Question) and each.is_given)
        return {field.short_name: field.stored for field in given if not field.errors}

    def typed_values(self) -> dict[str, Stored | dict[str, str]]:
        """Return the same with what cannot be right yet, to be shown again and for nothing else."""
        questions = (each for each in self if isinstance(each, Question))
        wrong = {each.short_name: each.typed for each in questions if each.typed is not None}
        return {**self.right_values(), **wrong}
