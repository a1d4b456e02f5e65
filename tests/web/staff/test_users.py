"""Users: invited, given roles, switched off, signed out; never without an administrator."""

import pytest
from flask import Flask
from sqlalchemy import select

from intake.accounts.administration import LastHolder, switch_off
from intake.accounts.models import User
from intake.audit.models import AuditEntry
from intake.core.db import db, unit_of_work
from intake.notifications.models import Message
from tests import factories
from tests.browse import Browser, Page
from tests.factories import MONDAY_MORNING
from tests.web.staff.people import (
    ADMIN,
    CLINICIAN,
    DESK,
    NEW_FACTOR,
    actions,
    give_app,
    give_password,
    let_in,
    path_of,
    person,
    with_password,
)

LIST = "/staff/settings/users"


pytestmark = pytest.mark.usefixtures("morning")


def page_of(email: str = DESK) -> str:
    return f"{LIST}/{person(email).id}"


def press(browser: Browser, do: str, email: str = DESK, **fields: object) -> Page:
    """Open the page of a user and press one of its buttons."""
    page = browser.get(page_of(email))
    kept = page.fields("name") if do == "save" else {}
    kept.pop("csrf_token", None)
    return browser.post(page_of(email), {**kept, **fields, "do": do})


def fresh(email: str = DESK) -> User:
    db.session.expire_all()
    return person(email)


def test_somebody_is_invited_chooses_a_password_and_gets_in(app: Flask, admin: Browser) -> None:
    admin.get(LIST)
    page = admin.submit(email="New@Example.com", name="Ana López", roles=["clinician"])
    assert "An invitation to New@example.com is on its way" in page.text
    assert "Ana López new@example.com Clinician Invited The link works until" in page.text
    message = db.session.scalars(select(Message).where(Message.name == "invitation")).one()
    newcomer = Browser(app)
    newcomer.get(path_of(message.context["link"]))
    secret = "purple cows sing every morning"
    assert newcomer.submit(password=secret, password_again=secret).path.startswith("/staff/")
    assert fresh("new@example.com").password is not None


def test_an_invitation_needs_an_address_a_name_and_a_role(admin: Browser) -> None:
    admin.get(LIST)
    page = admin.submit(email="nobody")
    assert page.status == 400
    for said in ("Enter an email address", "Enter a name", "Select at least one role"):
        assert said in page.text


def test_inviting_a_user_again_changes_nothing_and_leads_to_them(admin: Browser) -> None:
    for email, role in ((ADMIN, "auditor"), (DESK, "administrator")):
        before = fresh(email).role_names
        admin.get(LIST)
        page = admin.submit(email=email, name="Ana", roles=[role])
        assert page.status == 400
        assert "Somebody with this address is a user already" in page.text
        assert page_of(email) in page.links()
        assert fresh(email).role_names == before
    assert not {"user invited", "roles changed"} & set(actions())


def test_other_roles_end_the_sessions_at_once_and_are_audited(app: Flask, admin: Browser) -> None:
    desk = let_in(Browser(app))
    page = press(admin, "save", name="Marta R.", roles=["auditor"])
    assert "Marta R. is saved" in page.text
    assert desk.get("/staff/").h1 == "Sign in"
    assert (fresh().name, fresh().role_names) == ("Marta R.", ["auditor"])
    query = select(AuditEntry.detail).where(AuditEntry.action == "roles changed")
    assert db.session.scalars(query).one() == "roles front_desk -> auditor"


def test_another_name_alone_ends_no_session(app: Flask, admin: Browser) -> None:
    desk = let_in(Browser(app))
    press(admin, "save", name="Marta R.")
    assert desk.get("/staff/").h1 == "Work queue"


def test_whoever_is_switched_off_is_out_at_once_and_can_come_back(
    app: Flask, admin: Browser
) -> None:
    give_password(DESK)
    desk = let_in(Browser(app))
    page = press(admin, "off")
    assert "is switched off and signed out everywhere" in page.text
    assert "This address still gets emails about: a new request" in page.text
    assert desk.get("/staff/").h1 == "Sign in"
    assert not fresh().active
    press(admin, "on")
    assert fresh().active
    assert {"user disabled", "user enabled"} <= set(actions())


