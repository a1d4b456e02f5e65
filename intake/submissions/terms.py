"""What a person can be found by: beginnings of names, ends of phone numbers, e-mail addresses.

Pure, standard library only. A term is a short text such as "name:whit"; what is stored of it is
said in `submissions.search`. The same rules read the contact page and what staff type, so case,
accents, apostrophes, blanks and the way a phone number is written never matter.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

SHORTEST, LONGEST = 3, 8
"""Letters of a name that count: beginnings from three letters on, none past the eighth."""
TAILS = (10, 7, 4)
"""Final digits of a phone number that count: with area code, without, and what people read out."""
MOST_TERMS = 6
"""So many words of one search count: more make it no narrower, but slower."""
APOSTROPHES = "'’‘ʼʻ`´ʹ′＇"
FOLDED = str.maketrans(
    {"ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ł": "l", "þ": "th", "æ": "ae", "œ": "oe"}
)
"""Letters that Unicode does not take apart into a plain one and a mark."""
NAMES = ("given_name", "family_name", "preferred_name")


def terms_of(contact: Mapping[str, Any]) -> frozenset[str]:
    """All terms by which the person of a contact page is found."""
    names = {word for name in NAMES for word in _words_of_name(contact.get(name) or "")}
    terms = {f"name:{begin}" for word in names for begin in _beginnings(word)}
    digits, address = _phone_of(contact), _address_of(contact)
    terms |= {f"phone:{digits[-tail:]}" for tail in TAILS if len(digits) >= tail}
    if address:
        terms |= {f"mail:{address}", f"mail:{address.split('@')[0]}"}
    return frozenset(terms | {_name_and_birthday(contact)} - {""})


def same_person(contact: Mapping[str, Any]) -> dict[str, str]:
    """What two requests of one person have in common: a term for each of "phone", "email" and
    "birthday", the last with the whole name; none for what was not given. Families share a phone or
    an address, so none of them is proof.
    """
    digits, address = _phone_of(contact), _address_of(contact)
    found = {
        "phone": f"phone:{digits[-max(TAILS) :]}" if len(digits) >= max(TAILS) else "",
        "email": f"mail:{address}" if address else "",
        "birthday": _name_and_birthday(contact),
    }
    return {kind: term for kind, term in found.items() if term}


def _phone_of(contact: Mapping[str, Any]) -> str:
    return _digits(contact.get("phone_e164") or contact.get("phone") or "")


def _address_of(contact: Mapping[str, Any]) -> str:
    """The address as it is compared; "" for what is none."""
    address: str = (contact.get("email") or "").strip().casefold()
    return address if "@" in address else ""


def terms_in(words: str) -> list[str]:
    """The terms that a person must have to be found by these words.

    Empty when there is too little to go by.
    """
    addresses = [each for each in words.split() if "@" in each[1:]]
    rest = " ".join(each for each in words.split() if "@" not in each)
    names = [each for each in _words(_without_apostrophes(rest)) if not each.isdecimal()]
    terms = [
        *(_mail_term(each) for each in addresses),
        *_phone_terms(_digits(" ".join(each for each in rest.split() if not _has_letters(each)))),
        *(f"name:{each[:LONGEST]}" for each in names),
    ]
    return list(dict.fromkeys(terms))[:MOST_TERMS]


def _name_and_birthday(contact: Mapping[str, Any]) -> str:
    """One term for both; nobody can search for it. "" unless both are known."""
    legal = " ".join(contact.get(name) or "" for name in ("given_name", "family_name"))
    name, born = "".join(_words(_without_apostrophes(legal))), contact.get("dob") or ""
    return f"born:{born}:{name}" if name and born else ""


def plain(text: str) -> str:
    """Letters without case, accents and other marks."""
    apart = unicodedata.normalize("NFKD", text).casefold()
    return "".join(each for each in apart if unicodedata.category(each) not in MARKS).translate(
        FOLDED
    )


MARKS = ("Mn", "Mc", "Me", "Cf")


def _words(text: str) -> list[str]:
    return "".join(each if each.isalnum() else " " for each in plain(text)).split()


def _without_apostrophes(text: str) -> str:
    return "".join(each for each in text if each not in APOSTROPHES)


def _words_of_name(name: str) -> set[str]:
    """The words of a name, however it is taken apart: "obrien" and "brien", "delacruz", "cruz"."""
    apart = "".join(" " if each in APOSTROPHES else each for each in name)
    closed = _words(_without_apostrophes(name))
    return {*closed, *_words(apart), "".join(closed)} - {""}


def _beginnings(word: str) -> Iterator[str]:
    for length in range(min(SHORTEST, len(word)), min(LONGEST, len(word)) + 1):
        yield word[:length]


def _mail_term(address: str) -> str:
    """A whole address, or the part before the @ while the rest is not typed."""
    address = address.casefold()
    before, _, after = address.partition("@")
    return f"mail:{address}" if "." in after else f"mail:{before}"


def _phone_terms(digits: str) -> list[str]:
    if len(digits) > max(TAILS) - 1 and digits[0] == "0":
        digits = digits.lstrip("0")  # dialled first at home or abroad; no part of the number
    return [f"phone:{digits[-tail:]}" for tail in TAILS if len(digits) >= tail][:1]


def _has_letters(text: str) -> bool:
    return any(each.isalpha() for each in text)


def _digits(text: str) -> str:
    return "".join(str(unicodedata.decimal(each)) for each in text if each.isdecimal())
