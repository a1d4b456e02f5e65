"""The forms of the patient's way that are not instruments: they check shape, services truth."""

from datetime import date
from typing import Any

from wtforms import ValidationError

from intake.core.i18n import lazy_gettext as _l
from intake.patient.places import TIME_ZONES, US_STATES
from intake.web.fields import (
    ChoiceField,
    ChoicesField,
    ConsentField,
    DateOfBirthField,
    EmailField,
    NameField,
    PhoneField,
    SelectField,
    TextAreaField,
)
from intake.web.forms import Form
from intake.web.question import Stored

CONDITIONS = (
    ("depression", _l("Depression")),
    ("chronic_pain", _l("Chronic pain")),
    ("ptsd", _l("PTSD or trauma")),
    ("migraine", _l("Migraine")),
    ("other", _l("Something else")),
)
DAYS = (
    ("mon", _l("Mon"), _l("Monday")),
    ("tue", _l("Tue"), _l("Tuesday")),
    ("wed", _l("Wed"), _l("Wednesday")),
    ("thu", _l("Thu"), _l("Thursday")),
    ("fri", _l("Fri"), _l("Friday")),
)
PARTS = (
    ("morning", _l("Morning"), "9 – 12"),
    ("afternoon", _l("Afternoon"), "12 – 3"),
    ("evening", _l("Late day"), "3 – 5"),
)
WHOM = (("me", _l("Me")), ("someone_else", _l("Someone I care for")))
AGE = (("yes", _l("Yes, 18 or older")), ("no", _l("No, under 18")))
NO_SLOT = "none"
ADULT = 18


class StartForm(Form):
    """What for, for whom, and whether the person is an adult."""

    conditions = ChoicesField(
        _l("What would you like help with?"),
        hint=_l("Select all that apply. We ask so we only show you questions that fit."),
        choices=CONDITIONS,
        missing=_l("Select what you would like help with"),
    )
    for_whom = ChoiceField(
        _l("Who is this for?"), choices=WHOM, missing=_l("Select who this is for")
    )
    age18 = ChoiceField(
        _l("Is that person 18 or older?"),
        choices=AGE,
        missing=_l("Select whether the person is 18 or older"),
    )


CONTACT_BY = (("call", _l("Call me")), ("text", _l("Text me")), ("email", _l("Email me")))
VOICEMAIL = (
    ("clinic", _l("Yes, and you can say it is the clinic")),
    ("name_only", _l("Yes, but leave only a first name and a number")),
    ("no", _l("No, please don’t leave a message")),
)
BEST_TIME = (
    ("any", _l("Any time you are open")),
    ("morning", _l("Morning")),
    ("afternoon", _l("Afternoon")),
    ("evening", _l("Late afternoon")),
)


class Person:
    """Questions about a person, in page order; the forms below take what they ask."""

    conditions = ChoicesField(
        _l("What would you like help with?"),
        hint=_l("Select all that apply."),
        choices=CONDITIONS,
        missing=_l("Select what you would like help with"),
    )
    age18 = ChoiceField(
        _l("Are you 18 or older?"),
        choices=AGE,
        missing=_l("Select whether you are 18 or older"),
    )
    given_name = NameField(
        _l("First name"),
        autocomplete="given-name",
        missing=_l("Enter your first name"),
        wrong=_l("Enter your first name in letters"),
    )
    family_name = NameField(
        _l("Last name"),
        autocomplete="family-name",
        missing=_l("Enter your last name"),
        wrong=_l("Enter your last name in letters"),
    )
    preferred_name = NameField(
        _l("What should we call you?"),
        optional=True,
        autocomplete="nickname",
        wrong=_l("Enter a name in letters, or leave this empty"),
    )
    dob = DateOfBirthField(
        _l("Date of birth"),
        hint=_l("For example, 3 27 1985. It keeps your request apart from others with your name."),
    )
    phone = PhoneField(
        _l("Phone number"),
        hint=_l("So we can call you for the consultation."),
        missing=_l("Enter a phone number, like (312)\N{NO-BREAK SPACE}555-0142"),
    )
    email = EmailField(
        _l("Email address"),
        hint=_l(
            "For your receipt and a reminder of the call, if you choose “Email me” below. "
            "Our emails don’t mention your health."
        ),
        missing=_l("Enter your email address, like name@example.com"),
    )
    state = SelectField(
        _l("State you live in"),
        choices=US_STATES,
        autocomplete="address-level1",
        missing=_l("Select the state you live in"),
    )
    contact_by = ChoicesField(
        _l("How may we contact you?"),
        hint=_l(
            "Select all that apply. We use only the ways you choose, but for one case: "
            "if your answers tell us that you may be in danger, we call you."
        ),
        choices=CONTACT_BY,
        missing=_l("Select how we may contact you"),
    )
    voicemail_ok = ChoiceField(
        _l("If we miss you, can we leave a voicemail?"),
        choices=VOICEMAIL,
        missing=_l("Select whether we can leave a voicemail"),
    )
    best_time = ChoiceField(
        _l("When is the best time to call?"),
        choices=BEST_TIME,
        missing=_l("Select the best time to call"),
    )
    consent_privacy = ConsentField(
        _l("I have read how my information is used, and you may contact me about this request."),
        missing=_l("Tick the box to say that you agree to how your information is used"),
    )


