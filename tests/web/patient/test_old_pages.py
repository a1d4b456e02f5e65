"""Pages that were shown before the request took another way: no danger told on them is lost."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from intake.core.db import db
from intake.notifications.models import Message
from intake.submissions.models import Submission
from tests.browse import Browser
from tests.factories import MONDAY_MORNING
from tests.web.patient import journey

QUIET = {f"q{number}": "0" for number in range(1, 9)} | {"q10": "0"}
PAIN_ONLY = {"conditions": ["chronic_pain"], "for_whom": "me", "age18": "yes"}


def submission() -> Submission:
    return db.session.scalars(select(Submission)).one()


def alerts() -> list[str]:
    names = db.session.scalars(select(Message.name).where(Message.name == "urgent"))
    return list(names)


def change_conditions(client: Browser) -> None:
    client.get("/request/start")
    client.submit(**PAIN_ONLY)


def test_item_9_counts_though_depression_was_taken_away_in_another_tab(client: Browser) -> None:
    journey.to_screening(client, conditions=["depression", "chronic_pain"])
    change_conditions(client)
    page = client.post("/request/screening/phq9", {**QUIET, "q9": "3"})
    assert page.path.startswith("/request/help-now")
    assert submission().level == "urgent"
    assert alerts()


def test_item_9_counts_though_its_gate_was_closed_in_another_tab(client: Browser) -> None:
    journey.to_screening(client, conditions=["chronic_pain"])
    client.submit(q1="3", q2="3")
    assert client.page.path == "/request/more/phq9"
    client.get("/request/screening/phq9")
    client.submit(q1="0", q2="0")
    page = client.post("/request/more/phq9", {**QUIET, "q9": "3"})
    assert page.path.startswith("/request/help-now")
    assert submission().level == "urgent"


def test_right_now_counts_though_all_is_no_in_another_tab(client: Browser) -> None:
    journey.to_safety(client)
    client.submit(**{**journey.NO_THOUGHTS, "q1": "yes"})
    assert client.page.path == "/request/more/asq"
    client.get("/request/safety")
    client.submit(**journey.NO_THOUGHTS)
    page = client.post("/request/more/asq", {"q5": "yes"})
    assert page.h1 == "Please reach out for help now"
    assert submission().level == "urgent_acute"


def test_a_thunderclap_counts_though_migraine_was_taken_away_in_another_tab(
    client: Browser,
) -> None:
    journey.to_screening(client, conditions=["migraine", "chronic_pain"])
    journey.skip_to(client, "/request/screening/headache_burden")
    change_conditions(client)
    page = client.post("/request/screening/headache_burden", {"emergency_now": "yes"})
    assert page.path.startswith("/request/help-now")
    assert submission().level.startswith("urgent")


def test_what_is_quiet_on_an_old_page_changes_nothing(client: Browser) -> None:
    journey.to_screening(client, conditions=["migraine", "chronic_pain"])
    change_conditions(client)
    assert client.post("/request/screening/headache_burden", {"days": "3"}).status == 404
    assert "headache_burden" not in (submission().answers or {})


@pytest.fixture
def ended(client: Browser) -> Browser:
    """Somebody before the questions about safety, whose form has ended meanwhile."""
    with time_machine.travel(MONDAY_MORNING, tick=False) as clock:
        journey.to_safety(client)
        clock.shift(timedelta(days=15))
        yield client


def test_danger_told_after_the_form_ended_leads_to_all_ways_of_help(ended: Browser) -> None:
    page = ended.post("/request/safety", {**journey.NO_THOUGHTS, "q2": "yes"})
    assert page.h1 == "Get help now"
    assert "Your last answers did not reach us" in page.text


def test_other_answers_after_the_form_ended_are_said_to_be_lost(ended: Browser) -> None:
    page = ended.post("/request/safety", journey.NO_THOUGHTS)
    assert page.path.startswith("/request/start")
    assert "Your last page was not saved" in page.text


def test_the_first_page_says_nothing_of_the_kind_by_itself(client: Browser) -> None:
    assert "was not saved" not in client.get("/request/start").text
