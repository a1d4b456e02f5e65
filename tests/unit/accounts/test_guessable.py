"""Which passwords are refused because others would guess them."""

import pytest

from intake.accounts.guessable import is_guessable

WORDS = ("Iconic Infusions", "marta.ruiz@example.com", "Marta Ruiz")
RUNS = (
    "qwertyuiopasdfgh",
    "1q2w3e4r5t6y7u8i",
    "123456789012345",
    "abcdefghijklmnop",
    "zxcvbnm,./zxcvbnm",
)
OF_THE_CLINIC = (
    *("iconicinfusions1", "Iconic Infusions 2026", "IconicInfusions!!", "Ic0n1cInfus10ns"),
    *(
        "infusionsinfusions",
        "ketamineketamine",
        "ketamine clinic",
        "KetamineClinic2026",
        "intakeintake2026",
    ),
    *("marta.ruiz@example.com", "martaruizmartaruiz", "Marta Ruiz 1985!", "martamartamarta1"),
)
FAMOUS = (
    "correct horse battery staple",
    "thequickbrownfox",
    "to be or not to be",
    "Jumps over the lazy dog",
)
COMMON = (
    *("password", "letmein", "iloveyou", "monkey", "dragon", "football", "baseball", "superman"),
    *("sunshine", "princess", "welcome", "shadow", "master", "michael", "jordan", "trustno1"),
    *("batman", "starwars", "whatever", "freedom", "charlie", "liverpool", "computer", "cheese"),
)
REPEATED = [(word * 15)[: max(15, 2 * len(word))] for word in COMMON]
WITH_DIGITS = [f"{word.title()}{'1234567890' * 2}"[:16] for word in COMMON]
WITH_YEAR = [f"{word}{word}2026!" for word in COMMON]
BAD = (*RUNS, *OF_THE_CLINIC, *FAMOUS, *REPEATED, *WITH_DIGITS, *WITH_YEAR)
GOOD = (
    *("brown horses eat late apples", "purple cows sing every morning", " fifteen chars "),
    *("пароль из слов и пробелов", "x8Kd93jfLq02mZpQ", "Marta likes 7 green umbrellas"),
)


def test_a_hundred_known_bad_ones_are_refused_offline() -> None:
    assert len(set(BAD)) >= 90
    assert [each for each in BAD if not is_guessable(each, words=WORDS)] == []


@pytest.mark.parametrize("password", [*GOOD, "a good one that is " * 7])
def test_four_words_or_chance_are_taken(password: str) -> None:
    assert not is_guessable(password, words=WORDS)


def test_the_words_of_one_person_do_not_count_for_another() -> None:
    mine = "wolfeschlegelsteinhausen"
    assert is_guessable(mine, words=["Hubert Wolfeschlegelsteinhausen"])
    assert not is_guessable(mine, words=["Marta Ruiz"])
