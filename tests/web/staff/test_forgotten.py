"""A forgotten password: a link by mail, told to nobody else."""

import re
import time
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from intake.accounts import throttle
from intake.accounts.models import SignInLink, StaffSession
from intake.accounts.service import disable
from intake.audit.models import AuditEntry
from intake.core import clock
from intake.core.db import db, unit_of_work
from intake.core.tokens import token_hash
from intake.notifications.models import Message
from intake.notifications.render import render
from intake.staff import forgotten
from tests.browse import Browser, Page
from tests.factories import MONDAY_MORNING
from tests.web.staff.people import (
    DESK,
    NEW_FACTOR,
    ONE_MORE,
    PASSWORD,
    actions,
    give_app,
    give_password,
    let_in,
    path_of,
    person,
)

pytestmark = pytest.mark.both

NEW = "seven clouds over the quiet lake"


@pytest.fixture(autouse=True)
def at_once(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Answer at once, but where the time of the answer is the point."""
    if "answer" not in request.node.name:
        monkeypatch.setattr(forgotten, "ANSWER_AFTER", 0.0)


def ask(browser: Browser, email: str = DESK) -> Page:
    browser.get("/staff/sign-in")
    browser.get(next(link for link in browser.page.links() if "forgot" in link))
    return browser.submit(email=email)


def mails(name: str = "new_password") -> list[Message]:
    return list(db.session.scalars(select(Message).where(Message.name == name)))


def link() -> str:
    return path_of(mails()[-1].context["link"])


def test_the_mailed_link_is_no_way_around_the_second_factor(client: Browser) -> None:
    give_password()
    give_app()
    ask(client)
    client.get(link())
    assert client.submit(password=NEW, password_again=NEW).h1 == ONE_MORE
    assert client.get("/staff/").h1 == ONE_MORE


def test_the_mailed_link_leads_to_a_new_password_and_in(app: Flask, client: Browser) -> None:
    give_password()
    assert ask(client).h1 == "Look into your mail"
    assert mails()[0].recipient == DESK
    client.get(link())
    assert client.submit(password=NEW, password_again=NEW).h1 == NEW_FACTOR
    other = Browser(app)
    other.get("/staff/sign-in")
    assert other.submit(email=DESK, password=NEW).h1 == NEW_FACTOR


def test_the_address_may_be_typed_in_any_case(client: Browser) -> None:
    ask(client, " Desk@Example.COM ")
    assert len(mails()) == 1


def test_the_answer_is_the_same_for_known_and_unknown_addresses(client: Browser) -> None:
    give_password()
    pages = [ask(client, email) for email in (DESK, "nobody@example.com")]
    words = [re.sub(r"\S+@example\.com", "…", page.text) for page in pages]
    assert words[0] == words[1]
    assert {page.status for page in pages} == {200}
    assert len(mails()) == 1


def test_the_answer_comes_after_the_same_time_for_everybody(client: Browser) -> None:
    client.get("/staff/forgot-password")
    for email in (DESK, "nobody@example.com"):
        began = time.perf_counter()
        client.post("/staff/forgot-password", {"email": email})
        assert time.perf_counter() - began >= forgotten.ANSWER_AFTER


def test_a_disabled_user_gets_no_link(client: Browser) -> None:
    with unit_of_work():
        disable(person(), actor="command line", now=clock.now())
    assert ask(client).h1 == "Look into your mail"
    assert mails() == []


def test_a_link_works_once_and_for_half_an_hour(app: Flask, client: Browser) -> None:
    with time_machine.travel(MONDAY_MORNING, tick=False) as now:
        ask(client)
        now.shift(timedelta(minutes=29, seconds=59))
        client.get(link())
        client.submit(password=NEW, password_again=NEW)
        assert client.get(link()).status == 410
        ask(Browser(app))
        now.shift(timedelta(minutes=30))
        assert client.get(link()).status == 410


def test_only_the_hash_of_the_link_is_stored(client: Browser) -> None:
    ask(client)
    token = link().rpartition("/")[2]
    assert db.session.scalars(select(SignInLink.token_hash)).all() == [token_hash(token)]


def test_a_new_password_ends_all_sessions_and_other_links(app: Flask, client: Browser) -> None:
    give_password()
    elsewhere = let_in(Browser(app))
    ask(client)
    first = link()
    ask(client)
    client.get(link())
    client.submit(password=NEW, password_again=NEW)
    assert elsewhere.get("/staff/").h1 == "Sign in"
    assert Browser(app).get(first).status == 410
    assert len(db.session.scalars(select(StaffSession)).all()) == 1


def test_asking_changes_nothing_yet(app: Flask, client: Browser) -> None:
    give_password()
    elsewhere = let_in(Browser(app))
    ask(client)
    assert elsewhere.get("/staff/").h1 == "Work queue"
    client.get("/staff/sign-in")
    assert client.submit(email=DESK, password=PASSWORD).h1 == NEW_FACTOR


def test_the_change_is_told_by_mail(client: Browser) -> None:
    give_password()
    ask(client)
    client.get(link())
    client.submit(password=NEW, password_again=NEW)
    (mail,) = mails("password_changed")
    assert mail.recipient == DESK
    assert "If it was not you" in render(mail.name, mail.context, mail.language).text


def test_a_first_password_is_no_change(client: Browser) -> None:
    ask(client)
    client.get(link())
    client.submit(password=NEW, password_again=NEW)
    assert mails("password_changed") == []


def test_nobody_gets_more_than_a_few_mails(client: Browser) -> None:
    with time_machine.travel(MONDAY_MORNING, tick=False):
        answers = {ask(client).h1 for _ in range(6)}
    assert len(mails()) == throttle.LINKS_FOR_ONE_ACCOUNT.burst
    assert answers == {"Look into your mail"}


def test_one_network_asks_only_so_often(client: Browser) -> None:
    with time_machine.travel(MONDAY_MORNING, tick=False):
        most = throttle.LINKS_FROM_ONE_NETWORK.burst
        codes = [ask(client, f"user{number}@example.com").status for number in range(most + 1)]
    assert codes == [200] * most + [429]


def test_an_empty_address_is_asked_for_again(client: Browser) -> None:
    page = ask(client, "")
    assert "Enter your email address" in page.text
    assert b"<title>Error: " in page.body


def test_it_is_recorded_without_unknown_addresses(client: Browser) -> None:
    ask(client)
    ask(client, "nobody@example.com")
    assert actions()[-2:] == ["new password asked for"] * 2
    last = db.session.scalars(select(AuditEntry).order_by(AuditEntry.seq.desc())).first()
    assert (last.subject_id, last.detail) == (None, "unknown address")


def test_the_link_gets_in_while_strangers_use_up_all_tries(app: Flask, client: Browser) -> None:
    give_password()
    for _ in range(6):
        client.get("/staff/sign-in")
        client.submit(email=DESK, password="not the password at all")
    assert client.page.status == 429
    ask(client)
    client.get(link())
    assert client.submit(password=NEW, password_again=NEW).h1 == NEW_FACTOR
