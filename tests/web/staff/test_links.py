"""Invitations and development links."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from intake.accounts.models import SignInLink
from intake.accounts.service import (
    EmailTaken,
    UnknownRole,
    disable,
    invite,
    invite_again,
    sign_in_link,
)
from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.db import db, unit_of_work
from intake.core.tokens import token_hash
from intake.notifications.models import Message
from intake.notifications.render import render
from tests.browse import Browser
from tests.factories import MONDAY_MORNING
from tests.web.staff.people import DESK, NEW_FACTOR, PASSWORD, actions, path_of, person

NEW = "new.person@example.com"


def invited(email: str = NEW, *roles: str) -> str:
    """Invite somebody; returns the path of the mailed link."""
    with unit_of_work():
        invite(
            email,
            "New Person",
            roles=roles or ("front_desk",),
            clinic=current_clinic(),
            actor="command line",
            now=clock.now(),
        )
    mail = db.session.scalars(select(Message).where(Message.name == "invitation")).all()[-1]
    assert mail.recipient == email
    return path_of(mail.context["link"])


def invited_again() -> str:
    """Mail the newcomer another link; returns its path."""
    with unit_of_work():
        invite_again(person(NEW), current_clinic(), actor="command line", now=clock.now())
    mail = db.session.scalars(select(Message).where(Message.name == "invitation")).all()[-1]
    return path_of(mail.context["link"])


def development_link() -> str:
    with unit_of_work():
        return path_of(sign_in_link(person(), now=clock.now()))


def test_an_invitation_leads_to_a_password_and_a_second_factor(client: Browser) -> None:
    client.get(invited())
    page = client.submit(password=PASSWORD, password_again=PASSWORD)
    assert page.h1 == NEW_FACTOR
    assert actions()[-3:] == ["invitation link used", "password set", "password given"]


def test_the_chosen_password_signs_in(app: Flask, client: Browser) -> None:
    client.get(invited())
    client.submit(password=PASSWORD, password_again=PASSWORD)
    other = Browser(app)
    other.get("/staff/sign-in")
    assert other.submit(email=NEW, password=PASSWORD).h1 == NEW_FACTOR


@pytest.mark.parametrize(
    "blank", [" fifteen chars ", "пароль из слов и пробелов", "ÅÄÖåäöÅÖÄöäåÄÅö"]
)
def test_any_characters_will_do(app: Flask, client: Browser, blank: str) -> None:
    client.get(invited())
    client.submit(password=blank, password_again=blank)
    other = Browser(app)
    other.get("/staff/sign-in")
    assert other.submit(email=NEW, password=blank).h1 == NEW_FACTOR


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        ("fourteen chars", "fourteen chars", "Use at least 15 characters"),
        ("x" * 129, "x" * 129, "Use 128 characters or fewer"),
        (PASSWORD, PASSWORD + " ", "The two passwords are not the same"),
        ("", "", "Enter a password"),
        ("Iconic Infusions 2026", "Iconic Infusions 2026", "Others could guess that"),
        ("new.person@example.com", "new.person@example.com", "Others could guess that"),
    ],
)
def test_a_refused_password_leaves_the_link_usable(
    client: Browser, first: str, second: str, words: str
) -> None:
    link = invited()
    client.get(link)
    assert words in client.submit(password=first, password_again=second).text
    assert client.get(link).h1 == "Choose your password"


def test_looking_at_a_link_does_not_use_it_up(app: Flask) -> None:
    link, scanner = invited(), app.test_client()
    for _ in range(20):
        with app.app_context():
            assert scanner.get(link).status_code == 200
    row = db.session.scalars(select(SignInLink)).one()
    assert row.used_at is None


def test_a_link_works_once(app: Flask, client: Browser) -> None:
    link = development_link()
    second = Browser(app)
    second.get(link)
    client.get(link)
    assert client.submit().h1 == "Work queue"
    assert second.submit().status == 410
    page = second.get(link)
    assert page.status == 410
    assert "This link no longer works" in page.text
    assert "/staff/sign-in" in page.links()


def test_an_invitation_works_for_a_day(client: Browser) -> None:
    with time_machine.travel(MONDAY_MORNING, tick=False) as now:
        link = invited()
        now.shift(timedelta(hours=23, minutes=59))
        assert client.get(link).status == 200
        now.shift(timedelta(minutes=1))
        assert client.get(link).status == 410


def test_a_development_link_works_for_a_quarter_of_an_hour(client: Browser) -> None:
    with time_machine.travel(MONDAY_MORNING, tick=False) as now:
        link = development_link()
        now.shift(timedelta(minutes=15))
        assert client.get(link).status == 410


def test_the_link_of_a_disabled_user_is_dead(client: Browser) -> None:
    link = development_link()
    with unit_of_work():
        disable(person(), actor="command line", now=clock.now())
    assert client.get(link).status == 410


def test_production_takes_no_development_links(app: Flask, client: Browser, monkeypatch) -> None:
    link = development_link()
    settings = app.config["SETTINGS"]
    monkeypatch.setitem(
        app.config, "SETTINGS", type(settings)(**{**vars(settings), "environment": "production"})
    )
    assert client.get(link).status == 410


def test_only_the_hash_of_a_link_is_stored(app: Flask) -> None:
    token = invited().rpartition("/")[2]
    assert db.session.scalars(select(SignInLink.token_hash)).all() == [token_hash(token)]


def test_somebody_without_a_password_can_be_invited_again(client: Browser) -> None:
    invited()
    client.get(invited_again())
    assert client.submit(password=PASSWORD, password_again=PASSWORD).h1 == NEW_FACTOR


def test_choosing_a_password_kills_the_other_invitations(client: Browser) -> None:
    first, second = invited(), invited_again()
    client.get(second)
    client.submit(password=PASSWORD, password_again=PASSWORD)
    assert client.get(first).status == 410


def test_nobody_is_invited_to_an_account_they_have(app: Flask) -> None:
    with pytest.raises(EmailTaken):
        invited(DESK)


def test_a_repeated_invitation_leaves_the_first_link_and_the_roles(client: Browser) -> None:
    first = invited(NEW, "clinician")
    invited_again()
    assert "roles changed" not in actions()
    assert client.get(first).status == 200


def test_an_unknown_role_is_refused(app: Flask) -> None:
    with pytest.raises(UnknownRole, match="surgeon"):
        invited(NEW, "surgeon")


def test_the_mail_says_how_long_the_link_works(app: Flask) -> None:
    invited()
    mail = db.session.scalars(select(Message).where(Message.name == "invitation")).one()
    rendered = render(mail.name, mail.context, mail.language)
    assert "within 24 hours" in rendered.text
    assert mail.context["link"] in rendered.text
    assert mail.context["link"] in rendered.html
