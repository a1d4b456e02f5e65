"""Fields for typed answers."""

import pytest

from tests.unit.web.forms_for_tests import error, sent


def test_a_missing_answer_says_what_to_do() -> None:
    assert error("name", name=" \u200b ") == "Enter your first name"


def test_a_field_that_was_not_sent_is_missing() -> None:
    assert error("name", name=None) == "Enter your first name"


def test_an_optional_answer_may_be_left_out() -> None:
    assert error("email", email="") == ""


def test_a_long_line_is_refused_and_kept() -> None:
    form = sent(name="x" * 101)
    assert form.name.error == "Use 100 characters or fewer"
    assert form.name.shown == "x" * 101


@pytest.mark.parametrize("name", ["O’Neill-Ñandú 3rd", "李", "محمد", "ณัฐ", "X", "Zoë 🌻", "ʻ"])
def test_a_name_in_any_script_is_taken(name: str) -> None:
    assert error("nickname", nickname=name) == ""


@pytest.mark.parametrize(
    "name", ["\u200d", "\u200c\u0301", "\u034f", "\ufe0f", "\u2800", "7", "-", "٣", "👍"]
)
def test_a_name_without_a_letter_is_none(name: str) -> None:
    assert error("nickname", nickname=name) == "Enter a name in letters"


def test_a_name_may_not_be_too_long_either() -> None:
    assert error("nickname", nickname="x" * 101) == "Use 100 characters or fewer"


def test_a_text_is_counted_in_characters_and_line_breaks_count_once() -> None:
    assert error("story", story="李" * 10 + "\r\n" + "ñ" * 9) == ""
    assert error("story", story="ñ" * 21) == "Use 20 characters or fewer"


@pytest.mark.parametrize(
    "typed", ["dana", "a@b", "a b@c.com", "dana@example,com", "x" * 250 + "@a.co"]
)
def test_it_refuses_an_address_no_mail_reaches(typed: str) -> None:
    form = sent(email=typed)
    assert form.email.error
    assert form.email.shown == typed


def test_it_takes_a_domain_in_any_script() -> None:
    form = sent(email="dana@Münchnerin.example")
    assert form.email.error == ""
    assert form.email.shown == "dana@Münchnerin.example"
    assert form.email.address == "dana@xn--mnchnerin-q9a.example"


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("312 555 0142", "+13125550142"),
        ("(312)555-0142 ext. 12", "+13125550142"),
        ("3125550142x12", "+13125550142"),
        ("+1.312.555.0142", "+13125550142"),
        ("312-555-0142 (cell)", "+13125550142"),
        ("+44 20 7946 0018", "+442079460018"),
    ],
)
def test_it_reads_a_phone_number_in_any_format(typed: str, number: str) -> None:
    form = sent(phone=typed)
    assert form.phone.error == ""
    assert form.phone.e164 == number
    assert form.phone.shown == typed


@pytest.mark.parametrize("typed", ["55501", "555 0142", "call me", "+", "0" * 100])
def test_it_refuses_a_number_nobody_can_dial(typed: str) -> None:
    assert error("phone", phone=typed) == "Enter a phone number, like (312)\xa0555-0142"


@pytest.mark.parametrize(
    ("typed", "number"), [("12", 12), (" 7 ", 7), ("0", 0), ("+3", 3), ("030", 30)]
)
def test_it_reads_a_count(typed: str, number: int) -> None:
    form = sent(days=typed)
    assert form.days.error == ""
    assert form.days.data == number


@pytest.mark.parametrize("typed", ["twelve", "31", "-1", "1.5", "²", "9" * 5000, ""])
def test_it_refuses_what_is_not_a_count_within_limits(typed: str) -> None:
    form = sent(days=typed)
    assert form.days.error == "Enter a number from 0 to 30"
    assert form.days.shown == typed
