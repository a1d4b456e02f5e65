"""All form fields, in one place to import from.

They know their question: label, hint, hints for the browser, words for errors. WTForms reads and
checks; the macros in ``templates/components`` draw. Every wrong or missing answer becomes one
sentence that says what to do, whatever a browser or a script sends.
"""

from intake.web.chosen import Choice, ChoiceField, ChoicesField, ConsentField, SelectField
from intake.web.dates import DateOfBirthField
from intake.web.question import Question, Stored, Value, Words
from intake.web.typed import (
    EmailField,
    IntegerField,
    NameField,
    PhoneField,
    TextAreaField,
    TextField,
)

__all__ = [
    "Choice",
    "ChoiceField",
    "ChoicesField",
    "ConsentField",
    "DateOfBirthField",
    "EmailField",
    "IntegerField",
    "NameField",
    "PhoneField",
    "Question",
    "SelectField",
    "Stored",
    "TextAreaField",
    "TextField",
    "Value",
    "Words",
]
