"""The card of a call: on the confirmation, and on the page a mailed link leads to."""

import pytest
import time_machine

from tests.appointments import booked, path_of
from tests.browse import NAMESPACE, Browser, Page
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
    return [link.get("href", "") for link in facts.iter(f"{NAMESPACE}a")]


def test_the_clinic_can_be_called_from_the_card(client: Browser) -> None:
    assert card(client.get(path_of(booked()))) == [PHONE]


def test_the_clinic_can_be_called_from_the_confirmation(client: Browser) -> None:
    assert card(journey.to_done(client)) == [PHONE]
