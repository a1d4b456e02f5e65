"""Made-up forms for the pages of components: every kind of field in each of its states."""

from datetime import date
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import PasswordField, StringField

from intake.web.fields import (
    ChoiceField,
    ChoicesField,
    ConsentField,
    DateOfBirthField,
    EmailField,
    IntegerField,
    PhoneField,
    SelectField,
    TextAreaField,
    TextField,
)
from intake.web.forms import Form

TODAY = date(2026, 11, 23)
OFTEN = ("Not at all", "Several days", "More than half the days", "Nearly every day")
TIMES = ("tue-0930", "tue-1000", "tue-1030", "fri-0930", "fri-1000")
PARTS = ("morning", "afternoon", "evening")
WEEK = [(f"{day}-{part}", f"{day} {part}") for day in ("mon", "tue", "wed") for part in PARTS]
LONG = "A name that is far longer than anybody who drew this page has ever thought of"
LONGEST = "Donaudampfschifffahrtsgesellschaftskapitaenswitwenrentenauszahlungsstelle@example.org"


class Specimen(Form):
    """One field of every kind."""

    name = TextField("First name", missing="Enter your first name")
    email = EmailField("Email address", hint="For your receipt.")
    phone = PhoneField("Phone number", hint="So we can call you.")
    days = IntegerField("How many days?", most=31, unit="days")
    born = DateOfBirthField("Date of birth", hint="For example, 3 27 1985.", today=lambda: TODAY)
    state = SelectField("State you live in", choices=[("IL", "Illinois"), ("WI", "Wisconsin")])
    story = TextAreaField("Anything else?", optional=True, max_length=200)
    agreed = ConsentField("I have read how my information is used.", missing="Tick the box")
    voicemail = ChoiceField(
        "Can we leave a voicemail?",
        choices=[("yes", "Yes", "We say that it is the clinic"), ("no", "No, please don’t")],
    )
    tried = ChoicesField(
        "Which of these have you tried?",
        hint="Select all that apply.",
        choices=[("talk", "Talk therapy"), ("tms", "TMS"), ("none", "None of these")],
        exclusive="none",
    )
    often = ChoiceField("Feeling tired or having little energy", choices=list(enumerate(OFTEN)))
    pain = ChoiceField("Your pain on average", choices=[(n, str(n)) for n in range(11)])
    slot = ChoiceField("Choose a time", choices=[(key, key) for key in (*TIMES, "none")])
    free = ChoicesField("When can you usually talk?", choices=WEEK)
    code = StringField("Code")
    password = PasswordField("Password")


RIGHT: dict[str, Any] = {
    "name": "Dana",
    "email": "dana@example.com",
    "phone": "(312) 555-0142",
    "days": "12",
    "born_month": "3",
    "born_day": "27",
    "born_year": "1985",
    "state": "IL",
    "story": "I sleep badly.",
    "agreed": "yes",
    "voicemail": "yes",
    "tried": ["talk", "tms"],
    "often": "1",
    "pain": "7",
    "slot": TIMES[1],
    "free": ["mon-morning", "wed-evening"],
    "code": "123456",
}
WRONG: dict[str, Any] = {"days": "many", "born_month": "3", "story": "x " * 200, "tried": ["?"]}
LONG_ANSWERS = RIGHT | {"name": LONG, "email": LONGEST, "story": f"{LONG}. " * 2, "slot": "none"}

ANSWERS = {"blank": {}, "filled": RIGHT, "wrong": WRONG, "long": LONG_ANSWERS}


def specimens() -> dict[str, Specimen]:
    """The form in each state, by its name, which is also the prefix of its fields."""
    forms = {state: _sent(answers, f"{state}-") for state, answers in ANSWERS.items()}
    forms["wrong"].validate()
    forms["wrong"].code.errors = ["This code does not work. Ask for another one."]
    return forms


def _sent(answers: dict[str, Any], prefix: str) -> Specimen:
    sent = MultiDict({prefix + name: value for name, value in answers.items()})
    return Specimen(formdata=sent, prefix=prefix)
