"""Objects by their ids: nobody's and somebody else's look the same, and stay as they are."""

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from intake.accounts.permissions import ROLES
from intake.core.db import db, unit_of_work
from intake.scheduling.models import CalendarFeed
from intake.submissions import saved_views
from intake.submissions.saved_views import SavedView
from tests import factories
from tests.browse import Browser
from tests.factories import MONDAY_MORNING
from tests.web.staff.people import CLINICIAN, let_in, person
from tests.web.staff.test_guard import NOBODY, form_token

FORM_FIRST = {
    *("staff.undo_change", "staff.write_outcome", "staff.change_mail", "staff.rename_view"),
}
"""What is asked of them comes before the object: an empty form is refused whatever it is about."""
CLICKED_TWICE = {"staff.delete_view"}
"""What is gone, or never was one's own, is as good as deleted."""


@pytest.fixture
def chief(app: Flask, morning: object) -> Browser:
    """Somebody who may do everything."""
    factories.user("everything@example.com", *ROLES)
    return let_in(Browser(app), "everything@example.com")


def about_an_object(app: Flask) -> list[tuple[Rule, str]]:
    """Every page of the staff site whose address holds an id, by its methods."""
    rules = [each for each in app.url_map.iter_rules() if each.rule.startswith("/staff/")]
    return [
        (each, method)
        for each in rules
        if each.arguments and "token" not in each.arguments
        for method in (each.methods or set()) - {"HEAD", "OPTIONS"}
    ]


def test_what_is_not_there_is_not_found_on_any_page(app: Flask, chief: Browser) -> None:
    token, adapter = form_token(app, chief), app.url_map.bind("localhost")
    checked = about_an_object(app)
    assert len(checked) > 30
    for rule, method in checked:
        path = adapter.build(rule.endpoint, dict.fromkeys(rule.arguments, NOBODY), method)
        data = {"csrf_token": token} if method == "POST" else None
        with app.app_context():
            status = chief.client.open(path, method=method, data=data).status_code
        expected = 400 if rule.endpoint in FORM_FIRST else 404
        assert status == (303 if rule.endpoint in CLICKED_TWICE else expected), path


def test_views_and_feeds_of_a_colleague_stay_theirs(app: Flask, desk: Browser) -> None:
    with unit_of_work():
        saved_views.save(person(CLINICIAN), "Mine", {"level": "urgent"}, now=MONDAY_MORNING)
    let_in(theirs := Browser(app), CLINICIAN).get("/staff/calendar/feeds")
    theirs.post("/staff/calendar/feeds", {"provider": "all", "shows": "busy"})
    view, feed = (db.session.scalars(select(each)).one() for each in (SavedView, CalendarFeed))
    desk.get("/staff/views")
    assert desk.post(f"/staff/views/{view.id}/rename", {"name": "Ours"}).status == 404
    desk.get("/staff/views")
    desk.post(f"/staff/views/{view.id}/delete", {})
    desk.post("/staff/calendar/feeds/revoke", {"feed": str(feed.id)})
    db.session.expire_all()
    assert db.session.scalars(select(SavedView.name)).all() == ["Mine"]
    assert db.session.scalars(select(CalendarFeed.revoked_at)).all() == [None]
