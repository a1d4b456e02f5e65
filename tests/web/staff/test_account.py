"""Somebody's own account."""

from flask import Flask
from sqlalchemy import select

from intake.accounts.models import StaffSession
from intake.core.db import db
from tests.browse import Browser
from tests.web.staff.people import CLINICIAN, actions, let_in

PAGE = "/staff/account"


def test_own_browsers_are_listed_and_signed_out_there(app: Flask, desk: Browser) -> None:
    other, somebody = let_in(Browser(app)), let_in(Browser(app), CLINICIAN)
    page = desk.get(PAGE)
    listed = [each.get("value") for each in page.all("input") if each.get("name") == "session"]
    assert len(listed) == 2
    desk.post(f"{PAGE}/sessions", {})
    assert [each.get("/staff/").h1 for each in (desk, other)] == ["Work queue", "Sign in"]
    assert actions().count("signed out elsewhere") == 1
    theirs = db.session.scalars(select(StaffSession.id_hash)).all()
    desk.get(PAGE)
    for each in theirs:
        desk.post(f"{PAGE}/sessions", {"session": each})
    assert [each.get("/staff/").h1 for each in (desk, somebody)] == ["Sign in", "Work queue"]
