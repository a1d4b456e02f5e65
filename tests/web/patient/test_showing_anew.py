"""Another theme or language while a page is being filled in: what was typed stays."""

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from intake.core.db import db
from intake.notifications.models import Message
from intake.notifications.render import render
from intake.scheduling.models import Appointment
from intake.submissions.models import Submission
from tests.appointments import booked, path_of
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


def assert_kept(client: Browser, **typed: object) -> None:
    """Fail unless the page comes back as it was filled in, dim, and then in Spanish as well."""
    for leave, asked in (("dim", {"data-theme": "dim"}), ("es", {"lang": "es"})):
        page = client.submit(**typed, leave=leave)
        assert asked.items() <= html(page).items()
        assert not page.all("title")[0].text.startswith(("Error", "Hay"))
        shown = page.fields(*typed)
        for name, value in typed.items():
            assert shown[name] == (value if isinstance(value, list) else [value]), (name, leave)


@pytest.mark.parametrize("page", ["start", "contact", "safety", "screening", "times"])
def test_pages_that_are_filled_in_send_themselves(client: Browser, page: str) -> None:
    walk = {"start": lambda client: client.get("/request/start")}
    to_page = walk.get(page) or getattr(journey, f"to_{page}")
    shown = to_page(client)
    assert switches(shown) == ["es", "dim", "light"]
    first = next(item for item in shown.all("button") if item.get("form") == "answers")
    assert first.get("name") is None  # what the Enter key presses


def test_pages_on_which_nothing_is_typed_need_none(client: Browser) -> None:
    assert switches(client.get("/")) == []
    journey.to_check(client)
    assert switches(client.page) == []


def test_the_short_way_keeps_what_was_typed_right_or_wrong(client: Browser) -> None:
    client.get("/request/call-me")
    assert_kept(client, given_name="Dana", phone="31", conditions=["ptsd"], consent_privacy="yes")
    assert begun() == 0


def test_a_page_about_the_person_keeps_what_is_not_right_yet(client: Browser) -> None:
    journey.to_contact(client)
    assert_kept(client, given_name="Dana", email="dana@", phone="31", dob_year="85")
    assert client.page.path == "/request/contact"


def test_the_times_keep_a_text_that_is_too_long(client: Browser) -> None:
    journey.to_times(client)
    assert_kept(client, slot="none", availability=["mon-morning"], needs="x" * 501)


def test_a_link_keeps_the_birthday_half_typed_and_counts_no_try(client: Browser) -> None:
    journey.to_screening(client)
    client.get("/request/save")
    client.submit()
    message = db.session.scalars(select(Message).where(Message.name == "resume")).one()
    client.get(re.search(r"(/resume/\S+)", render("resume", message.context, "en").text)[1])
    for _ in range(3):  # five tries are allowed
        assert_kept(client, dob_month="3", dob_year="19")


def test_the_pages_of_a_call_keep_what_was_chosen(client: Browser) -> None:
    path = path_of(booked(now=datetime.now(UTC)))
    client.get(path + "/cancel")
    assert_kept(client, reason="later")
    page = client.get(path + "/times")
    slots = [item.get("value") for item in page.all("input") if item.get("name") == "slot"]
    assert_kept(client, slot=slots[1])
    client.get("/appointment/lost")
    assert_kept(client, email="dana@")


def test_questions_answered_late_keep_what_was_typed(client: Browser) -> None:
    journey.to_done(client, conditions=["depression", "migraine"])
    client.get("/request/screening/phq9")
    assert_kept(client, q1="1", q2="2")
    client.get("/request/screening/headache_burden")
    assert_kept(client, headache_days="12-15")


def test_questions_answered_late_in_part_are_shown_with_what_is_open(client: Browser) -> None:
    journey.to_done(client, conditions=["depression"])
    client.get("/request/screening/phq9")
    page = client.submit(q1="1")
    assert "There is a problem" in page.text
    assert page.fields()["q1"] == ["1"]
    assert client.submit("leave_blank").path == "/request/done"
    assert db.session.scalars(select(Submission)).one().answers["phq9"] == {"q1": 1}


def test_a_page_that_another_language_does_not_have_keeps_its_answers(client: Browser) -> None:
    journey.to_safety(client)
    page = client.submit(q1="no", q2="no", leave="es")
    assert (page.path, html(page)["lang"]) == ("/request/screening/phq9", "es")
    page = client.get("/request/safety?lang=en")
    assert (page.fields()["q1"], page.fields()["q2"]) == (["no"], ["no"])


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
    draft = db.session.scalars(select(Submission)).one()
    assert "contact" not in draft.contact
    assert client.submit().path == "/request/safety"


def test_a_page_of_questions_keeps_its_answers(client: Browser) -> None:
    journey.to_screening(client, conditions=["depression"])
    page = client.submit(q1="1", q2="2", leave="dim")
    assert page.path == "/request/screening/phq9"
    assert (page.fields()["q1"], page.fields()["q2"]) == (["1"], ["2"])
    page = client.submit(leave="es")
    assert page.path == "/request/screening/phq9"
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
    assert page.fields()["slot"] == [radios[1]]
    assert page.fields()["channel"] == ["video"]
    page = client.submit(leave="es")
    assert page.h1 == "¿Cuándo puede hablar?"
    assert "hora de las Montañas" in page.text
    assert "Large print" in page.text
    assert db.session.scalars(select(Appointment.status)).all() == []


def test_a_finished_page_stays_finished(client: Browser) -> None:
    journey.to_check(client)
    for page in ("start", "contact", "times"):
        client.get(f"/request/{page}?from=check")
        assert client.submit(leave="dim").path == f"/request/{page}?from=check"
        assert client.get("/request/check").path == "/request/check", page
