"""The forms of the settings: hours, dates, closures, and how a consultation is booked."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from babel.dates import get_day_names
from wtforms.validators import ValidationError

from intake.scheduling.hours import MOST_DAYS, TypeRules, days_from
from intake.scheduling.meeting import LONGEST_ADDRESS
from intake.scheduling.models import CHANNELS, ConsultationType, Provider
from intake.scheduling.slots import Window
from intake.staff.room_form import VideoLinkField
from intake.staff.wall_hours import HoursUnreadable, hours_words, read_hours, read_time
from intake.staff.words import CHANNELS as CHANNEL_WORDS
from intake.web.fields import (
    ChoiceField,
    ChoicesField,
    IntegerField,
    Stored,
    TextField,
)
from intake.web.forms import Form
from intake.web.text import clean_line

WEEKDAYS = tuple(get_day_names("wide", locale="en")[number] for number in range(7))
HOUR = 60
DATE_PATTERNS = ("%Y-%m-%d", "%m/%d/%Y", "%m/%d/%y")


class DateField(TextField):
    """A date, chosen in the browser's calendar or typed; ``data`` is a date or None."""

    type_attribute = "date"
    missing_words = "Enter a date"

    def __init__(self, label: str, **rest: Any) -> None:
        super().__init__(label, **{"width": "w12", **rest})
        self._typed = ""

    @property
    def shown(self) -> str:
        """What was typed, or the stored date."""
        return self.data.isoformat() if isinstance(self.data, date) else self._typed

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read a date; anything else stays on the screen and has no value."""
        self._typed = clean_line(str(valuelist[0])) if valuelist else ""
        self.data = _read_date(self._typed)

    @property
    def is_given(self) -> bool:
        """Whether anything was typed, a date or not."""
        return bool(self._typed) or self.data is not None

    @property
    def stored(self) -> Stored:
        """The date as text."""
        return self.data.isoformat() if self.data else None

    def check(self) -> None:
        """Refuse what is no date, or one of another century."""
        if self.data is None or not 2000 <= self.data.year < 2100:
            self.refuse("Enter a date like 12/24/2026")


def _read_date(text: str) -> date | None:
    for pattern in DATE_PATTERNS:
        try:
            return datetime.strptime(text, pattern).date()  # noqa: DTZ007  a date has no zone
        except ValueError:
            continue
    return None


class TimeField(TextField):
    """A time of day, chosen or typed in any usual way; ``data`` is a time or None."""

    type_attribute = "time"
    missing_words = "Enter a time"

    def __init__(self, label: str, **rest: Any) -> None:
        super().__init__(label, **{"width": "w12", **rest})
        self._typed = ""

    @property
    def shown(self) -> str:
        """What was typed, or the time as browsers want it."""
        return self.data.isoformat("minutes") if isinstance(self.data, time) else self._typed

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read a time; anything else stays on the screen and has no value."""
        self._typed = clean_line(str(valuelist[0])) if valuelist else ""
        self.data = read_time(self._typed)

    @property
    def is_given(self) -> bool:
        """Whether anything was typed, a time or not."""
        return bool(self._typed) or self.data is not None

    def check(self) -> None:
        """Refuse what is no time of day."""
        if self.data is None:
            self.refuse("Enter a time like 5:30 pm")


class HoursField(TextField):
    """Hours of a day as text; ``windows`` are what it says, none for a day without."""

    max_length = 200

    def __init__(self, label: str, **rest: Any) -> None:
        super().__init__(label, **{"optional": True, "mark_optional": False, **rest})

    @property
    def windows(self) -> tuple[Window, ...]:
        """The hours; trusted only after validation."""
        return read_hours(self.data or "")

    def check(self) -> None:
        """Refuse what cannot be read as hours, with the words that say what to write."""
        super().check()
        try:
            read_hours(self.data)
        except HoursUnreadable as refusal:
            self.refuse(str(refusal))


class WeeklyForm(Form):
    """Weekly hours of a provider."""

    day_0 = HoursField(WEEKDAYS[0])
    day_1 = HoursField(WEEKDAYS[1])
    day_2 = HoursField(WEEKDAYS[2])
    day_3 = HoursField(WEEKDAYS[3])
    day_4 = HoursField(WEEKDAYS[4])
    day_5 = HoursField(WEEKDAYS[5])
    day_6 = HoursField(WEEKDAYS[6])

    @property
    def week(self) -> list[HoursField]:
        """The fields from Monday to Sunday."""
        return [self[f"day_{number}"] for number in range(7)]

    @property
    def weekly(self) -> dict[int, tuple[Window, ...]]:
        """The hours by weekday (0 = Monday); trusted only after validation."""
        return {number: field.windows for number, field in enumerate(self.week)}


