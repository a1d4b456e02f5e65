"""Fields for several things in one box: addresses, sentences, states, numbers of hours."""

import re
from typing import Any

from email_validator import EmailNotValidError, validate_email

from intake.web.fields import Stored, TextAreaField, TextField
from intake.web.text import clean_line, clean_lines

MOST_ADDRESSES = 20
MOST_LINES = 4
LONGEST_LINE = 100
MOST_HOURS = 24 * 60
"""The longest wait or lead, in hours: sixty days."""
_STATES = (
    "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ"
    " NM NY NC ND OH OK OR PA PR RI SC SD TN TX UT VT VA WA WV WI WY"
)
US_STATES = frozenset(_STATES.split())
_PHONE = re.compile(
    r"(?:\+?1[ .-]?)?\(?\b\d{3}\)?[ .-]?\d{3}[ .-]?\d{4}\b|\+\d[\d ]{6,14}\d\b"
    r"|\b\d{3} \d{3}\b|\b\d{3,6}\b"
)
"""A US number, one with a country code, or a short one such as 988 or 116 123; not "24/7"."""
_BETWEEN = re.compile(r"[\s,;]+")


class LinesField(TextAreaField):
    """A list with one item a line; ``data`` is the list."""

    @property
    def shown(self) -> str:
        """The items, one a line, as they were typed."""
        return "\n".join(self.data or [])

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take the lines that hold anything."""
        text = clean_lines(str(valuelist[0])) if valuelist else ""
        self.data = [line.strip() for line in text.splitlines() if line.strip()]

    @property
    def stored(self) -> Stored:
        """The items."""
        return list(self.data or [])

    def check(self) -> None:
        """Refuse nothing of its own."""


class AddressesField(LinesField):
    """E-mail addresses, one a line."""

    missing_words = "Enter at least one email address"

    def check(self) -> None:
        """Refuse what is no address, with its line, and more than anybody can mean."""
        once: dict[str, str] = {}
        for address in self.data:
            once.setdefault(address.casefold(), address)
        self.data = list(once.values())
        if len(self.data) > MOST_ADDRESSES:
            self.refuse(f"Enter at most {MOST_ADDRESSES} addresses")
        for number, address in enumerate(self.data, start=1):
            try:
                validate_email(address, check_deliverability=False, test_environment=True)
            except EmailNotValidError:
                self.refuse(f"Line {number}, “{address}”, is not an email address")


class HelpLinesField(LinesField):
    """Lines of help, one a line, each with the number to call in it; ``lines`` are their pairs."""

    missing_words = "Enter at least one line of help with its number"

    @property
    def lines(self) -> list[list[str]]:
        """Each sentence with the number in it; trusted only after validation."""
        return [[line, _PHONE.findall(line)[0]] for line in self.data]

    def check(self) -> None:
        """Refuse a line without a number, or with two, of which one would be called by mistake."""
        if len(self.data) > MOST_LINES or any(len(each) > LONGEST_LINE for each in self.data):
            self.refuse(f"Use {MOST_LINES} lines or fewer, of {LONGEST_LINE} characters at most")
        for number, line in enumerate(self.data, start=1):
            if len(_PHONE.findall(line)) != 1:
                self.refuse(f"Line {number} needs one phone number to call")


class ListField(TextField):
    """Several short items in one line, with commas between; ``data`` is the list."""

    @property
    def shown(self) -> str:
        """The items as they were typed, with commas."""
        return ", ".join(map(str, self.data or []))

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take what stands between commas and spaces."""
        text = clean_line(str(valuelist[0])) if valuelist else ""
        self.data = [each for each in _BETWEEN.split(text) if each]

    @property
    def stored(self) -> Stored:
        """The items."""
        return list(self.data or [])


class StatesField(ListField):
    """US states by their two letters."""

    def check(self) -> None:
        """Refuse what is no state."""
        self.data = [each.upper() for each in self.data]
        for each in self.data:
            if each not in US_STATES:
                self.refuse(f"“{each}” is not a US state. Write two letters, like IL")


class HoursListField(ListField):
    """Numbers of hours, each after the other."""

    def check(self) -> None:
        """Refuse what is no whole number of hours."""
        if not all(each.isdecimal() and 1 <= int(each[:9]) <= MOST_HOURS for each in self.data):
            self.refuse(f"Enter whole hours from 1 to {MOST_HOURS:,}, like 4, 24, 72")
        self.data = [int(each) for each in self.data]
