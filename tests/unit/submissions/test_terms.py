"""By which words a person is found, and by which not."""

import pytest

from intake.submissions.terms import MOST_TERMS, same_person, terms_in, terms_of

DANA = {
    "given_name": "Dana",
    "family_name": "Whitfield",
    "preferred_name": "",
    "phone": "(312) 555-0198",
    "phone_e164": "+13125550198",
    "email": "Dana.W@Example.org",
}


def finds(words: str, **contact: str) -> bool:
    wanted = terms_in(words)
    return bool(wanted) and set(wanted) <= terms_of({**DANA, **contact})


@pytest.mark.parametrize(
    "words",
    [
        *(
            "dana",
            "WHITFIELD",
            "whi",
            "Whitf",
            "dana whit",
            "  Whitfield,  Dana ",
            "whitfieldx"[:9],
        ),
        *("312 555 0198", "+1 (312) 555-0198", "312.555.0198", "555-0198", "0198", "13125550198"),
        *("dana.w@example.org", "DANA.W@EXAMPLE.ORG", "dana.w@", "dana 0198"),
    ],
)
def test_she_is_found(words: str) -> None:
    assert finds(words)


@pytest.mark.parametrize(
    "words",
    [
        *("", " ", "d", "da", "ana", "field", "dana smith", "198", "0199", "555 0199", "@", "..."),
        *("dana@example.org", "dana.w@example.com", "dana 0199", "dana 312 555 0199"),
    ],
)
def test_she_is_not_found(words: str) -> None:
    assert not finds(words)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        *(("O'Brien", words) for words in ("O’Brien", "obrien", "brien", "OʼBRIEN")),
        *(("de la Cruz", words) for words in ("cruz", "de la cruz", "delacruz", "la cruz")),
        *(("Smith-Jones", words) for words in ("smith", "jones", "smith-jones", "smith jones")),
        *(("Núñez", "nunez"), ("Nunez", "Núñez"), ("Nu\u0301n\u0303ez", "núñez")),
        *(("Łukasz", "lukasz"), ("Søren", "soren"), ("Weiß", "weiss"), ("Þórður", "thordur")),
        *(("İpek", "ipek"), ("Ｄａｎａ", "dana"), ("Иванов", "ИВАН"), ("Ἀλέξης", "αλεξ")),
        *(
            ("李小龙", "李小龙"),
            ("李", "李"),
            ("김민준", "김민"),
            ("אבֿרהם", "אברהם"),
            ("أحمد", "احمد"),
        ),
        *(("Li", "li"), ("X", "x"), ("प्रिया", "प्रिया")),
    ],
)
def test_a_name_is_found_however_it_is_written(name: str, words: str) -> None:
    assert finds(words, family_name=name)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("+447700900123", "07700 900123"),
        ("+447700900123", "0044 7700 900123"),
        ("+33123456789", "01 23 45 67 89"),
        ("+4722123456", "22 12 34 56"),
        ("+13125550198", "٣١٢٥٥٥٠١٩٨"),
    ],
)
def test_a_number_is_found_however_it_is_dialled(number: str, words: str) -> None:
    assert finds(words, phone_e164=number)


def test_a_number_that_has_no_standard_form_is_found_as_it_was_typed() -> None:
    assert finds("555 0123", phone="ext. 555 0123", phone_e164="")


def test_a_page_that_is_not_filled_in_has_no_terms() -> None:
    assert terms_of({}) == frozenset()
    assert terms_of({"given_name": None, "phone": None, "email": "nothing"}) == frozenset()


def test_a_long_search_stays_small() -> None:
    assert len(terms_in("word " * 2 + " ".join(f"name{n}x" for n in range(50)))) == MOST_TERMS


def test_one_person_is_known_however_they_write_themselves() -> None:
    born = {"dob": "1985-03-27"}
    here = same_person({**DANA, **born})
    there = {
        "given_name": "DÁNA",
        "phone": "312.555.0198",
        "phone_e164": "",
        "email": "dana.w@example.org",
    }
    assert set(here) == {"phone", "email", "birthday"}
    assert same_person({**DANA, **born, **there}) == here


def test_what_was_not_given_is_in_common_with_nobody() -> None:
    assert same_person({"given_name": "Dana", "phone": "555-0198", "email": "", "dob": ""}) == {}


def test_nobody_searches_for_a_birthday() -> None:
    born = next(term for term in terms_of({**DANA, "dob": "1985-03-27"}) if term.startswith("born"))
    assert born not in terms_in("born:1985-03-27:danawhitfield") + terms_in("1985-03-27 dana")
