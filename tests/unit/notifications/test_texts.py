"""A clinic's own words: what they may hold, where they are wrong, and how they are filled in."""

import pytest

from intake.notifications.texts import SAFE, OwnWords, Text, TextRefused, TextUnusable, check

ALLOWED = ("clinic_name", "when")
CONTEXT = {"clinic_name": "Quiet Clinic", "when": "Thursday, 9:30 am", "minutes": 15}


def text(opening: str, closing: str = "") -> Text:
    return Text("booked", "en", 1, opening, closing)


@pytest.mark.parametrize(
    "words",
    [
        "",
        "Warmly, {clinic_name}",
        "Until {when}!\n\nBring water.",
        "At 9.30 a.m. or p.m... ok?",
        "¿Preguntas? Llámenos: 5 < 6",
    ],
)
def test_plain_words_and_known_placeholders_pass(words: str) -> None:
    check(words, ALLOWED)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("Dear {given_name}", r"Line 1, character 6: \{given_name\} is about the person"),
        ("Hello\nyour {phq9_score}", r"Line 2, character 6: \{phq9_score\} is about the person"),
        ("On {was}", r"there is no \{was\} in this email. You can use \{clinic_name\}, \{when\}"),
        ("{ when }", r"there is no \{ when \}"),
        ("{when.__class__}", r"there is no \{when.__class__\}"),
        ("{{ when }}", "there is no"),
        ("{% set a %}", "there is no"),
        ("a } b", "“}” stands alone"),
        ("{", "“{” stands alone"),
        ("See http://x.example", "Line 1, character 5: links cannot be added"),
        ("www.x.example", "links cannot be added"),
        ("Go to evil.example/login", "Line 1, character 7: links cannot be added"),
        ("//evil", "links cannot be added"),
        ("Your\n\nketamine call", "Line 3, character 1: “ketamine” tells"),
        ("Su tratamiento de depresión", "“depresión” tells"),
        ("x" * 601, "Use 600 characters or fewer"),
    ],
)
def test_all_else_is_refused_with_its_place(words: str, said: str) -> None:
    with pytest.raises(TextRefused, match=said):
        check(words, ALLOWED)


def test_values_are_filled_in_and_paragraphs_kept() -> None:
    own = text("See you {when}.\nWarmly,\n \n{clinic_name}", "{minutes}").filled(CONTEXT)
    assert own == OwnWords(
        (("See you Thursday, 9:30 am.", "Warmly,"), ("Quiet Clinic",)), (("15",),)
    )
    assert text("").filled(CONTEXT) == OwnWords()


@pytest.mark.parametrize("words", ["{was}", "{reply_to}", "{{ when }}", "{link}"])
def test_what_a_mail_does_not_have_or_may_not_say_makes_words_unusable(words: str) -> None:
    with pytest.raises(TextUnusable):
        text(words).filled({**CONTEXT, "was": "", "reply_to": "a@b.test", "link": "secret"})


def test_a_value_is_never_read_for_placeholders_again() -> None:
    own = text("{clinic_name}").filled({"clinic_name": "{when}", "when": "x"})
    assert own.opening == (("{when}",),)


def test_what_can_stand_for_something_is_neither_secret_nor_an_answer() -> None:
    assert set(SAFE).isdisjoint({"link", "unsubscribe", "calendar", "name", "asked", "call_by"})
