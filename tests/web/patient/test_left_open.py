"""What the confirmation offers to answer later, and what the record counts as asked."""

import pytest
from sqlalchemy import select

from intake.clinic.service import current_clinic
from intake.core.db import db
from intake.submissions import resume
from intake.submissions.models import Submission
from tests.browse import Browser
from tests.web.patient import journey
from tests.web.patient.test_steps import CALL

MOOD = {"en": "Your mood in the last 2 weeks", "es": "Su ánimo en las últimas 2 semanas"}


def offered(client: Browser) -> list[str]:
    """Where the links to open questions on the confirmation lead."""
    links = client.get("/request/done").links()
    return [link for link in links if link.startswith("/request/")]


def counted() -> tuple[int, int]:
    submission, clinic = db.session.scalars(select(Submission)).one(), current_clinic()
    return resume.answered_of(submission, clinic), resume.asked_of(submission, clinic)


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_question_that_does_not_count_is_none_to_come_back_for(
    client: Browser, language: str
) -> None:
    client.get(f"/?lang={language}")
    journey.to_contact(client, conditions=["depression"])
    client.submit(**journey.CONTACT)
    if language == "en":
        client.submit(**journey.NO_THOUGHTS)
    page = client.submit(**{f"q{number}": "1" for number in range(1, 9)}, q9="0")
    assert page.path == "/request/more/phq9"
    client.submit("skip")
    journey.skip_to(client, "/request/times")
    journey.choose_time(client)
    client.submit()
    assert not [link for link in offered(client) if "phq9" in link]
    assert len(offered(client)) == 3


def test_open_questions_behind_a_gate_go_by_their_own_name(client: Browser) -> None:
    journey.to_screening(client)
    client.submit(q1="1", q2="1")
    client.submit("skip")
    journey.skip_to(client, "/request/times")
    journey.choose_time(client)
    page = client.submit()
    assert "/request/more/phq9" in offered(client)
    assert "More about your mood" in page.text
    assert MOOD["en"] not in page.text


@pytest.mark.parametrize("language", ["en", "es"])
def test_on_the_short_way_only_what_was_offered_counts(client: Browser, language: str) -> None:
    client.get(f"/request/call-me?lang={language}")
    client.submit(**CALL)
    glad = {f"q{number}": "0" for number in range(1, 10)}
    client.submit(**(journey.NO_THOUGHTS if language == "en" else glad))
    assert client.page.path == "/request/done"
    assert counted() == (1, 1)


def test_on_the_long_way_everything_counts(client: Browser) -> None:
    journey.to_done(client)
    assert counted() == (1, 6)
