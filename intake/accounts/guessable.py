"""Passwords that others would guess: common ones, patterns, and words of this clinic and person.

Judged here, without asking anybody, by `zxcvbn` (Wheeler, USENIX Security 2016): 30,000 passwords
from breaches, names, common words, runs on the keyboard, dates, repetitions, and letters turned
into digits (OWASP ASVS 6.2.4, 6.2.11 and 6.2.12; NIST SP 800-63B-4, 3.1.1.2).
"""

import re
from collections.abc import Iterable
from importlib import import_module
from threading import Lock

FEWEST_GUESSES = 10**11
"""A password that takes fewer is refused."""
LONGEST_JUDGED = 72
"""Characters `zxcvbn` looks at; what comes after can only make a password better."""
SHORTEST_WORD = 3
OF_OURS = ("ketamine", "infusion", "infusions", "intake", "clinic", "consultation", "patient")
FAMOUS = (
    *("correcthorsebatterystaple", "correct horse battery staple", "thequickbrownfox"),
    *("the quick brown fox", "jumpsoverthelazydog", "jumps over the lazy dog", "iloveyou"),
    *("may the force be with you", "to be or not to be", "once upon a time", "loremipsum"),
)
"""Examples of good passwords, and sentences everybody knows."""

_one_at_a_time = Lock()


def is_guessable(password: str, *, words: Iterable[str]) -> bool:
    """Whether few guesses find it. `words` are names and addresses it must not rest on."""
    known = {*OF_OURS, *FAMOUS, *(part for each in words for part in _parts(each))}
    # It is loaded by the first password that is chosen (14 MB), and keeps the words in a global.
    judge = import_module("zxcvbn").zxcvbn
    with _one_at_a_time:
        found = judge(password[:LONGEST_JUDGED], user_inputs=sorted(known))
    return bool(found["guesses"] < FEWEST_GUESSES)


def _parts(words: str) -> set[str]:
    """A name or an address as it is, without blanks, and word by word."""
    lower = words.lower()
    found = {lower, re.sub(r"\W", "", lower), *re.split(r"[\W_]+", lower)}
    return {each for each in found if len(each) >= SHORTEST_WORD}
