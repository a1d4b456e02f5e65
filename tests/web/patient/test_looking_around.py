"""Looking at other days, or in another zone: what was typed meanwhile stays."""

from datetime import date

from sqlalchemy import select

from intake.core.db import db
from intake.scheduling.models import Appointment
from tests.browse import Browser, Page
from tests.web.patient import journey

TYPED = {"channel": "video", "needs": "Large print"}


def buttons(page: Page) -> dict[str, str]:
    """The buttons that show other times, by their words."""
    found = [item for item in page.all("button") if item.get("name") == "look"]
    return {(item.text or ""): item.get("value", "") for item in found}


def times_offered(page: Page) -> list[str]:
    radios = [item.get("value", "") for item in page.all("input") if item.get("name") == "slot"]
    return [value for value in radios if value != "none"]


def test_later_days_keep_what_was_typed(client: Browser) -> None:
    first = journey.to_times(client)
    grid = ["mon-morning", "fri-morning"]
    look = buttons(first)["Show later days"]
    page = client.submit(**TYPED, slot="none", availability=grid, look=look)
    assert page.path.startswith(f"/request/times?day={date.fromisoformat(look)}&zone=")
    assert times_offered(page) != times_offered(first)
    fields = page.fields()
    assert fields["channel"] == ["video"]
    assert fields["slot"] == ["none"]
    assert fields["availability"] == grid
    assert "Large print" in page.text
    assert "There is a problem" not in page.text


def test_a_chosen_time_is_still_chosen_on_the_way_back(client: Browser) -> None:
    first = journey.to_times(client)
    chosen = times_offered(first)[1]
    page = client.submit(slot=chosen, look=buttons(first)["Show later days"])
    assert "slot" not in page.fields()
    page = client.submit(needs="Large print", look=buttons(page)["Show later days"])
    for _ in range(2):
        page = client.submit(look=buttons(page)["Earlier days"])
    assert page.fields()["slot"] == [chosen]
    assert db.session.scalars(select(Appointment.status)).all() == []


def test_another_zone_keeps_what_was_typed(client: Browser) -> None:
    first = journey.to_times(client)
    chosen = times_offered(first)[1]
    page = client.submit(**TYPED, slot=chosen, zone="America/New_York", look="zone")
    assert page.path == "/request/times?zone=America/New_York"
    assert "All times are in Eastern Time" in page.text
    assert page.fields()["slot"] == [chosen]
    assert page.fields()["channel"] == ["video"]
    assert client.submit().path == "/request/check"


def test_looking_without_a_change_leaves_a_finished_page_finished(client: Browser) -> None:
    journey.to_check(client)
    page = client.get("/request/times?from=check")
    page = client.submit(look=buttons(page)["Show later days"])
    assert page.path.endswith("&from=check")
    assert client.get("/request/check").path == "/request/check"


def test_a_change_made_while_looking_is_asked_about_again(client: Browser) -> None:
    journey.to_check(client)
    page = client.get("/request/times")
    other = times_offered(page)[2]
    client.submit(slot=other, look="zone")
    page = client.get("/request/check")
    assert page.path == "/request/times"
    assert page.fields()["slot"] == [other]


def test_nonsense_in_the_buttons_does_no_harm(client: Browser) -> None:
    journey.to_times(client)
    page = client.submit(look="9999-99-99", zone="Mars/Base")
    assert page.status == 200
    assert page.path.startswith("/request/times?day=9999-99-99&zone=America/Chicago")


def test_the_first_button_of_the_page_goes_on(client: Browser) -> None:
    """It is the one that the Enter key presses."""
    page = journey.to_times(client)
    first = next(
        item
        for item in page.all("button")
        if item.get("form") == "answers" or item in set(page.main_form().iter())
    )
    assert first.get("name") is None
