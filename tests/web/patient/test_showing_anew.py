"""Another theme or language while a page is being filled in: what was typed stays."""

import pytest
from sqlalchemy import func, select

from intake.core.db import db
from intake.scheduling.models import Appointment
from intake.submissions.models import Submission
from tests.browse import Browser, Page
from tests.web.patient import journey


def begun() -> int:
    return db.session.scalar(select(func.count()).select_from(Submission))


def switches(page: Page) -> list[str]:
    """What the buttons in the header send with the page's form."""
    [header] = page.all("header")
    return [
        item.get("value", "")
        for item in header.iter()
        if item.get("form") == "answers" and item.get("name") == "leave"
    ]


def html(page: Page) -> dict[str, str]:
    return dict(page.all("html")[0].items())


@pytest.mark.parametrize("page", ["start", "contact", "safety", "screening", "times"])
def test_pages_that_are_filled_in_send_themselves(client: Browser, page: str) -> None:
    walk = {"start": lambda client: client.get("/request/start")}
    to_page = walk.get(page) or getattr(journey, f"to_{page}")
    shown = to_page(client)
    assert switches(shown) == ["es", "dim", "light"]
    first = next(item for item in shown.all("button") if item.get("form") == "answers")
    assert first.get("name") is None  # what the Enter key presses


def test_pages_without_a_form_of_answers_need_none(client: Browser) -> None:
    assert switches(client.get("/")) == []
    assert switches(client.get("/request/call-me")) == []


def test_a_dim_screen_keeps_the_first_page(client: Browser) -> None:
    client.get("/request/start")
    page = client.submit(conditions=["ptsd"], for_whom="me", age18="yes", leave="dim")
    assert page.path == "/request/start"
    assert html(page)["data-theme"] == "dim"
    assert page.fields()["conditions"] == ["ptsd"]
    assert page.fields()["age18"] == ["yes"]
    assert "There is a problem" not in page.text
    assert client.submit().path == "/request/contact"


@pytest.mark.parametrize("leave", ["dim", "es"])
def test_nothing_begins_before_something_is_said(client: Browser, leave: str) -> None:
    client.get("/request/start")
    assert client.submit(leave=leave).path.startswith("/request/start")
    assert begun() == 0


def test_consent_counts_only_with_continue(client: Browser) -> None:
    journey.to_contact(client)
    page = client.submit(**journey.CONTACT, leave="dim")
    assert page.path == "/request/contact"
    assert page.fields()["email"] == ["dana@example.org"]
    assert "consent_privacy" not in page.fields()
    draft = db.session.scalars(select(Submission)).one()
    assert "contact" not in draft.contact
    assert client.submit(consent_privacy="yes").path == "/request/safety"


def test_another_language_keeps_what_is_right(client: Browser) -> None:
    journey.to_contact(client)
    page = client.submit(given_name="Dana", phone="12", leave="es")
    assert page.path == "/request/contact?lang=es"
    assert html(page)["lang"] == "es"
    assert page.fields()["given_name"] == ["Dana"]


def test_a_page_of_questions_keeps_its_answers(client: Browser) -> None:
    journey.to_screening(client, conditions=["depression"])
    page = client.submit(q1="1", q2="2", leave="dim")
    assert page.path == "/request/screening/phq9"
    assert (page.fields()["q1"], page.fields()["q2"]) == (["1"], ["2"])
    page = client.submit(leave="es")
    assert page.path == "/request/screening/phq9?lang=es"
    assert page.fields()["q2"] == ["2"]


def test_danger_counts_whatever_the_button(client: Browser) -> None:
    journey.to_safety(client)
    page = client.submit(q3="yes", leave="dim")
    assert page.path == "/request/more/asq"
    assert html(page)["data-theme"] == "dim"
    assert db.session.scalars(select(Submission)).one().level == "urgent_acute"


def test_times_keep_their_day_and_zone_and_hold_nothing(client: Browser) -> None:
    journey.to_times(client)
    page = client.get("/request/times?zone=America/Denver&from=check")
    radios = [item.get("value", "") for item in page.all("input") if item.get("name") == "slot"]
    page = client.submit(slot=radios[1], channel="video", needs="Large print", leave="dim")
    assert page.path == "/request/times?from=check&zone=America/Denver"
    assert page.fields()["slot"] == [radios[1]]
    assert page.fields()["channel"] == ["video"]
    page = client.submit(leave="es")
    assert page.path == "/request/times?from=check&zone=America/Denver&lang=es"
    assert "Large print" in page.text
    assert db.session.scalars(select(Appointment.status)).all() == []


def test_a_finished_page_stays_finished(client: Browser) -> None:
    journey.to_check(client)
    for page in ("start", "contact", "times"):
        client.get(f"/request/{page}?from=check")
        assert client.submit(leave="dim").path == f"/request/{page}?from=check"
        assert client.get("/request/check").path == "/request/check", page