class _ReachForm(Form):
    """What every way of asking needs: a name, a number, and what we may do with it."""

    given_name = Person.given_name
    family_name = Person.family_name
    phone = Person.phone
    contact_by = Person.contact_by
    voicemail_ok = Person.voicemail_ok
    best_time = Person.best_time
    consent_privacy = Person.consent_privacy

    def values(self) -> dict[str, Any]:
        """The answers, with the phone number also in E.164 form."""
        return {**super().values(), "phone_e164": self.phone.e164}

    def right_values(self) -> dict[str, Stored]:
        """The right answers without the consent, which is given with a whole page only."""
        consent = self.consent_privacy.short_name
        return {name: each for name, each in super().right_values().items() if name != consent}


def _birthday(born: date, years: int) -> date:
    """The day somebody turns that old; for people born on a leap day, March 1."""
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return date(born.year + years, 3, 1)


class ContactForm(_ReachForm):
    """How can we reach you?"""

    preferred_name = Person.preferred_name
    dob = Person.dob
    email = Person.email
    state = Person.state

    @property
    def is_of_child(self) -> bool:
        """Whether somebody under 18 has filled it in, or has made a slip in the year."""
        born = self.dob.data
        return born is not None and _birthday(born, ADULT) > self.dob.today()

    def validate_dob(self, _field: DateOfBirthField) -> None:
        """The questions are for adults; a slip in the year is likelier than a child."""
        if self.is_of_child:
            raise ValidationError(
                str(_l("This form is for people 18 or older. Check the year, or call us."))
            )


class CallMeForm(_ReachForm):
    """The short way: just enough for us to call."""

    conditions = Person.conditions
    age18 = Person.age18

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # This page asks for no address, so nothing can be mailed.
        self.contact_by.choices = [each for each in CONTACT_BY if each[0] != "email"]

    def validate_contact_by(self, field: ChoicesField) -> None:
        """Who asks to be called must allow it."""
        if field.data and "call" not in field.data:
            raise ValidationError(str(_l("Select “Call me”, so that we can call you")))


class TimesForm(Form):
    """A free slot, or which parts of the week suit."""

    slot = ChoiceField(
        _l("Choose a time"), missing=_l("Select a time, or select None of these suit me")
    )
    availability = ChoicesField(
        _l("When can you usually talk?"),
        hint=_l("Select every part of the week that suits you."),
        choices=[(f"{day[0]}-{part[0]}", "") for part in PARTS for day in DAYS],
        missing=_l("Select at least one part of the week"),
        optional=True,
        mark_optional=False,
    )
    channel = ChoiceField(
        _l("How would you like to talk?"),
        choices=(
            ("phone", _l("Phone")),
            ("video", _l("Video")),
            ("in_person", _l("In person, at the clinic")),
        ),
        missing=_l("Select how you would like to talk"),
    )
    needs = TextAreaField(
        _l("Do you need an interpreter, or any other help to talk with us?"),
        hint=_l("Please don’t use this box for an emergency. Staff read it during office hours."),
        optional=True,
        rows=2,
        max_length=500,
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """Without a slot, at least one part of the week is needed."""
        fine = bool(super().validate(extra_validators))
        if self.slot.data == NO_SLOT and not self.availability.data:
            self.availability.errors = [str(_l("Select at least one part of the week"))]
            return False
        return fine


class MoveForm(Form):
    """Another free slot for a call that is booked."""

    slot = ChoiceField(_l("Choose a time"), missing=_l("Select a time"))


class ZoneForm(Form):
    """In which time zone the times are shown."""

    zone = SelectField(_l("Your time zone"), choices=TIME_ZONES)


class CheckForm(Form):
    """The button that sends."""


class SendForm(CheckForm):
    """The same, with the consent that a program under 42 CFR Part 2 asks for."""

    share = ConsentField(
        _l("You may share what I said about alcohol and drugs with others who treat me."),
        optional=True,
        hint=_l("You can say no, and take it back at any time. It changes nothing else."),
    )
