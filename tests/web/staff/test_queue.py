"""The work queue: the order, the words, the pages."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.db import db, unit_of_work
from intake.scheduling import service
from intake.submissions import drafts, queries
from intake.submissions.models import Submission
from intake.submissions.service import submit
from tests import factories
from tests.browse import Browser, words_of
from tests.factories import MONDAY_MORNING
from tests.subjects.submissions.danger import record
from tests.web.staff.people import let_in, person

YES_NOW = {"q1": "yes", "q2": "no", "q3": "no", "q4": "no", "q5": "yes"}
YES_NOT_NOW = {**YES_NOW, "q5": "no"}


def named(name: str, **changes: object) -> Submission:
    """A sent submission of somebody with this first name."""
    minutes = changes.pop("minutes", 0)
    now = MONDAY_MORNING + timedelta(minutes=int(str(minutes)))
    draft = factories.fill(factories.begin(now), now, given_name=name, family_name="")
    for instrument, answers in changes.items():
        with unit_of_work():
            drafts.save_answers(draft, instrument, answers, current_clinic(), now=now)  # type: ignore[arg-type]
    with unit_of_work():
        submit(draft, current_clinic(), now=now)
    return draft


def at_desk(app: Flask) -> Browser:
    return let_in(Browser(app))


def names(browser: Browser) -> list[str]:
    """The names in the table, from top to bottom."""
    assert browser.page is not None
    found = (a for a in browser.page.all("a") if a.get("class") == "who")
    return [" ".join(words_of(a)) for a in found]


def groups(browser: Browser) -> list[str]:
    assert browser.page is not None
    rows = (row for row in browser.page.all("tr") if row.get("class") == "group")
    return [" ".join(" ".join(words_of(row)).split()) for row in rows]


@pytest.fixture
def morning(app: Flask):
    """A Monday morning at the desk."""
    with time_machine.travel(MONDAY_MORNING, tick=False) as now:
        yield now


def test_an_empty_queue_says_so(app: Flask, morning) -> None:
    page = at_desk(app).get("/staff/")
    assert "Nobody is waiting" in page.text
    assert not page.all("table")


def test_the_highest_level_comes_first_and_then_who_waited_longest(app: Flask, morning) -> None:
    named("Later", minutes=5)
    named("Sooner")
    named("Grave", minutes=7, asq=YES_NOT_NOW)
    named("Gravest", minutes=9, asq=YES_NOW)
    morning.shift(timedelta(minutes=10))
    desk = at_desk(app)
    desk.get("/staff/")
    assert names(desk) == ["Gravest", "Grave", "Sooner", "Later"]
    assert groups(desk) == ["Urgent: call today · 1", "Routine · 2"]


def test_whoever_is_overdue_stands_under_a_heading_of_its_own(app: Flask, morning) -> None:
    named("Late")
    morning.shift(timedelta(days=1, minutes=1))
    named("Due", minutes=60 * 24)
    desk = at_desk(app)
    desk.get("/staff/")
    assert names(desk) == ["Late", "Due"]
    assert groups(desk) == ["Overdue or due now · 1", "Routine · 1"]


def test_somebody_in_acute_danger_stands_above_the_queue(app: Flask, morning) -> None:
    named("Rosa", asq=YES_NOW)
    morning.shift(timedelta(minutes=9))
    page = at_desk(app).get("/staff/")
    assert "Call Rosa now" in page.text
    assert "Safety: a clinician must call now." in page.text
    assert "Not yet acknowledged, 9 min" in page.text
    assert "Call now, by today 10:15 am at the latest" in page.text


def test_whoever_stands_above_the_queue_does_not_stand_in_it_as_well(app: Flask, morning) -> None:
    for number in range(4):
        named(f"Rosa {number}", minutes=number, asq=YES_NOW)
    named("Quiet", minutes=5)
    desk = at_desk(app)
    page = desk.get("/staff/")
    assert names(desk) == ["Rosa 0", "Rosa 1", "Rosa 2", "Rosa 3", "Quiet"]
    assert groups(desk) == ["Urgent: call now · 1", "Routine · 1"]
    assert "5 on this page" in page.text


def test_a_row_says_who_what_for_how_long_and_what_next(app: Flask, morning) -> None:
    submission = named("Dana")
    morning.shift(timedelta(hours=2, minutes=10))
    page = at_desk(app).get("/staff/")
    for words in (
        *("Dana", submission.reference, "today 10:00 am", "Depression, Chronic pain"),
        *("Waiting 2 h 10 min", "Answer by Tue 10:00 am", "Chose parts of the week", "Routine"),
    ):
        assert words in page.text


def test_an_answer_that_is_late_is_marked(app: Flask, morning) -> None:
    named("Dana")
    morning.shift(timedelta(days=1, minutes=1))
    assert "Answer was due today 10:00 am" in at_desk(app).get("/staff/").text


def test_an_answer_is_never_due_later_than_the_patient_was_promised(app: Flask, morning) -> None:
    record(named("Dana", asq=YES_NOT_NOW))
    assert "Answer by today 5:00 pm" in at_desk(app).get("/staff/").text


def test_a_new_flag_does_not_put_off_what_was_promised(app: Flask, morning) -> None:
    submission = named("Dana")
    morning.shift(timedelta(hours=23))
    with unit_of_work():
        drafts.save_answers(submission, "asq", YES_NOT_NOW, current_clinic(), now=clock.now())
    assert "Call by today 10:00 am" in at_desk(app).get("/staff/").text


def test_a_form_that_nobody_sent_is_not_called_closed_once_its_flag_is(app: Flask, morning) -> None:
    draft = factories.fill(factories.begin(), given_name="Unsent")
    with unit_of_work():
        drafts.save_answers(draft, "asq", YES_NOW, current_clinic(), now=MONDAY_MORNING)
    record(draft)
    assert at_desk(app).get("/staff/?tab=over").text.count("Acknowledged, not sent") == 2


def test_a_flagged_draft_appears_as_not_sent_yet(app: Flask, morning) -> None:
    draft = factories.fill(factories.begin(), given_name="Unsent")
    with unit_of_work():
        drafts.save_answers(draft, "asq", YES_NOW, current_clinic(), now=MONDAY_MORNING)
    desk = at_desk(app)
    page = desk.get("/staff/")
    assert names(desk) == ["Unsent Whitfield"]
    assert "Not sent yet" in page.text


def test_a_quiet_draft_does_not_appear(app: Flask, morning) -> None:
    factories.fill(factories.begin())
    assert "Nobody is waiting" in at_desk(app).get("/staff/").text


def test_a_time_that_was_asked_for_is_shown(app: Flask, morning) -> None:
    draft = factories.fill(factories.begin())
    key = factories.free_keys()[0]
    with unit_of_work():
        service.hold(
            draft,
            key,
            current_clinic(),
            now=MONDAY_MORNING,
            time_zone="America/Chicago",
            channel="phone",
        )
        drafts.save_times(
            draft, {**factories.TIMES, "slot_chosen": True}, current_clinic(), now=MONDAY_MORNING
        )
    with unit_of_work():
        service.keep_for_sending(draft, now=MONDAY_MORNING)
        submit(draft, current_clinic(), now=MONDAY_MORNING)
    page = at_desk(app).get("/staff/")
    assert "Asked for this time" in page.text
    assert "Confirm time" in page.text


def test_the_whole_list_is_there_page_by_page(app: Flask, morning, monkeypatch) -> None:
    monkeypatch.setattr(queries, "PAGE_SIZE", 2)
    for number, changes in enumerate([{}, {"asq": YES_NOW}, {}, {"asq": YES_NOT_NOW}, {}]):
        named(f"P{number}", minutes=0 if number < 3 else number, **changes)
    morning.shift(timedelta(minutes=10))
    desk, seen = at_desk(app), []
    page = desk.get("/staff/")
    for _ in range(3):
        seen += names(desk)
        later = [a.get("href", "") for a in page.all("a") if a.get("rel") == "next"]
        if not later:
            break
        page = desk.get(later[0])
    assert seen[:2] == ["P1", "P3"]
    assert sorted(seen) == ["P0", "P1", "P2", "P3", "P4"]


@pytest.mark.parametrize("after", ["x", "1-2-3", "9-99999999999999999999-00", "1--", "é"])
def test_a_broken_cursor_starts_at_the_top(app: Flask, morning, after: str) -> None:
    named("Dana")
    desk = at_desk(app)
    desk.get(f"/staff/?after={after}")
    assert names(desk) == ["Dana"]


def test_booked_calls_have_their_own_list(app: Flask, morning) -> None:
    keys = factories.free_keys()
    for name, key in (("Second", keys[3]), ("First", keys[1])):
        submission = named(name)
        with unit_of_work():
            service.book(submission, key, current_clinic(), actor=person(), now=MONDAY_MORNING)
    desk = at_desk(app)
    desk.get("/staff/?tab=booked")
    assert names(desk) == ["First", "Second"]
    assert desk.get("/staff/").text.count("Nobody is waiting") == 1


def test_a_booked_call_whose_time_is_over_moves_to_its_own_list(app: Flask, morning) -> None:
    submission = named("Dana")
    with unit_of_work():
        service.book(
            submission,
            factories.free_keys()[0],
            current_clinic(),
            actor=person(),
            now=MONDAY_MORNING,
        )
    morning.shift(timedelta(days=2))
    desk = at_desk(app)
    desk.get("/staff/?tab=past")
    assert names(desk) == ["Dana"]
    assert "No call is booked" in desk.get("/staff/?tab=booked").text


@pytest.mark.parametrize("status", ["held", "no_show", "closed", "withdrawn"])
def test_nothing_that_is_over_vanishes(app: Flask, morning, status: str) -> None:
    submission = named("Dana")
    with unit_of_work():
        db.session.get_one(Submission, submission.id).status = status
    desk = at_desk(app)
    desk.get("/staff/?tab=over")
    assert names(desk) == ["Dana"]


def test_what_is_over_can_be_narrowed_down_to_one_state(app: Flask, morning, monkeypatch) -> None:
    monkeypatch.setattr(queries, "PAGE_SIZE", 1)
    for name, status in (("Held", "held"), ("Closed", "closed"), ("Again", "closed")):
        submission = named(name)
        with unit_of_work():
            submission.status = status
    desk = at_desk(app)
    page = desk.get("/staff/?tab=over&state=closed")
    shown = names(desk)
    later = [a.get("href", "") for a in page.all("a") if a.get("rel") == "next"]
    desk.get(later[0])
    assert sorted(shown + names(desk)) == ["Again", "Closed"]
    assert "There is none" in desk.get("/staff/?tab=over&state=no_show").text


def test_the_rail_counts_who_waits(app: Flask, morning) -> None:
    named("Dana")
    page = at_desk(app).get("/staff/")
    counts = [" ".join(words_of(each)) for each in page.all("span") if each.get("class") == "n"]
    assert counts == ["1"]


@pytest.mark.parametrize("rank", ["9" * 23, "-1", "4"])
def test_any_place_in_the_list_gives_a_page(app: Flask, rank: str) -> None:
    place = f"{rank}-20260101000000000000-{'0' * 32}"
    assert at_desk(app).get(f"/staff/?after={place}").status == 200
