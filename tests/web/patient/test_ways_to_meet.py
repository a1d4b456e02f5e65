"""People choose among the ways to meet that the clinic has."""

import pytest
from flask import Flask

from intake.core.db import db, unit_of_work
from intake.core.remember import forget
from intake.scheduling.models import ConsultationType
from tests.browse import Browser
from tests.web.patient import journey


def offer(*channels: str) -> None:
    """Let the clinic meet people in these ways only."""
    with unit_of_work():
        db.session.get_one(ConsultationType, 1).channels = list(channels)
        forget()


def ways(browser: Browser) -> dict[str, bool]:
    """The ways on the page, and whether they are chosen."""
    assert browser.page is not None
    radios = (i for i in browser.page.all("input") if i.get("name") == "channel")
    return {radio.get("value", ""): radio.get("checked") is not None for radio in radios}


def test_only_those_are_offered(app: Flask, client: Browser) -> None:
    offer("phone", "in_person")
    journey.to_times(client)
    assert ways(client) == {"phone": False, "in_person": False}


def test_a_single_one_is_chosen_already(app: Flask, client: Browser) -> None:
    offer("phone")
    journey.to_times(client)
    assert ways(client) == {"phone": True}


@pytest.mark.parametrize("sent", ["video", "letter"])
def test_another_one_is_refused(app: Flask, client: Browser, sent: str) -> None:
    offer("phone", "in_person")
    journey.to_times(client)
    page = client.submit(slot="none", availability="tue-morning", channel=sent)
    assert "Select one of the answers on this page" in page.text
