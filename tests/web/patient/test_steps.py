"""Where one is: the steps that are counted are the pages that come."""

import re

import pytest

from tests.browse import Browser, Page
from tests.web.patient import journey

CALL = {
    **{name: journey.CONTACT[name] for name in ("given_name", "family_name", "phone")},
    "voicemail_ok": "no",
    "best_time": "any",
    "consent_privacy": "yes",
    "conditions": ["ptsd"],
    "age18": "yes",
    "contact_by": ["call"],
}


def step(page: Page) -> str:
    """The words that say where one is, or nothing."""
    said = [p for p in page.all("p") if p.get("class") == "step"]
    found = re.search(r"(Step|Paso) \d+( (of|de) \d+)?", page.text) if said else None
    return found[0] if found else ""


def test_the_first_page_is_step_one_of_a_number_its_answers_decide(client: Browser) -> None:
    assert step(client.get("/request/start")) == "Step 1"
    assert step(client.submit()) == "Step 1"
    assert step(client.submit(**journey.START)) == "Step 2 of 10"
    assert step(client.get("/request/start")) == "Step 1 of 10"


@pytest.mark.parametrize("conditions", [["other"], ["depression", "ptsd"], ["chronic_pain"]])
def test_every_step_is_one_more_until_the_last(client: Browser, conditions: list[str]) -> None:
    journey.to_contact(client, conditions=conditions)
    seen = [step(client.page), step(client.submit(**journey.CONTACT))]
    seen.append(step(client.submit(**journey.NO_THOUGHTS)))
    while client.page.path != "/request/times":
        seen.append(step(client.submit("skip")))
    seen.append(step(journey.choose_time(client)))
    total = len(seen) + 1
    assert seen == [f"Step {number} of {total}" for number in range(2, total + 1)]


@pytest.mark.parametrize(
    ("language", "words", "asked"),
    [
        ("en", "and then a few short questions about safety", "Step {} of 2"),
        ("es", "y luego unas preguntas cortas sobre cómo ha estado", "Paso {} de 2"),
    ],
)
def test_the_short_way_says_at_once_what_comes(
    client: Browser, language: str, words: str, asked: str
) -> None:
    page = client.get(f"/request/call-me?lang={language}")
    assert words in page.text
    assert step(page) == asked.format(1)
    assert step(client.submit()) == asked.format(1)
    assert step(client.submit(**CALL)) == asked.format(2)


def test_the_home_page_says_so_too(client: Browser) -> None:
    assert "one short page and a few questions about safety" in client.get("/").text
    assert "una página corta y unas preguntas sobre cómo ha estado" in client.get("/?lang=es").text


def test_who_answered_about_safety_has_one_page_left(client: Browser) -> None:
    journey.to_screening(client)
    page = client.get("/request/call-me")
    assert step(page) == ""
    assert "One short page, and we can do the rest by phone." in page.text
    assert client.submit().path == "/request/done"
