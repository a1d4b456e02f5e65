"""The figures: what they say, to whom, and that nobody can be told apart."""

import csv
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO

import pytest
from sqlalchemy import event

from intake.clinic.service import current_clinic
from intake.core.db import db, unit_of_work
from intake.exports import counting
from intake.exports.figures import Facts, counted
from tests import factories
from tests.appointments import booked
from tests.browse import Browser
from tests.factories import MONDAY_MORNING

PATH = "/staff/dashboard"
MINUTE = timedelta(minutes=1)


def count(now=MONDAY_MORNING + MINUTE):
    counting.refresh(current_clinic(), now=now)


def figures(browser: Browser, span: str = "12-weeks") -> dict[tuple[str, str, str], str]:
    file = browser.get(f"{PATH}/figures.csv?span={span}")
    assert "attachment; filename=figures-12-weeks" in file.headers["Content-Disposition"]
    lines = csv.reader(StringIO(file.body.decode("utf-8-sig"), newline=""))
    return {(group, name, measure): value for group, name, measure, value in lines}


@pytest.mark.usefixtures("morning")
def test_they_count_what_happened(desk: Browser) -> None:
    for _ in range(5):
        factories.sent(MONDAY_MORNING)
    booked()
    count()
    page = desk.get(PATH)
    assert "17% 1 of 6 people" in page.text
    assert "Counted today 10:01 am" in page.text
    found = figures(desk)
    week = "Week of Nov 23, 2026"
    assert found["All", week, "Requests"] == "6"
    assert found["All", "Now", "Waiting"] == "5"
    assert found["All", week, "Booked rate"] == "0.1667"
    assert found["What people want help with", "Chronic pain", "Requests"] == "6"
    assert found["How people heard of us", "Not said", "Reached"] == "1"


@pytest.mark.usefixtures("morning")
def test_a_group_of_few_people_is_nowhere_told(desk: Browser) -> None:
    for _ in range(4):
        factories.sent(MONDAY_MORNING)
    count()
    found = figures(desk)
    assert found["What people want help with", "Depression", "Requests"] == "fewer than 5"
    assert ("What people want help with", "Depression", "Reached") not in found
    assert "Depression – too few" in desk.get(PATH).text


@pytest.mark.usefixtures("morning")
def test_a_group_is_shown_over_time_but_not_the_weeks_of_few(desk: Browser) -> None:
    for days, people in ((0, 6), (7, 2), (14, 3)):
        for _ in range(people):
            factories.sent(MONDAY_MORNING - timedelta(days=days))
    count()
    page = desk.get(PATH)
    link = next(link for link in page.links() if "of=condition-depression" in link)
    page = desk.get(link)
    assert "Only: Depression" in page.text
    assert "Week of Nov 23, 2026 6 0" in page.text
    assert "Week of Nov 16, 2026 Too few" in page.text
    assert "Week of Nov 9, 2026 Too few" in page.text
    found = figures(desk, "12-weeks&of=condition-depression")
    assert found["Depression", "Week of Nov 16, 2026", "Requests"] == "fewer than 5"
    assert "Only:" not in desk.get(f"{PATH}?of=level-3").text


@pytest.mark.usefixtures("morning")
def test_before_the_first_request_and_the_first_count_it_says_so(desk: Browser) -> None:
    text = desk.get(PATH).text
    assert "Nothing was counted yet" in text
    assert "Nobody asked in this time" not in text
    count()
    text = desk.get(PATH).text
    assert "Nothing was counted yet" not in text
    assert "Nobody asked in this time" in text


@pytest.mark.usefixtures("morning")
def test_an_auditor_sees_figures_but_not_how_urgent_somebody_is(signed_in) -> None:
    factories.sent()
    factories.user("audit@example.com", "auditor")
    page = signed_in("audit@example.com").get(PATH)
    assert "Waiting now 1 In the work queue" in page.text
    assert "urgent" not in page.text.lower().replace("urgent: call", "")


@pytest.mark.usefixtures("morning")
def test_every_chart_says_in_words_what_it_shows(desk: Browser) -> None:
    factories.sent(MONDAY_MORNING)
    count()
    page = desk.get(f"{PATH}?span=6-months")
    charts = [svg for svg in page.all("div") if svg.get("role") == "region"]
    assert len(charts) == 7
    assert "went from 0 (June 2026) to 1 (November 2026, which is not over)" in page.text


@pytest.mark.usefixtures("morning")
def test_the_page_asks_little_however_much_was_counted(desk: Browser) -> None:
    """A week of a clinic with a million requests in five years."""
    facts = [
        Facts(
            level=number % 4,
            conditions=("ptsd", "migraine")[: number % 3],
            source=("friend", "other", "not_said")[number % 3],
            minutes=number % 900,
            reached=True,
            booked=number % 2 == 0,
            held=False,
            no_show=False,
        )
        for number in range(3800)
    ]
    document = counted(facts)
    store_weeks(document, 26)
    desk.get(PATH)
    with statements() as asked:
        assert "98,800 people" in desk.get(f"{PATH}?span=26-weeks").text
    assert sum("figures" in each for each in asked) == 2
    assert not any("answers_sealed" in each for each in asked)


@contextmanager
def statements():
    """What is asked of the database meanwhile."""
    asked = []

    def note(*sent):
        asked.append(sent[2])

    event.listen(db.engine, "before_cursor_execute", note)
    yield asked
    event.remove(db.engine, "before_cursor_execute", note)


def store_weeks(document, number):
    monday = counting.week_of(MONDAY_MORNING.date())
    with unit_of_work():
        for each in range(number):
            counting.store("week", monday - each * timedelta(days=7), document, MONDAY_MORNING)
