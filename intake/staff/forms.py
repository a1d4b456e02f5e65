"""The forms of the staff's pages."""

import unicodedata
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms.validators import ValidationError

from intake.accounts.security import SHORTEST_PASSWORD
from intake.web.fields import IntegerField, Question, TextAreaField, TextField
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

    password = PasswordField(_l("Password"))
    password_again = PasswordField(
        _l("Password, once more"), missing=_l("Enter the password once more")
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


class BookForm(Form):
    """A slot to book, and the version of the submission that the page showed."""

    slot = TextField("", max_length=40)
    version = IntegerField("", most=HIGHEST_VERSION)
