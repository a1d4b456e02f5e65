"""The card of a call: on the confirmation, and on the page a mailed link leads to."""

import pytest
import time_machine

from tests.appointments import booked, path_of, rule
from tests.browse import Browser, Page
from tests.factories import MONDAY_MORNING
from tests.web.patient import journey

PHONE = "tel:+13125550142"


@pytest.fixture(autouse=True)
def morning(app):
    """A Monday morning."""
    with time_machine.travel(MONDAY_MORNING, tick=False) as now:
        yield now


def card(page: Page) -> list[str]:
    """Where the links in the facts of the card lead."""
    facts = next(each for each in page.all("dl") if "cut" in (each.get("class") or ""))
    return [link.get("href", "") for link in facts.iter("a")]


def test_the_clinic_can_be_called_from_the_card(client: Browser) -> None:
    assert card(client.get(path_of(booked()))) == [PHONE]


def test_the_clinic_can_be_called_from_the_confirmation(client: Browser) -> None:
    assert card(journey.to_done(client)) == [PHONE]


def offered(page: Page) -> list[str]:
    return [i.get("value") for i in page.all("input") if i.get("name") == "slot"]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Your consultation is moved. This is the new time."),
        ("es", "Cambiamos su consulta. Esta es la nueva hora."),
    ],
)
def test_a_call_that_was_moved_is_said_to_be(client: Browser, language: str, words: str) -> None:
    path = path_of(booked())
    page = client.get(f"{path}/times?lang={language}")
    page = client.submit(slot=offered(page)[-1])
    assert page.path.split("?")[0] == path
    assert words in page.text
    assert words not in client.get(path).text


def done_at_once(client: Browser) -> Page:
    """The confirmation of a call that was booked by sending."""
    rule(mode="instant")
    journey.to_screening(client)
    page = journey.skip_to(client, "/request/health")
    values = [(item.get("name"), item.get("value")) for item in page.all("input")]
    client.submit(**{name: value for name, value in values if value in ("no", "none")})
    journey.skip_to(client, "/request/times")
    journey.choose_time(client)
    return client.submit()


def test_a_call_booked_at_once_comes_as_a_calendar_file(client: Browser) -> None:
    page = done_at_once(client)
    assert "/request/done/appointment.ics" in page.links()
    file = client.get("/request/done/appointment.ics")
    words = file.body.decode().replace("\r\n ", "")
    assert file.headers["Content-Type"].startswith("text/calendar")
    assert "SUMMARY:Appointment with Iconic Infusions" in words
    assert "/appointment/lost" in words
    for secret in (journey.CONTACT["email"], "555-0198", "pain", "Dana"):
        assert secret not in words


def test_before_it_is_booked_there_is_no_file(client: Browser) -> None:
    assert client.get("/request/done/appointment.ics").path == "/"
    page = journey.to_done(client)
    assert "/request/done/appointment.ics" not in page.links()
    assert client.get("/request/done/appointment.ics").path == "/request/done"


@pytest.mark.parametrize("path", ["/", "/learn", "/no-such-page", "/urgent-help"])
def test_every_page_leads_to_who_lost_a_link(client: Browser, path: str) -> None:
    assert "/appointment/lost" in client.get(path).links()


def test_the_page_on_contact_leads_there_too(client: Browser) -> None:
    assert client.get("/").links().count("/appointment/lost") == 1
    assert journey.to_contact(client).links().count("/appointment/lost") == 2
