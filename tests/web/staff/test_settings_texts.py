"""The page of the clinic's own words: refusals with their place, preview, test, history, reset."""

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from intake.core.db import db
from intake.notifications.models import MailText, Message
from tests import factories
from tests.browse import Browser, Page
from tests.factories import MONDAY_MORNING
from tests.web.staff.people import ADMIN, actions, let_in

LIST = "/staff/settings/texts"
BOOKED = "/staff/settings/text?mail=booked&language=es"
LOOK = "/staff/settings/text/look"
SAVE = "/staff/settings/text"


@pytest.fixture(autouse=True)
def morning(app: Flask):
    with time_machine.travel(MONDAY_MORNING, tick=False) as now:
        yield now


@pytest.fixture
def admin(app: Flask, morning) -> Browser:
    browser = let_in(Browser(app), ADMIN)
    browser.get(BOOKED)
    return browser


def send(browser: Browser, do: str = "", **words: str) -> Page:
    assert browser.page is not None
    fields = {name: values[0] for name, values in browser.page.fields("opening").items()}
    del fields["csrf_token"]
    return browser.post(SAVE, {**fields, **words, **({"do": do} if do else {})})


def versions() -> list[tuple[int, str, str]]:
    rows = db.session.scalars(select(MailText).order_by(MailText.version))
    return [(row.version, row.language, row.opening) for row in rows]


def test_words_are_saved_with_their_history_and_can_be_taken_back(admin: Browser) -> None:
    page = send(admin, opening="Hasta el {when}.")
    assert "The words are saved" in page.text
    assert "Last changed by Sam Lindqvist, today 10:00 am" in page.text
    assert "Hasta el jueves 4 de marzo" in page.text
    assert "Your words" in admin.get(LIST).text
    admin.get(BOOKED)
    page = send(admin, do="reset")
    assert "The built-in words are back" in page.text
    assert "Hasta el {when}." in page.text, "in the history"
    assert versions() == [(1, "es", "Hasta el {when}."), (2, "es", "")]
    page = admin.get(f"{BOOKED}&again=1")
    assert "Nothing is changed until you save them" in page.text
    send(admin)
    assert versions()[2] == (3, "es", "Hasta el {when}.")
    assert actions().count("mail text changed") == 3


@pytest.mark.parametrize("path", [SAVE, LOOK])
def test_what_may_not_go_out_is_refused_with_its_place(admin: Browser, path: str) -> None:
    words = {"mail": "booked", "language": "es", "version": "0", "closing": "Sobre\nsu {score}"}
    page = admin.post(path, words)
    assert page.status == 400
    assert "Line 2, character 4: {score} is about the person" in page.text
    assert "su {score}" in page.text
    assert versions() == []


def test_a_preview_shows_text_and_html_and_saves_nothing(admin: Browser) -> None:
    page = send(admin, do="look", closing="Un saludo de {clinic_name}")
    assert "Preview with examples" in page.text
    assert "Un saludo de Iconic Infusions" in page.text
    words = {"csrf_token": admin.token, "mail": "booked", "language": "es", "opening": "<i>Hola"}
    with admin.app.app_context():
        mail = admin.client.post(LOOK, data=words)
    assert "&lt;i&gt;Hola" in mail.text
    assert "sandbox" in mail.headers["Content-Security-Policy"]
    assert versions() == []


def test_an_example_goes_to_whoever_asks_and_to_nobody_else(admin: Browser) -> None:
    send(admin, do="test")
    page = send(admin, do="test")
    assert f"on its way to {ADMIN}" in page.text
    (message,) = db.session.scalars(select(Message)).all()
    assert (message.name, message.language, message.recipient) == ("booked", "es", ADMIN)


def test_the_second_editor_sees_both_texts(app: Flask, admin: Browser) -> None:
    factories.user("second@example.com", "administrator")
    other = let_in(Browser(app), "second@example.com")
    other.get(BOOKED)
    send(other, opening="Theirs")
    page = send(admin, opening="Mine")
    assert page.status == 409
    assert "Words at the beginning Theirs Mine" in page.text
    assert versions()[-1] == (1, "es", "Theirs")
    send(admin)
    assert versions()[-1] == (2, "es", "Mine")


@pytest.mark.parametrize("wrong", ["mail=invitation", "mail=booked&language=fr"])
def test_only_mails_to_patients_have_such_a_page(admin: Browser, wrong: str) -> None:
    assert admin.get(f"/staff/settings/text?{wrong}").status == 400
