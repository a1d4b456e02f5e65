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
    ours = [link for link in links if link.startswith("/request/")]
    return [link for link in ours if link != "/request/withdraw"]


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


@pytest.mark.parametrize("button", ["", "skip"])
def test_what_danger_interrupted_is_asked_again(client: Browser, button: str) -> None:
    journey.to_screening(client, conditions=["depression"])
    told = {"q1": "1", "q2": "1", "q3": "1", "q4": "1", "q9": "1"}
    page = client.submit(**told)
    assert page.path == "/request/help-now"
    onward = next(link for link in page.links() if "phq9" in link)
    page = client.get(onward)
    assert page.path.split("?")[0] == "/request/screening/phq9"
    assert "There is a problem" in page.text
    assert (page.fields()["q4"], page.fields()["q9"]) == (["1"], ["1"])
    assert "q5" not in page.fields()
    assert client.get("/request/more/phq9").status == 200
    client.submit("skip")
    page = client.get("/request/check")
    assert page.path == "/request/screening/phq9"
    if button:
        assert client.submit(button).path == "/request/more/phq9"
        client.submit("skip")
        journey.skip_to(client, "/request/times")
        assert "Answered in part" in journey.choose_time(client).text
        client.submit()
        assert "/request/screening/phq9" in offered(client)
        assert counted() == (1, 5)
    else:
        rest = {f"q{number}": "0" for number in range(5, 9)}
        assert client.submit(**rest).path == "/request/more/phq9"  # help was shown


@pytest.mark.parametrize("short", [False, True])
def test_a_yes_in_part_is_asked_to_the_end_after_the_help(client: Browser, *, short: bool) -> None:
    if short:
        client.get("/request/call-me")
        client.submit(**CALL)
    else:
        journey.to_safety(client)
    client.submit(q3="yes")
    page = client.submit(q5="yes")
    assert page.path == "/request/help-now"
    assert counted()[0] == 0
    if short:
        assert "/request/safety" in offered(client)
        return
    page = client.get("/request/safety?open=1")
    assert "There is a problem" in page.text
    client.submit(q1="no", q2="no", q4="no")
    assert client.get("/request/check").path == "/request/screening/phq9"
