"""Merging two requests of one person on the staff site."""

import pytest
from flask import Flask

from intake.core.db import db, unit_of_work
from intake.submissions.models import Submission
from tests import factories
from tests.appointments import booked
from tests.appointments import path_of as call_of
from tests.browse import Browser, Page
from tests.web.staff.people import actions
from tests.web.staff.test_booking import path_of
from tests.web.staff.test_contact import value_of
from tests.web.staff.test_record import YES_NOW, answered


def compare(desk: Browser, one: Submission, other: Submission) -> Page:
    return desk.get(f"{path_of(one)}/merge/{other.id}")


def press(desk: Browser, page: Page, stays: Submission) -> Page:
    versions = {name: value_of(page, name) for name in ("version", "other_version")}
    return desk.post(page.path, {**versions, "stays": str(stays.id)})


def test_both_are_compared_and_one_goes_on_in_the_other(desk: Browser, morning) -> None:
    one, other = factories.sent(), factories.sent(dob="1958-03-27", given_name="Doris")
    page = compare(desk, one, other)
    assert actions().count("record viewed") == 2
    assert page.path in desk.get(path_of(one)).links()
    assert "The birth dates differ" in page.text
    assert "Doris Whitfield" in page.text
    page = press(desk, page, stays=one)
    assert page.h1 == "Dana Whitfield"
    assert f"Merged into this request: {other.reference}, Doris Whitfield" in page.text
    page = desk.get(path_of(other))
    assert f"This request goes on in another one: {one.reference}" in page.text
    assert "Book a call" not in page.text
    page = desk.post(path_of(other) + "/separate", {})
    assert f"Separated: {other.reference} and {one.reference}" in page.text
    assert [each for each in actions() if each.startswith("requests")] == [
        *(["requests merged"] * 2),
        *(["requests separated"] * 2),
    ]


def test_what_changed_meanwhile_is_shown_before_anything_is_merged(desk: Browser, morning) -> None:
    one, other = factories.sent(), factories.sent()
    page = compare(desk, one, other)
    with unit_of_work():
        other.tries = 2
    page = press(desk, page, stays=one)
    assert page.status == 409
    assert "was changed since you opened the page" in page.text
    assert "2 without an answer" in page.text
    db.session.expire_all()
    assert other.status == "new"
    assert press(desk, page, stays=one).h1 == "Dana Whitfield"


@pytest.mark.both
def test_search_finds_both_and_a_second_click_merges_once(desk: Browser, morning) -> None:
    one, other = factories.sent(), factories.sent()
    page = compare(desk, one, other)
    for _ in range(2):
        assert press(desk, page, stays=one).status == 200
    desk.get("/staff/")
    text = desk.post("/staff/search", {"words": "whitfield"}).text
    assert one.reference in text
    assert other.reference in text
    assert "Merged" in text
    assert actions().count("requests merged") == 2


def test_two_calls_ahead_are_a_matter_to_settle_first(desk: Browser, morning) -> None:
    one, other = booked(), booked(factories.free_keys()[3])
    page = compare(desk, one, other)
    assert "Both have a call ahead" in page.text
    assert press(desk, page, stays=one).status == 400


def test_the_mailed_link_of_a_call_still_leads_to_it(app: Flask, desk: Browser, morning) -> None:
    one, other = factories.sent(), booked()
    link = call_of(other)
    press(desk, compare(desk, one, other), stays=one)
    page = Browser(app).get(link)
    assert "Tuesday, November 24 9:00 am" in page.text
    assert "Choose another time" in page.text


def test_a_flag_is_open_where_it_went_and_acknowledged_nowhere(desk: Browser, morning) -> None:
    one, other = factories.sent(), answered(factories.sent(), "asq", YES_NOW)
    page = press(desk, compare(desk, one, other), stays=one)
    assert "Not yet acknowledged" in page.text
    page = desk.get(path_of(other))
    assert "cknowledged" not in page.text
    assert "Urgent, see the other request" in page.text
    assert "Urgent, see the other request" not in desk.get("/staff/").text


@pytest.mark.both
def test_two_people_are_never_proposed_as_one_again(desk: Browser, morning) -> None:
    one, other, third = factories.sent(), factories.sent(), factories.sent()
    page = compare(desk, one, other)
    for _ in range(2):
        page = desk.post(f"{path_of(one)}/apart/{other.id}", {})
    assert f"Not the same person: {other.reference} is not proposed here" in page.text
    assert "Not the same person: 1" in page.text
    shown = [(one, other, False), (other, one, False), (one, third, True), (third, other, True)]
    for record, candidate, is_proposed in shown:
        links = desk.get(path_of(record)).links()
        assert (f"{path_of(record)}/merge/{candidate.id}" in links) is is_proposed
    page = compare(desk, other, one)
    assert "Somebody said that these are two people" in page.text
    assert press(desk, page, stays=one).status == 400
    page = desk.post(f"{path_of(other)}/apart/{one.id}/undo", {})
    assert f"Taken back: {one.reference} may be the same person" in page.text
    assert compare(desk, one, other).path in desk.get(path_of(one)).links()
    said = [each for each in actions() if each.startswith("requests")]
    assert said == ["requests told apart"] * 2 + ["requests told apart undone"] * 2
