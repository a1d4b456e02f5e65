"""The forms that keep a request, or delete it."""

from wtforms.validators import ValidationError

from intake.web.fields import ChoiceField, TextAreaField, TextField
from intake.web.forms import Form

REASONS = {
    "asked": "The person asked for it",
    "mistake": "It was made by mistake, or for a test",
    "other": "Something else",
}


class HoldForm(Form):
    """Why a request must be kept."""

    because = TextAreaField(
        "Why must it be kept?",
        rows=2,
        max_length=500,
        hint="Administrators read it here. Write down who asked for it, and when.",
        missing="Enter why it must be kept",
    )


class EraseForm(Form):
    """Why all is deleted, and the reference once more, so that it is the right one."""

    reason = ChoiceField("Why?", choices=list(REASONS.items()), missing="Select why it is deleted")
    reference = TextField(
        "Reference of the request",
        hint="Type it as it stands above. Nothing brings it back.",
        missing="Enter the reference",
        max_length=20,
    )

    wanted = ""
    """The reference of the request that is to be deleted."""

    def validate_reference(self, field: TextField) -> None:
        """Only the right one, with or without its hyphen, in any case."""
        typed = "".join(each for each in field.data.upper() if each.isalnum())
        if field.data and typed != self.wanted.replace("-", ""):
            raise ValidationError("That is another reference. Check it")
