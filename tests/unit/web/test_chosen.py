"""Fields for ready answers, and what happens to answers that no page offered."""

from typing import Any

import pytest

from tests.unit.web.forms_for_tests import EveryField, error, sent


def test_a_missing_choice_says_what_to_do() -> None:
    assert error("voicemail", voicemail=None) == "Select yes or no"
    assert error("state", state="") == "Select your state"
    assert error("tried", tried=None) == "Select at least one answer"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("voicemail", "maybe"),
        ("mood", "9"),
        ("mood", "x\x00"),
        ("state", "XX"),
        ("tried", ["a", "z"]),
    ],
)
def test_an_answer_the_page_did_not_offer_gets_words(name: str, value: Any) -> None:
    assert error(name, **{name: value}) == "Select one of the answers on this page"


def test_two_answers_to_one_question_are_none() -> None:
    assert error("voicemail", voicemail=["yes", "no"]) == "Select one of the answers on this page"
    assert error("state", state=["", "IL", "IL"]) == ""


def test_a_choice_comes_back_as_it_stands_in_the_form() -> None:
    assert sent(mood="1").mood.data == 1


def test_choices_come_back_once_each_in_page_order() -> None:
    assert sent(tried=["b", "a", "b"]).tried.data == ["a", "b"]


def test_none_of_these_stands_alone() -> None:
    assert error("tried", tried=["none"]) == ""
    assert error("tried", tried=["a", "none"]).startswith("Select None of these, or")


def test_choices_may_be_set_after_the_form_is_made() -> None:
    form = EveryField(formdata=None, data={"voicemail": "later"})
    form.voicemail.choices = [("later", "Later")]
    assert [option.checked for option in form.voicemail.options] == [True]


def test_the_first_option_has_the_id_of_its_field() -> None:
    assert [option.id for option in sent().tried.options] == ["tried", "tried-2", "tried-3"]


def test_consent_must_be_given() -> None:
    assert error("ok", ok=None) == "Tick that you have read it"


@pytest.mark.parametrize("value", ["", " ", "no", "false", "0", "on", "yes ", "YES"])
def test_only_what_the_box_sends_is_consent(value: str) -> None:
    assert error("ok", ok=value) == "Tick that you have read it"
    assert sent(texts=value).values()["texts"] is False


def test_an_optional_box_may_stay_empty() -> None:
    form = sent()
    assert form.texts.error == ""
    assert form.values()["texts"] is False
