"""The check page: all that was said is there, each with a link that changes it."""

import re
from datetime import timedelta

import pytest
import time_machine

from tests.browse import Browser, Page, words_of
from tests.factories import MONDAY_MORNING
from tests.web.patient import journey


def rows(page: Page) -> dict[str, tuple[str, str]]:
    """What the page says by term: the value, and where its Change link leads."""
    found = {}
    for row in (div for dl in page.all("dl") for div in dl):
        words = [" ".join(" ".join(words_of(each)).split()) for each in row]
        links = [link.get("href", "") for link in row.iter("a")]
        found[words[0]] = (words[1], links[0])
    return found


@pytest.fixture
def said(client: Browser) -> dict[str, tuple[str, str]]:
    """The rows of somebody who said all there is to say."""
    journey.to_contact(client, for_whom="someone_else")
    client.submit(**journey.CONTACT, preferred_name="Dee")
    client.submit(**journey.NO_THOUGHTS)
    journey.skip_to(client, "/request/times")
    radios = [item for item in client.page.all("input") if item.get("name") == "slot"]
    return rows(
        client.submit(slot=radios[0].get("value"), channel="phone", needs="A Polish interpreter")
    )


@pytest.mark.parametrize(
    ("term", "value", "page"),
    [
        ("What we call you", "Dee", "contact"),
        ("State", "Illinois", "contact"),
        ("Best time to call", "Any time you are open", "contact"),
        ("Help to talk with us", "A Polish interpreter", "times"),
        ("Who it is for", "Someone I care for", "start"),
        ("Age", "Yes, 18 or older", "start"),
    ],
)
def test_all_that_was_said_can_be_changed(
    said: dict[str, tuple[str, str]], term: str, value: str, page: str
) -> None:
    assert said[term] == (value, f"/request/{page}?from=check")


def test_a_hold_names_its_zone_and_place(said: dict[str, tuple[str, str]]) -> None:
    held = r"Held for you until \d+:\d\d [ap]m, Central Time \(Chicago\)\."
    assert re.search(held, said["Time"][0])


def test_it_names_the_zone_that_was_chosen(client: Browser) -> None:
    journey.to_times(client)
    client.get("/request/times?zone=America/Denver")
    page = journey.choose_time(client)
    assert "Mountain Time (Denver)" in page.text


def test_it_says_so_in_spanish(client: Browser) -> None:
    client.get("/?lang=es")
    journey.to_contact(client, conditions=["depression"])
    client.submit(**journey.CONTACT)
    journey.skip_to(client, "/request/times")
    said = rows(journey.choose_time(client))
    assert said["Estado"][0] == "Illinois"
    assert said["Hora"][0].endswith(", hora central (Chicago)")


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("IL", "Illinois"),
        ("CO", "Colorado We may not be able to see people who live in Colorado. "),
        ("other", "Somewhere else We may not be able to see people who live there. "),
    ],
)
def test_it_says_where_we_may_not_see_people(client: Browser, state: str, words: str) -> None:
    journey.to_contact(client)
    client.submit(**{**journey.CONTACT, "state": state})
    client.submit(**journey.NO_THOUGHTS)
    journey.skip_to(client, "/request/times")
    told = "" if state == "IL" else "We will tell you when we call."
    assert rows(journey.choose_time(client))["State"][0] == words + told


def test_a_hold_that_ran_out_is_not_promised(client: Browser) -> None:
    with time_machine.travel(MONDAY_MORNING, tick=False) as clock:
        journey.to_times(client)
        assert "Held for you until" in journey.choose_time(client).text
        clock.shift(timedelta(minutes=15))
        page = client.get("/request/check")
        assert "Held for you until" not in page.text
        assert "We no longer hold this time." in page.text


def test_where_the_clinic_sees_people_is_said_with_the_question(client: Browser) -> None:
    assert "We see people who live in Illinois." in journey.to_contact(client).text
