"""The forms of the staff's pages."""

import unicodedata
from collections.abc import Sequence
from typing import Any

from wtforms.validators import ValidationError

from intake.accounts.guessable import is_guessable
from intake.accounts.security import SHORTEST_PASSWORD
from intake.core.i18n import lazy_gettext as _l
from intake.staff.words import CANCEL_REASONS, OUTCOMES
from intake.submissions.flags import TRY_AGAIN
from intake.web.fields import (
    ChoiceField,
    ConsentField,
    IntegerField,
    Question,
    SelectField,
    TextAreaField,
    TextField,
)
from intake.web.forms import Form

LONGEST_PASSWORD = 128
HIGHEST_VERSION = 999_999_999


class PasswordField(Question):
    """A new password: any characters, none of them changed but for NFC (ASVS 6.2)."""

    missing_words = _l("Enter a password")

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take what was typed, blanks at its ends included."""
        # Normalizing takes time with the square of the length; what is cut off is too long anyway.
        sent = str(valuelist[0])[: 8 * LONGEST_PASSWORD] if valuelist else ""
        self.data = unicodedata.normalize("NFC", sent)

    def check(self) -> None:
        """Refuse a password that is too short to be safe, or absurdly long."""
        if len(self.data) < SHORTEST_PASSWORD:
            self.refuse(_l("Use at least %(least)s characters", least=SHORTEST_PASSWORD))
        if len(self.data) > LONGEST_PASSWORD:
            self.refuse(_l("Use %(most)s characters or fewer", most=LONGEST_PASSWORD))


class PasswordForm(Form):
    """Choosing a password."""

    words: Sequence[str] = ()
    """Of the clinic and the person: a password must not rest on them."""
    password = PasswordField(_l("Password"))
    password_again = PasswordField(
        _l("Password, once more"), missing=_l("Enter the password once more")
    )

    def validate_password(self, field: PasswordField) -> None:
        """Refuse what others would guess."""
        if is_guessable(field.data, words=self.words):
            raise ValidationError(
                _l("Others could guess that. Use four or five words that do not belong together")
            )

    def validate_password_again(self, field: PasswordField) -> None:
        """Catch a typing mistake, which nobody can see in a password."""
        if field.data != self.password.data:
            raise ValidationError(_l("The two passwords are not the same"))


class NoteForm(Form):
    """A note about a submission."""

    body = TextAreaField(
        _l("Add a note"),
        hint=_l("Only staff see this."),
        rows=3,
        missing=_l("Write something before you add the note"),
    )


class AcknowledgeForm(Form):
    """What came of a call about an urgent flag, and which alarm the page showed."""

    outcome = ChoiceField(
        _l("What happened?"),
        choices=list(OUTCOMES.items()),
        missing=_l("Select what happened"),
    )
    again = SelectField(
        _l("Next try in"),
        choices=[
            *((5, _l("5 minutes")), (15, _l("15 minutes")), (30, _l("30 minutes"))),
            *((60, _l("1 hour")), (120, _l("2 hours"))),
        ],
        hint=_l("Only if you will try again."),
        optional=True,
        mark_optional=False,
    )
    note = TextAreaField(
        _l("Note"),
        hint=_l("Only staff see this. It cannot be changed later."),
        rows=2,
        optional=True,
    )
    entry = TextField("", max_length=36)
    alarm = IntegerField("", most=HIGHEST_VERSION)

    def validate_again(self, field: SelectField) -> None:
        """Whoever will try again says when; nobody else needs to."""
        if self.outcome.data in TRY_AGAIN and not field.is_given:
            raise ValidationError(_l("Select when you will try again"))

    def leave_out_voicemail(self) -> None:
        """Do not offer what this person did not allow; a form that says it is still taken."""
        self.outcome.choices = [each for each in OUTCOMES.items() if each[0] != "voicemail_again"]

    @property
    def minutes(self) -> int | None:
        """Minutes until the next try, or None if there will be none."""
        return int(self.again.data) if self.outcome.data in TRY_AGAIN else None

    @property
    def is_ours(self) -> bool:
        """Whether the parts that nobody types are as our page made them."""
        return not (self.entry.errors or self.alarm.errors)


class CancelForm(Form):
    """Why a call is cancelled, whether its patient is mailed, and the state the page showed."""

    reason = ChoiceField(
        "Why?", choices=list(CANCEL_REASONS.items()), missing="Select why the call is cancelled"
    )
    tell = ChoiceField(
        "Tell the patient by email?",
        choices=[("yes", "Yes"), ("no", "No, they know")],
        missing="Select whether the patient gets an email",
    )
    sequence = IntegerField("", most=HIGHEST_VERSION)


class BookForm(Form):
    """A slot to book, whether without a mail, and the version of the submission on the page."""

    slot = TextField("", max_length=40)
    quiet = ConsentField("Don’t email the patient about it", optional=True)
    version = IntegerField("", most=HIGHEST_VERSION)
