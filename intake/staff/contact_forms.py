"""The forms about calls: what came of one, when the next is, and why a request is closed."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from wtforms.validators import ValidationError

from intake.staff.settings_forms import DateField, TimeField
from intake.staff.words import CLOSED_FOR, TRIES
from intake.submissions.contacting import PLANNED
from intake.web.fields import ChoiceField, TextField
from intake.web.forms import Form

FARTHEST = timedelta(days=366)


class TryForm(Form):
    """What came of a call, and when the next one is: both fields or none."""

    outcome = ChoiceField("What happened?", choices=list(TRIES.items()))
    day = DateField("Call again on", optional=True, mark_optional=False)
    time = TimeField("At", optional=True, mark_optional=False)
    entry = TextField("", max_length=36)

    now: datetime
    tz: ZoneInfo

    @property
    def call_at(self) -> datetime | None:
        """The instant of the next call; trusted only after validation."""
        if self.day.data is None or self.time.data is None:
            return None
        return datetime.combine(self.day.data, self.time.data, self.tz).astimezone(UTC)

    def validate_time(self, field: TimeField) -> None:
        """Refuse half a time, one that is over, and one that nobody will remember."""
        if self.outcome.data not in PLANNED:
            return
        if self.outcome.data == "call_back" and not self.day.is_given:
            return  # said at the date
        if self.day.is_given != field.is_given:
            raise ValidationError("Enter a date and a time, or neither")
        call_at = self.call_at
        if call_at is not None and not self.now < call_at < self.now + FARTHEST:
            raise ValidationError("Enter a time ahead, within a year")

    def validate_day(self, field: DateField) -> None:
        """Somebody who asked to be called back is told when."""
        if self.outcome.data == "call_back" and not field.is_given:
            raise ValidationError("Enter when to call them back")


class CloseForm(Form):
    """Why a request is closed, and whether the person is told."""

    reason = ChoiceField(
        "Why?", choices=list(CLOSED_FOR.items()), missing="Select why the request is closed"
    )
    tell = ChoiceField(
        "Tell them by email?",
        choices=[("yes", "Yes, with a polite note"), ("no", "No")],
        missing="Select whether they get an email",
    )
