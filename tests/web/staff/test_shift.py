"""Handing over: what is open, due and done stands on one page that prints."""

from datetime import timedelta

from flask import Flask

from intake.clinic.service import current_clinic
from intake.core.db import unit_of_work
from intake.core.tokens import new_id
from intake.scheduling import service
from intake.submissions import claims, contacting, shift
from tests import factories
from tests.browse import Browser, words_of
from tests.factories import MONDAY_MORNING as NOW
from tests.web.staff.people import person
from tests.web.staff.test_queue import YES_NOT_NOW, named


def sections(browser: Browser) -> dict[str, str]:
    """The words of each list by its heading."""
    assert browser.page is not None
    found = {}
    for section in browser.page.all("section"):
        title, *rest = words_of(section)
        found[title.split(" · ")[0]] = " ".join(" ".join(rest).split())
    return found


def test_everything_the_next_shift_must_know_is_on_one_page(
    app: Flask, morning, desk: Browser
) -> None:
    desk_user, clinic = person(), current_clinic()
    named("Grave", asq=YES_NOT_NOW)
    taken, called, booked, over = (named(each) for each in ("Taken", "Called", "Booked", "Over"))
    keys = factories.free_keys()
    with unit_of_work():
        claims.take(taken, clinic, user=desk_user, now=NOW)
    with unit_of_work():
        contacting.write_down(
            called,
            "no_answer",
            entry_id=new_id(),
            call_at=NOW + timedelta(hours=3),
            author=desk_user,
            now=NOW,
        )
    for who, key in ((over, keys[0]), (booked, keys[-1])):
        with unit_of_work():
            service.book(who, key, clinic, actor=desk_user, now=NOW)
    desk.get("/staff/shift")
    shown = sections(desk)
    assert "Grave" in shown["Urgent flags open"]
    assert "Not yet acknowledged" in shown["Urgent flags open"]
    assert "Taken" in shown["Taken to call now"]
    assert "Marta Ruiz, since 10:00 am" in shown["Taken to call now"]
    assert "Called" in shown["Call again by tomorrow"]
    assert "Today 1:00 pm No answer" in shown["Call again by tomorrow"]
    assert "Over" in shown["Booked today and tomorrow"]
    assert "Marta Ruiz, today 10:00 am" in shown["Calls written down"]
    assert all(name in shown["New requests"] for name in ("Grave", "Taken", "Called"))
    assert shown["Calls without an outcome"] == "None."


def test_what_was_done_before_is_left_out_and_what_is_open_stays(
    app: Flask, morning, signed_in
) -> None:
    named("Grave", asq=YES_NOT_NOW)
    morning.shift(timedelta(hours=9))
    desk = signed_in("desk@example.com")
    desk.get("/staff/shift")
    assert "No request came in" in sections(desk)["New requests"]
    assert "Grave" in sections(desk)["Urgent flags open"]
    desk.get("/staff/shift?hours=12")
    assert "Grave" in sections(desk)["New requests"]
    assert desk.get("/staff/shift?hours=-1").status == 200


def test_a_list_that_is_cut_says_so(app: Flask, morning, desk: Browser, monkeypatch) -> None:
    monkeypatch.setattr(shift, "MOST", 1)
    for name in ("One", "Two"):
        named(name)
    page = desk.get("/staff/shift")
    assert "New requests · 1 +" in page.text or "New requests · 1+" in page.text
    assert "There are more" in page.text
