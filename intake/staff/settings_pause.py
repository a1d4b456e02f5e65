"""Settings: pausing online booking with a message, and ending the pause."""

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from flask.typing import ResponseReturnValue
from wtforms.validators import ValidationError

from intake.accounts.permissions import Permission
from intake.clinic.pause import Pause, read_pause, write_pause
from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.i18n import LANGUAGES
from intake.staff.guard import blueprint, requires
from intake.staff.settings_document import DocumentPage, SettingsForm
from intake.staff.settings_forms import DateField
from intake.staff.words import LANGUAGES as LANGUAGE_WORDS
from intake.web.fields import ChoiceField, Stored, TextAreaField

LONGEST_MESSAGE = 300


def _message_field(language: str) -> TextAreaField:
    return TextAreaField(
        f"Your message in {LANGUAGE_WORDS[language]}",
        rows=3,
        optional=True,
        max_length=LONGEST_MESSAGE,
    )


class PauseForm(SettingsForm):
    """Whether online booking is paused, what patients read then, and until when."""

    settings: ClassVar[tuple[str, ...]] = ("booking_pause",)

    state = ChoiceField(
        "Online booking",
        choices=[
            ("open", "Patients can choose a time"),
            (
                "paused",
                "Paused",
                "They say when they can talk, and you call. Times that are booked or kept stay.",
            ),
        ],
    )
    message_en = _message_field("en")
    message_es = _message_field("es")
    until = DateField(
        "On again from", optional=True, hint="Leave empty to pause until you end it here."
    )

    def validate_until(self, field: DateField) -> None:
        """A pause that is over before it begins is a slip."""
        if self.state.data == "paused" and field.data and field.data <= _today():
            raise ValidationError("Enter a date after today, or leave it empty")

    @classmethod
    def shown(cls, document: Mapping[str, Any]) -> dict[str, Stored]:
        """The form's values; a pause that is over shows as none."""
        pause = read_pause(document["booking_pause"])
        if pause is None or not pause.is_on(_today()):
            return {"state": "open", **{f"message_{code}": "" for code in LANGUAGES}, "until": None}
        messages = {f"message_{code}": pause.message(code) for code in LANGUAGES}
        return {"state": "paused", **messages, "until": pause.until}  # type: ignore[dict-item]

    def wanted(self) -> dict[str, Any]:
        """The values for the clinic's file."""
        if self.state.data == "open":
            return {"booking_pause": None}
        words = {code: self[f"message_{code}"].data for code in LANGUAGES}
        given = {code: text for code, text in words.items() if text}
        return {"booking_pause": write_pause(Pause(given, self.until.data))}


def _today() -> date:
    return clock.now().astimezone(current_clinic().tz).date()


PAGE = DocumentPage(
    "staff.settings_pause", "staff/settings_pause.html", PauseForm, lambda _clinic: {}
)


@blueprint.get("/settings/pause")
@requires(Permission.MANAGE_SETTINGS)
def settings_pause() -> ResponseReturnValue:
    """Whether online booking is paused."""
    return PAGE.show()


@blueprint.post("/settings/pause")
@requires(Permission.MANAGE_SETTINGS)
def save_pause() -> ResponseReturnValue:
    """Pause it, change the words, or end the pause."""
    return PAGE.save()
