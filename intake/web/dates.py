"""The date of birth: three inputs, any way of writing a month, one message at a time."""

import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, NoReturn

from wtforms.utils import unset_value

from intake.core.i18n import lazy_gettext as _l
from intake.web.question import Question, Stored, Words
from intake.web.text import clean_line

LONGEST_WORD = 40
PARTS = ("month", "day", "year")
_MONTHS = (
    ("january", "enero"),
    ("february", "febrero"),
    ("march", "marzo"),
    ("april", "abril"),
    ("may", "mayo"),
    ("june", "junio"),
    ("july", "julio"),
    ("august", "agosto"),
    ("september", "septiembre", "setiembre"),
    ("october", "octubre"),
    ("november", "noviembre"),
    ("december", "diciembre"),
)
_OLDEST_YEAR = 1900
_INCLUDE: dict[tuple[str, ...], Words] = {
    ("month",): _l("Date of birth must include a month"),
    ("day",): _l("Date of birth must include a day"),
    ("year",): _l("Date of birth must include a year"),
    ("month", "day"): _l("Date of birth must include a month and day"),
    ("month", "year"): _l("Date of birth must include a month and year"),
    ("day", "year"): _l("Date of birth must include a day and year"),
}


def utc_today() -> date:
    """Return today's date in UTC; a birth date needs no finer clock."""
    return datetime.now(UTC).date()


def month_number(text: str) -> int | None:
    """Return 1 to 12 for "3", "03", "Mar", "sept." or "marzo"; None for anything else."""
    plain = unicodedata.normalize("NFKC", text[:LONGEST_WORD]).casefold().rstrip(".")
    if plain.isdecimal():
        return int(plain) if len(plain) <= 2 and 1 <= int(plain) <= 12 else None
    if len(plain) < 3:
        return None
    for number, names in enumerate(_MONTHS, start=1):
        if any(name.startswith(plain) for name in names):
            return number
    return None


class DateOfBirthField(Question):
    """Three inputs named ``<name>_month``, ``_day`` and ``_year``; ``data`` is a date or None.

    ``parts`` holds what was typed, ``wrong`` the names of the parts to correct. Messages come
    in the order missing, impossible, other (GOV.UK date input).
    """

    missing_words = _l("Enter your date of birth")

    def __init__(self, label: Words, *, today: Callable[[], date] = utc_today, **rest: Any) -> None:
        super().__init__(label, **rest)
        self.today = today
        self.parts = dict.fromkeys(PARTS, "")
        self.wrong: tuple[str, ...] = ()

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        """Read the three inputs, or a stored date (a date or its ISO text)."""
        super().process(None, data, extra_filters)
        if formdata is not None:
            sent = {part: formdata.get(f"{self.name}_{part}", "") for part in PARTS}
            self.parts = {part: clean_line(str(text)) for part, text in sent.items()}
            self.data = None

    def process_data(self, value: Any) -> None:
        """Show a stored date in the three inputs, or what was typed into them."""
        if isinstance(value, dict):
            self.parts, self.data = {part: str(value.get(part, "")) for part in PARTS}, None
            return
        self.data = date.fromisoformat(value) if isinstance(value, str) and value else value or None
        if self.data:
            day = self.data
            self.parts = {"month": str(day.month), "day": str(day.day), "year": str(day.year)}

    @property
    def is_given(self) -> bool:
        """Whether any part was typed."""
        return any(self.parts.values())

    @property
    def anchor(self) -> str:
        """Id of the first part to correct."""
        return f"{self.id}_{self.wrong[0] if self.wrong else PARTS[0]}"

    @property
    def stored(self) -> Stored:
        """The date as ISO text, or None."""
        return self.data.isoformat() if self.data else None

    @property
    def typed(self) -> dict[str, str] | None:
        """The three inputs, if they are no date yet."""
        return dict(self.parts) if self.errors and self.is_given else None

    def pre_validate(self, form: object) -> None:
        """Mark all parts as wrong when none was given."""
        self.wrong = () if self.is_given else PARTS
        super().pre_validate(form)

    def check(self) -> None:
        """Refuse a date with a part missing, that does not exist, or that cannot be a birth."""
        empty = tuple(part for part in PARTS if not self.parts[part])
        if empty:
            self._blame(empty, _INCLUDE[empty])
        self.data = self._real_date()
        if self.data >= self.today():
            self._blame(PARTS, _l("Date of birth must be in the past"))
        if self.data.year < _OLDEST_YEAR:
            self._blame(("year",), _l("Date of birth must be in 1900 or later"))

    def _real_date(self) -> date:
        month = month_number(self.parts["month"])
        day, year = self.parts["day"], self.parts["year"]
        if year.isdecimal() and len(year) != 4:
            self._blame(("year",), _l("Year must have 4 numbers, like 1985"))
        readable = {"month": month is not None, "day": day.isdecimal(), "year": year.isdecimal()}
        unreadable = tuple(part for part in PARTS if not readable[part])
        try:
            return date(int(year), month or 0, int(day))
        except (ValueError, OverflowError):
            self._blame(unreadable or PARTS, _l("Date of birth must be a real date"))

    def _blame(self, parts: tuple[str, ...], words: Words) -> NoReturn:
        self.wrong = parts
        self.data = None
        self.refuse(words)
