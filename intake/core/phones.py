"""Phone numbers as people read them: one way of writing, whatever was typed."""

from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumberFormat


@lru_cache(maxsize=1024)  # a list of people shows each number again and again
def phone_text(typed: str, region: str = "US") -> str:
    """A number such as "(312) 555-0198", or "+52 55 1234 5678" from abroad.

    What was typed with it, such as an extension or "ask for Ana", is as good as the number: then
    all of it stays as it is.
    """
    try:
        number = phonenumbers.parse(typed, region)
    except phonenumbers.NumberParseException:
        return typed
    is_plain = not any(each.isalpha() for each in typed) and not number.extension
    if not (is_plain and phonenumbers.is_valid_number(number)):
        return typed
    is_home = number.country_code == phonenumbers.country_code_for_region(region)
    way = PhoneNumberFormat.NATIONAL if is_home else PhoneNumberFormat.INTERNATIONAL
    return str(phonenumbers.format_number(number, way))