@pytest.mark.parametrize("do", ["off", "save"])
def test_the_last_administrator_stays(admin: Browser, do: str) -> None:
    page = press(admin, do, ADMIN, **({"roles": ["clinician"]} if do == "save" else {}))
    assert page.status == 409
    assert "Nobody could manage users without Sam Lindqvist" in page.text
    assert fresh(ADMIN).active
    assert fresh(ADMIN).role_names == ["administrator"]
    assert admin.get(LIST).h1 == "Users"


@pytest.mark.parametrize("do", ["off", "save"])
def test_the_last_who_may_close_urgent_flags_stays(admin: Browser, do: str) -> None:
    page = press(admin, do, CLINICIAN, **({"roles": ["front_desk"]} if do == "save" else {}))
    assert page.status == 409
    assert "Nobody could close urgent flags without" in page.text
    assert "Make somebody else a clinician first" in page.text
    assert (fresh(CLINICIAN).active, fresh(CLINICIAN).role_names) == (True, ["clinician"])


def test_an_invitation_to_a_wrong_address_can_be_switched_off(admin: Browser) -> None:
    """Whoever never had a password closes no flags, so nothing is lost with them."""
    give_password(ADMIN)
    admin = let_in(Browser(admin.app), ADMIN)
    press(admin, "off", CLINICIAN)
    assert not fresh(CLINICIAN).active


def test_an_invited_administrator_does_not_count_before_they_can_sign_in(admin: Browser) -> None:
    give_password(ADMIN)
    factories.user("second@example.com", "administrator")
    with pytest.raises(LastHolder), unit_of_work():
        switch_off(person(ADMIN), actor="command line", now=MONDAY_MORNING)
    give_password("second@example.com")
    with unit_of_work():
        switch_off(person(ADMIN), actor="command line", now=MONDAY_MORNING)
    assert not fresh(ADMIN).active


def test_sessions_are_listed_and_ended_one_by_one(app: Flask, admin: Browser) -> None:
    one, other = let_in(Browser(app)), let_in(Browser(app))
    page = admin.get(page_of())
    hashes = [each.get("value") for each in page.all("input") if each.get("name") == "session"]
    assert len(hashes) == 2
    admin.post(page_of(), {"do": "sign-out", "session": str(hashes[0])})
    assert sorted(each.get("/staff/").h1 for each in (one, other)) == ["Sign in", "Work queue"]
    assert "This browser" in admin.get(page_of(ADMIN)).text
    admin.get(page_of())
    admin.post(page_of(), {"do": "sign-out"})
    assert {each.get("/staff/").h1 for each in (one, other)} == {"Sign in"}
    assert actions().count("signed out by administrator") == 2


def test_an_invitation_is_sent_again_and_a_password_renewed(admin: Browser, morning) -> None:
    press(admin, "mail")
    assert db.session.scalars(select(Message.name)).all() == ["invitation"]
    give_password(DESK)
    press(admin, "mail")
    assert "new_password" in db.session.scalars(select(Message.name)).all()


def test_the_second_editor_sees_both_texts(app: Flask, admin: Browser) -> None:
    page = admin.get(page_of())
    seen = {**page.fields("name"), "do": "save", "name": "Mine"}
    del seen["csrf_token"]
    factories.user("second@example.com", "administrator")
    press(let_in(Browser(app), "second@example.com"), "save", name="Theirs")
    page = admin.post(page_of(), seen)
    assert page.status == 409
    assert "Name Theirs Mine" in page.text
    assert fresh().name == "Theirs"


def test_a_second_factor_is_reset_audited_and_told(app: Flask, admin: Browser) -> None:
    give_password(DESK)
    give_app()
    desk = let_in(Browser(app))
    page = press(admin, "factor")
    assert "adds a new second factor at the next sign-in" in page.text
    assert desk.get("/staff/").h1 == "Sign in"
    assert with_password(Browser(app)).page.h1 == NEW_FACTOR
    assert "second factor: reset" in actions()
    news = db.session.scalars(select(Message)).all()[-1]
    assert (news.name, news.recipient) == ("second_factor_changed", DESK)
    assert "An administrator has reset" in news.context["news"]


def test_what_each_role_may_do_is_shown(admin: Browser) -> None:
    text = admin.get(LIST).text
    assert "Invite, change and disable users – No – No Yes – No" in text


def test_it_asks_who_one_is_when_that_was_long_ago(admin: Browser, morning) -> None:
    give_password(ADMIN)
    admin = let_in(Browser(admin.app), ADMIN)
    morning.shift(330)
    admin.get("/staff/")
    assert admin.get(LIST).path.startswith("/staff/prove")
