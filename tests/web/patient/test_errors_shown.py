"""What a page says about missing answers: short, once, and at the question."""

import pytest

from tests.browse import NAMESPACE, Browser, Page, words_of
from tests.web.patient import journey


def summary(page: Page) -> list[str]:
    """The lines of the list of problems."""
    box = next(div for div in page.all("div") if div.get("class") == "sum")
    return [" ".join(words_of(line)) for line in box.iter(f"{NAMESPACE}li")]


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


def test_the_list_of_problems_names_each_question(client: Browser) -> None:
    journey.to_screening(client)
    journey.skip_to(client, "/request/health")
    lines = summary(client.submit())
    assert "Select an answer: “Do you have bladder problems?”" in lines
    assert "Select an answer: “Have you ever had a heart attack, heart failure, a heart …”" in lines
    assert "Select at least one answer: “Do you take any of these now?”" in lines
