"""What a page says about missing answers: short, once, and at the question."""

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from intake.patient.questions import question_form
from intake.screening.catalog import load_catalog
from tests.browse import Browser, Page, words_of
from tests.web.patient import journey


def summary(page: Page) -> list[str]:
    """The lines of the list of problems."""
    box = next(div for div in page.all("div") if div.get("class") == "sum")
    return [" ".join(words_of(line)) for line in box.iter("li")]


def at_questions(page: Page) -> list[str]:
    """The errors beside the questions."""
    found = [p for p in page.all("p") if p.get("class") == "err"]
    return [" ".join(" ".join(words_of(p)).split()).removeprefix("Error: ") for p in found]


def test_the_first_page_says_what_to_do(client: Browser) -> None:
    client.get("/request/start")
    page = client.submit()
    assert summary(page) == [
        "Select what you would like help with",
        "Select who this is for",
        "Select whether the person is 18 or older",
    ]
    bars = [each for each in page.all("fieldset") if "bad" in (each.get("class") or "").split()]
    assert len(bars) == 3


@pytest.mark.parametrize("language", ["en", "es"])
def test_errors_do_not_repeat_the_question(client: Browser, language: str) -> None:
    client.get(f"/?lang={language}")
    journey.to_contact(client)
    client.submit(**journey.CONTACT)
    if language == "en":
        client.submit(**journey.NO_THOUGHTS)
    journey.skip_to(client, "/request/health")
    page = client.submit()
    assert all(len(line) <= 90 for line in summary(page))
    assert len(set(summary(page))) == len(summary(page)) == 24
    assert all(len(line) <= 40 for line in at_questions(page))


def test_who_asks_to_be_called_allows_it(client: Browser) -> None:
    client.get("/request/call-me")
    asked = {name: journey.CONTACT[name] for name in ("given_name", "family_name", "phone")}
    page = client.submit(**asked, contact_by=["text"])
    assert "Select “Call me”, so that we can call you" in summary(page)


def test_the_list_of_problems_names_each_question(client: Browser) -> None:
    journey.to_screening(client)
    journey.skip_to(client, "/request/health")
    lines = summary(client.submit())
    assert "Select an answer: “Do you have bladder problems?”" in lines
    assert "Select an answer: “Have you ever had a heart … heart, or an uneven heartbeat?”" in lines
    assert "Select at least one answer: “Do you take any of these now?”" in lines


@pytest.mark.parametrize(
    ("language", "first", "last"),
    [
        ("en", "Heart and blood vessels", "Your medicines"),
        ("es", "Corazón y vasos sanguíneos", "Sus medicamentos"),
    ],
)
def test_the_many_questions_on_health_come_in_parts(
    client: Browser, language: str, first: str, last: str
) -> None:
    client.get(f"/?lang={language}")
    journey.to_contact(client)
    client.submit(**journey.CONTACT)
    if language == "en":
        client.submit(**journey.NO_THOUGHTS)
    page = journey.skip_to(client, "/request/health")
    parts = [each for each in page.all("section") if each.get("class") == "questions"]
    headings = [" ".join(words_of(next(each.iter("h2")))) for each in parts]
    assert (headings[0], headings[-1], len(headings)) == (first, last, 8)
    assert sum(len(list(each.iter("fieldset"))) for each in parts) == 24


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("key", sorted(load_catalog()))
def test_no_two_questions_go_by_the_same_name(client: Browser, key: str, language: str) -> None:
    items = [item for item in load_catalog()[key].items if language in item.text]
    form = question_form(key, items, language, demand=True)(formdata=None)
    topics = [field.topic for field in form]
    assert len(set(topics)) == len(topics)
    assert all(0 < len(topic) <= 70 for topic in topics)


@pytest.mark.parametrize(
    ("language", "words"), [("en", "No one has told me"), ("es", "Nadie me lo ha dicho")]
)
def test_an_answer_that_stands_alone_is_called_by_its_own_words(
    app: Flask, language: str, words: str
) -> None:
    with app.test_request_context():
        item = load_catalog()["pain_profile"].item("cause")
        sent = MultiDict([("cause", "crps"), ("cause", "not_told")])
        form = question_form("pain_profile", [item], language, demand=True)(formdata=sent)
        form.validate()
        [error] = form.cause.errors
    assert f"“{words}”" in error