def weekly_values(provider: Provider) -> dict[str, Stored]:
    """A provider's weekly hours as the form shows them."""
    return {
        f"day_{number}": hours_words(
            tuple(sorted((e.opens, e.closes) for e in provider.weekly if e.weekday == number))
        )
        for number in range(7)
    }


class _SpanForm(Form):
    """Dates from a first to a last one."""

    first = DateField("First day")
    last = DateField("Last day", hint="Leave empty for one day.", optional=True)

    def validate_last(self, field: DateField) -> None:
        """The last day is not before the first, and not years after it."""
        if field.data is None or self.first.data is None:
            return
        try:
            days_from(self.first.data, field.data)
        except ValueError:
            raise ValidationError(
                f"The last day is on or after the first, and at most {MOST_DAYS} days in all"
            ) from None

    @property
    def days(self) -> list[date]:
        """All dates; trusted only after validation."""
        return days_from(self.first.data, self.last.data)


class DatedForm(_SpanForm):
    """Other hours of a provider on some dates."""

    hours = HoursField(
        "Hours on these days",
        hint="Leave empty if they are away. Or write hours like 9:00 am – 12:00 pm.",
    )
    label = TextField(
        "Why", hint="Colleagues see it, patients never.", optional=True, max_length=100
    )


class ClosureForm(_SpanForm):
    """Dates on which the clinic is closed."""

    label = TextField(
        "Why",
        hint="Patients see it, for example: Thanksgiving.",
        missing="Enter why the clinic is closed, for example: Thanksgiving",
        max_length=100,
    )


class ProviderForm(Form):
    """A new provider."""

    name = TextField("Name", missing="Enter the name as patients may hear it", max_length=100)


class TypeForm(Form):
    """How a consultation is booked."""

    name = TextField("Name", missing="Enter a name", max_length=100)
    minutes = IntegerField("Length of a call", least=5, most=240, unit="minutes")
    step_minutes = IntegerField("A time starts every", least=5, most=240, unit="minutes")
    buffer_before = IntegerField("Kept free before it", least=0, most=240, unit="minutes")
    buffer_after = IntegerField("Kept free after it", least=0, most=240, unit="minutes")
    notice_hours = IntegerField(
        "Booked at the latest", least=0, most=720, unit="hours before", hint="Staff can book later."
    )
    horizon_days = IntegerField("Booked at the earliest", least=1, most=365, unit="days before")
    daily_cap = IntegerField(
        "Most calls a day", least=1, most=200, optional=True, hint="For each provider."
    )
    person_cap = IntegerField(
        "Most calls ahead for one person",
        least=1,
        most=20,
        optional=True,
        hint="That nobody here has looked at yet.",
    )
    change_hours = IntegerField(
        "Patients can change it until",
        least=0,
        most=720,
        unit="hours before",
        hint="After that they see your phone number.",
    )
    most_moves = IntegerField("How often they can move it", least=0, most=20, unit="times")
    mode = ChoiceField(
        "When a patient chooses a time",
        choices=[
            ("confirm", "We confirm it", "The time is kept until somebody confirms it."),
            ("instant", "It is booked at once", "If nothing in the answers needs a second look."),
        ],
    )
    channels = ChoicesField(
        "How people can choose to meet",
        choices=[(channel, CHANNEL_WORDS[channel]) for channel in CHANNELS],
        missing="Select at least one way to meet",
    )
    video_link = VideoLinkField(
        "Video link",
        hint="For providers who have none of their own. Emails and calendars show it.",
        optional=True,
    )
    address = TextField(
        "Street address",
        hint="Emails and calendars show it: leave out what you treat.",
        optional=True,
        max_length=LONGEST_ADDRESS,
    )

    @property
    def rules(self) -> TypeRules:
        """What was entered; trusted only after validation."""
        values: Mapping[str, Any] = self.values()
        hours = {"min_notice": "notice_hours", "change_notice": "change_hours"}
        same = {name: value for name, value in values.items() if name not in hours.values()}
        return TypeRules(**same, **{name: values[field] * HOUR for name, field in hours.items()})


def type_values(kind: ConsultationType) -> dict[str, Stored]:
    """A consultation type as the form shows it; part of an hour counts as a whole one."""
    same = set(TypeForm.fill({}).values()) - {"notice_hours", "change_hours"}
    return {name: getattr(kind, name) for name in same} | {
        "notice_hours": -(-kind.min_notice // HOUR),
        "change_hours": -(-kind.change_notice // HOUR),
    }
