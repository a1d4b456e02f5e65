"""What the script asks: whether the queue has changed. It keeps nobody signed in."""

import json
import re
from datetime import timedelta
from pathlib import Path

from flask import Flask

from intake.staff.keys import KEYS
from tests.browse import Browser
from tests.web.staff.test_queue import YES_NOW, named

SCRIPT = Path(__file__).parents[3] / "static/js/desk.js"


def test_it_tells_counts_and_after_that_only_changes(app: Flask, morning, desk: Browser) -> None:
    named("Dana")
    first = desk.get("/staff/live")
    assert json.loads(first.body) == {"waiting": "1", "suspected": "", "flags": 0, "holder": ""}
    asked = {"If-None-Match": first.headers["ETag"]}
    assert desk.get("/staff/live", headers=asked).status == 304
    named("Rosa", asq=YES_NOW)
    second = desk.get("/staff/live", headers=asked)
    assert json.loads(second.body) == {"waiting": "2", "suspected": "", "flags": 1, "holder": ""}


def test_the_page_begins_with_the_tag_it_was_drawn_with(app: Flask, morning, desk: Browser) -> None:
    named("Dana")
    for path in ("/staff/", "/staff/?language=es"):
        page = desk.get(path)
        news = next(each for each in page.all("p") if each.get("class") == "news")
        asked = {"If-None-Match": news.get("data-tag", "")}
        assert desk.get("/staff/live", headers=asked).status == 304


def test_whoever_has_a_request_open_learns_that_somebody_else_took_it(
    app: Flask, morning, desk: Browser, clinician: Browser
) -> None:
    dana = named("Dana")
    clinician.get(f"/staff/submissions/{dana.id}")
    for browser, has_holder in ((desk, True), (clinician, False)):
        clinician.post(f"/staff/submissions/{dana.id}/take", {})
        state = json.loads(browser.get(f"/staff/live?request={dana.id}").body)
        assert bool(state["holder"]) is has_holder
    assert json.loads(desk.get("/staff/live?request=nonsense").body)["holder"] == ""


def test_asking_keeps_nobody_signed_in(app: Flask, morning, desk: Browser) -> None:
    for _ in range(3):
        morning.shift(timedelta(minutes=4))
        assert desk.get("/staff/live").status == 200
    morning.shift(timedelta(minutes=4))
    assert desk.get("/staff/live").h1 == "Sign in"


def test_every_key_on_the_list_is_one_that_the_script_knows(desk: Browser) -> None:
    known = set(re.findall(r'^  "?(.)"?: ', SCRIPT.read_text(), re.MULTILINE))
    assert known == {key for key, _ in KEYS} - {"Enter"}
    assert all(words in desk.get("/staff/keys").text for _, words in KEYS)
