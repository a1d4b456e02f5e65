"""Narrowing the queue down, and coming back to it by a name."""

import pytest
from flask import Flask

from intake.clinic.service import current_clinic
from intake.core.db import unit_of_work
from intake.submissions import drafts, queries
from tests.browse import Browser
from tests.factories import MONDAY_MORNING
from tests.web.staff.test_queue import YES_NOT_NOW, YES_NOW, groups, named, names


@pytest.fixture
def waiting(app: Flask, morning) -> None:
    """Four people who differ."""
    named("Grave", asq=YES_NOT_NOW)
    named("Quiet")
    spanish, heard = named("Luz"), named("Fern")
    with unit_of_work():
        spanish.language, spanish.status = "es", "contacting"
        spanish.contact = {**spanish.contact, "start": {"conditions": ["migraine"]}}
        drafts.save_answers(
            heard, "history", {"heard": "friend"}, current_clinic(), now=MONDAY_MORNING
        )


@pytest.mark.parametrize(
    ("chosen", "shown"),
    [
        ("level=urgent", ["Grave"]),
        ("language=es", ["Luz"]),
        ("status=contacting", ["Luz"]),
        ("condition=migraine", ["Luz"]),
        ("condition=migraine&level=urgent", []),
        ("level=nonsense&tab=nothing", ["Grave", "Fern", "Luz", "Quiet"]),
    ],
)
def test_filters_show_who_fits(waiting, desk: Browser, chosen: str, shown: list[str]) -> None:
    page = desk.get(f"/staff/?{chosen}")
    assert names(desk)[:1] + sorted(names(desk)[1:]) == shown
    if not shown:
        assert "Nobody who waits fits the filters" in page.text


def test_mine_and_nobodys(waiting, desk: Browser) -> None:
    page = desk.get("/staff/")
    mine = next(each for each in page.all("a") if each.get("class") == "who")
    desk.post(f"{mine.get('href')}/take", {})
    desk.get("/staff/?holder=mine")
    assert names(desk) == ["Grave"]
    assert groups(desk) == ["Urgent: call today · 1"]
    desk.get("/staff/?holder=free")
    assert sorted(names(desk)) == ["Fern", "Luz", "Quiet"]


def test_answers_narrow_it_down_only_for_those_who_may_see_them(
    waiting, desk: Browser, clinician: Browser
) -> None:
    clinician.get("/staff/?source=friend")
    assert names(clinician) == ["Fern"]
    page = desk.get("/staff/?source=friend")
    assert len(names(desk)) == 4
    assert "Heard of us" not in page.text


def test_no_filter_hides_whom_to_call_now(waiting, desk: Browser) -> None:
    named("Acute", asq=YES_NOW)
    page = desk.get("/staff/?language=es")
    assert "Call Acute now" in page.text
    assert names(desk) == ["Acute", "Luz"]
    assert "1 urgent flag that the filters may hide" in page.text


def test_whoever_fits_far_behind_is_on_a_later_page(waiting, desk: Browser, monkeypatch) -> None:
    monkeypatch.setattr(queries, "LOOKED_AT", 1)
    page, seen = desk.get("/staff/?condition=migraine"), list[str]()
    for _ in range(4):
        seen += names(desk)
        later = [a.get("href", "") for a in page.all("a") if a.get("rel") == "next"]
        if not later:
            break
        page = desk.get(later[0])
    assert seen == ["Luz"]


def test_a_badge_counts_no_further_than_it_says(waiting, desk: Browser, monkeypatch) -> None:
    monkeypatch.setattr(queries, "MOST_COUNTED", 2)
    monkeypatch.setattr("intake.staff.guard.MOST_COUNTED", 2)
    page = desk.get("/staff/")
    assert "To do 2+" in page.text
    assert groups(desk) == ["Urgent: call today · 1", "Routine · 2+"]


def test_a_view_is_saved_under_a_name_renamed_and_deleted(
    waiting, desk: Browser, clinician: Browser
) -> None:
    desk.get("/staff/?language=es")
    page = desk.submit(name="In Spanish")
    assert names(desk) == ["Luz"]
    assert page.path == "/staff/?language=es"
    assert "In Spanish" not in clinician.get("/staff/").text
    desk.get("/staff/?status=new")
    assert "You have a view of that name" in desk.submit(name="In Spanish").text
    desk.get("/staff/views")
    page = desk.submit(name="Español")
    assert "Español" in desk.get("/staff/").text
    desk.get("/staff/views")
    forms = [each.get("action", "") for each in desk.page.all("form")]
    delete = next(each for each in forms if each.endswith("/delete"))
    clinician.post(delete, {})
    assert "Español" in desk.get("/staff/views").text
    assert "You have no views yet" in desk.post(delete, {}).text


def test_a_view_needs_a_name_and_a_filter(waiting, desk: Browser) -> None:
    desk.get("/staff/")
    assert "Give the view a name" in desk.post("/staff/views", {"level": "urgent"}).text
    assert "at least one filter" in desk.post("/staff/views", {"name": "All"}).text
