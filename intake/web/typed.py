"""Fields for typed answers: text, e-mail address, phone number, count."""

from typing import Any

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from intake.core.i18n import lazy_gettext as _l
from intake.web.question import Question, Stored, Words
from intake.web.text import clean_line, clean_lines, has_letter

LONGEST = 4000
"""Characters that are kept of a text that is too long."""


class TextField(Question):
    """One line of text; ``width`` is "", "w2", "w4" or "w12" characters."""

    type_attribute = "text"
    autocomplete = ""
    inputmode = ""
    max_length = 100

    @property
    def unit(self) -> str:
        """The word after the input in the reader's language, or nothing."""
        return ""

    def __init__(
        self,
        label: Words,
        *,
        autocomplete: str = "",
        inputmode: str = "",
        width: str = "",
        max_length: int = 0,
        **rest: Any,
    ) -> None:
        super().__init__(label, **rest)
        self.autocomplete = autocomplete or self.autocomplete
        self.inputmode = inputmode or self.inputmode
        self.width = width
        self.max_length = max_length or self.max_length

    @property
    def shown(self) -> str:
        """What the input shows: exactly what the person typed, right or wrong."""
        return "" if self.data is None else str(self.data)

    @property
    def typed(self) -> Stored:
        """What was typed, as long as it is none of a text without end."""
        return str(self.data)[:LONGEST] if self.errors and self.data else None

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take the first value sent, cleaned; nothing sent is an empty answer."""
        self.data = clean_line(str(valuelist[0])) if valuelist else ""

    def check(self) -> None:
        """Refuse a text that is too long (counted in characters)."""
        if len(self.data) > self.max_length:
            self.refuse(_l("Use %(most)s characters or fewer", most=f"{self.max_length:,}"))


class NameField(TextField):
    """A person's name in any script; ``wrong`` are the words for one without a letter."""

    def __init__(self, label: Words, *, wrong: Words, **rest: Any) -> None:
        super().__init__(label, **rest)
        self._wrong = wrong

    def check(self) -> None:
        """Refuse a name that shows nothing, or that nobody can call out."""
        super().check()
        if not has_letter(self.data):
            self.refuse(self._wrong)


class TextAreaField(TextField):
    """Several lines of text; ``rows`` is in proportion to the answer expected."""

    max_length = 2000

    def __init__(self, label: Words, *, rows: int = 4, **rest: Any) -> None:
        super().__init__(label, **rest)
        self.rows = rows

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take the first value sent; line breaks stay."""
        self.data = clean_lines(str(valuelist[0])) if valuelist else ""


class EmailField(TextField):
    """An e-mail address as typed; ``address`` is the form to send to. Asks no name server."""

    type_attribute = "email"
    autocomplete = "email"
    max_length = 254  # RFC 5321 4.5.3.1.3, erratum 1690
    missing_words = _l("Enter an email address, like name@example.com")

    @property
    def address(self) -> str:
        """The address with an ASCII domain (IDNA), or nothing while it cannot be right."""
        try:
            return (
                validate_email(self.data or "", check_deliverability=False, strict=True).ascii_email
                or ""
            )
        except EmailNotValidError:
            return ""

    def check(self) -> None:
        """Refuse what is not an address that ordinary mail servers can take."""
        super().check()
        if not self.address:
            self.refuse(_l("Enter an email address in the correct format, like name@example.com"))


class PhoneField(TextField):
    """A phone number in any format, with or without extension; ``data`` is what was typed."""

    type_attribute = "tel"
    autocomplete = "tel"
    missing_words = _l("Enter a phone number, like (312)\N{NO-BREAK SPACE}555-0142")

    def __init__(self, label: Words, *, region: str = "US", **rest: Any) -> None:
        super().__init__(label, **rest)
        self.region = region

    @property
    def e164(self) -> str:
        """The number as +13125550142, without extension; nothing while it cannot be right."""
        number = self._number()
        if number is None:
            return ""
        return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))

    def _number(self) -> phonenumbers.PhoneNumber | None:
        """Read the whole text as a number, or else find one in it ("312 555 0142 (cell)")."""
        text = self.data or ""
        try:
            number = phonenumbers.parse(text, self.region)
        except phonenumbers.NumberParseException:
            return None
        if phonenumbers.is_valid_number(number):
            return number
        found = next(iter(phonenumbers.PhoneNumberMatcher(text, self.region)), None)
        return found.number if found else None

    def check(self) -> None:
        """Refuse what nobody can dial."""
        super().check()
        if not self.e164:
            self.refuse(self.missing_words)


class IntegerField(TextField):
    """A count from ``least`` to ``most``; ``unit`` is the word after the input ("days")."""

    inputmode = "numeric"
    typed = None

    def __init__(
        self, label: Words, *, least: int = 0, most: int, unit: Words = "", **rest: Any
    ) -> None:
        words = _l("Enter a number from %(least)s to %(most)s", least=least, most=most)
        super().__init__(label, **{"missing": words, "width": "w4", **rest})
        self.least, self.most = least, most
        self._unit = unit
        self._wrong = words
        self._typed = ""

    @property
    def unit(self) -> str:
        """The word after the input in the reader's language, or nothing."""
        return str(self._unit)

    @property
    def shown(self) -> str:
        """What the person typed, or the stored number."""
        return self._typed or super().shown

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read a whole number; anything else stays on the screen and has no value."""
        self._typed = clean_line(str(valuelist[0])) if valuelist else ""
        number = self._typed.removeprefix("+").replace(",", "")
        # Nine digits are more than any count needs and keep int() cheap.
        self.data = int(number) if number.isdecimal() and len(number) <= 9 else None

    @property
    def is_given(self) -> bool:
        """Whether anything was typed, a number or not."""
        return bool(self._typed) or self.data is not None

    def check(self) -> None:
        """Refuse what is not a whole number within the limits."""
        if self.data is None or not self.least <= self.data <= self.most:
            self.refuse(self._wrong)
