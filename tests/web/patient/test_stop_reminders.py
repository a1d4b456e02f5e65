"""Stopping reminders: opening the link changes nothing, one button or one click does."""

from urllib.parse import urlsplit

import pytest
from flask import Flask

from intake.submissions import consents, opt_out
from intake.submissions.models import Submission
from tests import factories
from tests.appointments import booked, mails
from tests.browse import Browser


@pytest.fixture
def call(app: Flask) -> Submission:
    return booked(factories.free_keys()[40])


@pytest.fixture
def path(call: Submission) -> str:
    return urlsplit(mails(call, "reminder")[0].context["unsubscribe"]).path


def test_looking_changes_nothing_and_the_button_stops_them(client: Browser, call, path):
    assert client.get(path).h1 == "Stop reminders"
    assert consents.allows(call.id, "reminders")
    assert client.submit().h1 == "Reminders are off"
    assert not consents.allows(call.id, "reminders")
    assert consents.allows(call.id, "email")


def test_mail_programs_need_no_page(app, call, path):
    answer = app.test_client().post(path, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 204
    assert not consents.allows(call.id, "reminders")


def test_a_forged_link_stops_nothing(app, call, path):
    for forged in (path[:-1] + ("0" if path[-1] != "0" else "1"), path.rsplit("/", 1)[0] + "/ñ"):
        assert app.test_client().post(forged).status_code == 404
    assert consents.allows(call.id, "reminders")


def test_the_link_speaks_the_persons_language(app, call):
    with app.app_context():
        assert opt_out.stop_link(call.id, "es").endswith("?lang=es")
