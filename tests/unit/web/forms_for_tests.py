"""One form with every kind of field, and a short way to send answers to it."""

from datetime import date
from typing import Any

from werkzeug.datastructures import MultiDict

from intake.web.fields import (
    ChoiceField,
    ChoicesField,
    ConsentField,
    DateOfBirthField,
    EmailField,
    IntegerField,
    NameField,
    PhoneField,
    SelectField,
    TextAreaField,
    TextField,
)
from intake.web.forms import Form


class EveryField(Form):
    name = TextField("First name", hint="As on your ID", missing="Enter your first name")
    story = TextAreaField("Anything else?", optional=True, max_length=20)
    email = EmailField("Email", optional=True)
    phone = PhoneField("Phone")
    born = DateOfBirthField("Date of birth", today=lambda: date(2026, 11, 23))
    voicemail = ChoiceField(
        "Voicemail?", choices=[("yes", "Yes"), ("no", "No")], missing="Select yes or no"
    )
    mood = ChoiceField("Mood", choices=[(0, "Not at all"), (1, "Several days")])
    tried = ChoicesField(
        "Tried", choices=[("a", "A", "about A"), ("b", "B"), ("none", "None")], exclusive="none"
    )
    state = SelectField("State", choices=[("IL", "Illinois")], missing="Select your state")
    days = IntegerField("Days", most=30, unit="days")
    ok = ConsentField("I have read it", missing="Tick that you have read it")
    texts = ConsentField("Text me", optional=True)
    nickname = NameField("Nickname", optional=True, wrong="Enter a name in letters")


GOOD: dict[str, Any] = {
    "name": "Dana",
    "story": "",
    "email": "dana@example.com",
    "phone": "(312) 555-0142",
    "born_month": "3",
    "born_day": "27",
    "born_year": "1985",
    "voicemail": "yes",
    "mood": "1",
    "tried": ["a", "b"],
    "state": "IL",
    "days": "12",
    "ok": "yes",
}


def sent(**changes: Any) -> EveryField:
    """Return the form with good answers, some of them changed (None: not sent), validated."""
    answers = {name: value for name, value in (GOOD | changes).items() if value is not None}
    form = EveryField(formdata=MultiDict(answers))
    form.validate()
    return form


def error(field: str, /, **changes: Any) -> str:
    """Return the error of one field after sending changed answers; "" for none."""
    return str(sent(**changes)[field].error)
