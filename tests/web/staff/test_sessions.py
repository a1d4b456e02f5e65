"""Sessions of staff: who is signed in, for how long, and when it is over."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask, g
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from intake.accounts.models import StaffSession
from intake.accounts.service import change_roles, disable, set_password
from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.db import db, unit_of_work
from intake.core.tokens import token_hash
from tests.browse import Browser
from tests.factories import MONDAY_MORNING
from tests.web.staff.people import CLINICIAN, actions, let_in, person, sign_in

pytestmark = pytest.mark.both


def staff_cookie(browser: Browser) -> str:
    cookie = browser.client.get_cookie("staff")
    assert cookie is not None
    return str(cookie.value)


def with_cookie(app: Flask, value: str) -> Browser:
    browser = Browser(app)
    browser.client.set_cookie("staff", value)
    return browser


def rows() -> int:
    return db.session.scalar(select(func.count()).select_from(StaffSession)) or 0


def sign_out(browser: Browser) -> None:
    browser.get("/staff/")
    browser.post("/staff/sign-out", {})


def test_only_the_hash_of_the_id_is_stored(desk: Browser) -> None:
    value = staff_cookie(desk)
    assert len(value) == 43
    assert db.session.scalars(select(StaffSession.id_hash)).all() == [token_hash(value)]


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(client: Browser) -> None:
    cookie = sign_in(client).client.get_cookie("staff")
    assert cookie is not None
    assert (cookie.http_only, cookie.same_site, cookie.path) == (True, "Lax", "/")
    assert cookie.expires is None
    assert cookie.max_age is None


def test_over_https_the_cookie_is_bound_to_the_host(make_app) -> None:
    app = make_app(INTAKE_BASE_URL="https://intake.example")
    answer = app.test_client().get("/staff/sign-in", base_url="https://intake.example")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-staff=")
    assert "Secure;" in cookie
    assert "Domain" not in cookie


def test_a_cookie_copied_before_signing_out_is_dead_after_it(app: Flask, desk: Browser) -> None:
    copied = staff_cookie(desk)
    sign_out(desk)
    assert with_cookie(app, copied).get("/staff/").h1 == "Sign in"
    assert rows() == 0
    assert actions()[-1] == "signed out"


def test_signing_out_takes_the_cookie_away(desk: Browser) -> None:
    desk.get("/staff/")
    answer = desk.client.post("/staff/sign-out", data={"csrf_token": desk.token})
    assert "staff=;" in answer.headers["Set-Cookie"]
    assert "Max-Age=0" in answer.headers["Set-Cookie"]
    assert answer.headers["Clear-Site-Data"] == '"cache"'


def test_signing_out_takes_a_form(desk: Browser) -> None:
    assert desk.get("/staff/sign-out").status == 405
    assert desk.get("/staff/").h1 == "Work queue"


def test_the_cookie_from_before_signing_in_is_dead_after_it(app: Flask, client: Browser) -> None:
    client.get("/staff/sign-in")
    before = staff_cookie(client)
    let_in(client)
    assert staff_cookie(client) != before
    assert with_cookie(app, before).get("/staff/").h1 == "Sign in"


def test_the_form_token_from_before_signing_in_is_dead_after_it(client: Browser) -> None:
    client.get("/staff/sign-in")
    before = client.token
    let_in(client)
    assert client.post("/staff/sign-out", {"csrf_token": before}).status == 400


def test_a_visitor_gets_no_row(client: Browser) -> None:
    client.get("/staff/sign-in")
    assert rows() == 0


def test_signing_in_as_somebody_else_ends_the_session_before(app: Flask, desk: Browser) -> None:
    first = staff_cookie(desk)
    sign_in(desk, CLINICIAN)
    assert "Dr. Priya Nair" in desk.get("/staff/").text
    assert with_cookie(app, first).get("/staff/").h1 == "Sign in"
    assert rows() == 1


@pytest.mark.parametrize("garbage", ["x", "a" * 43, "a.b.c", "é", "=" * 4000, "../../etc", "%00"])
def test_a_broken_cookie_is_a_visitor(app: Flask, garbage: str) -> None:
    assert with_cookie(app, garbage).get("/staff/").h1 == "Sign in"


def test_a_patients_cookie_under_our_name_is_a_visitor(app: Flask) -> None:
    signed = app.session_interface.patient.get_signing_serializer(app)  # type: ignore[attr-defined]
    forged = signed.dumps({"_user_id": person().fs_uniquifier})
    assert with_cookie(app, forged).get("/staff/").h1 == "Sign in"


def test_a_signed_cookie_never_says_who_somebody_is(app: Flask) -> None:
    signed = app.session_interface.cookie.get_signing_serializer(app)  # type: ignore[attr-defined]
    forged = signed.dumps({"_user_id": person().fs_uniquifier})
    assert with_cookie(app, forged).get("/staff/").h1 == "Sign in"


def test_a_disabled_user_is_out_at_once(desk: Browser) -> None:
    with unit_of_work():
        disable(person(), actor="command line", now=clock.now())
    assert desk.get("/staff/").h1 == "Sign in"


def test_a_user_marked_inactive_in_the_database_is_out_at_once(desk: Browser) -> None:
    with unit_of_work():
        person().active = False
    assert desk.get("/staff/").h1 == "Sign in"


def test_other_roles_end_the_session(desk: Browser) -> None:
    with unit_of_work():
        change_roles(person(), ["auditor"], actor="command line", now=clock.now())
    assert desk.get("/staff/").h1 == "Sign in"


def test_a_new_password_ends_the_session(desk: Browser) -> None:
    with unit_of_work():
        set_password(person(), "$argon2id$", clinic=current_clinic(), now=clock.now())
    assert desk.get("/staff/").h1 == "Sign in"


def test_a_changed_uniquifier_alone_ends_the_session(desk: Browser) -> None:
    with unit_of_work():
        person().fs_uniquifier = "another"
    assert desk.get("/staff/").h1 == "Sign in"


def test_it_ends_after_a_quarter_of_an_hour_without_a_request(app: Flask) -> None:
    with time_machine.travel(MONDAY_MORNING, tick=False) as now:
        desk = let_in(Browser(app))
        now.shift(timedelta(minutes=14, seconds=59))
        assert desk.get("/staff/").h1 == "Work queue"
        now.shift(timedelta(minutes=15, seconds=1))
        assert desk.get("/staff/").h1 == "Sign in"


def test_it_ends_after_eight_hours_in_any_case(app: Flask) -> None:
    with time_machine.travel(MONDAY_MORNING, tick=False) as now:
        desk = let_in(Browser(app))
        for _ in range(47):
            now.shift(timedelta(minutes=10))
            assert desk.get("/staff/").h1 == "Work queue"
        now.shift(timedelta(minutes=9, seconds=59))
        assert desk.get("/staff/").h1 == "Work queue"
        now.shift(timedelta(seconds=2))
        assert desk.get("/staff/").h1 == "Sign in"


def test_requests_within_a_minute_write_once(app: Flask) -> None:
    with time_machine.travel(MONDAY_MORNING, tick=False) as now:
        desk = let_in(Browser(app))
        desk.get("/staff/")
        now.shift(timedelta(seconds=59))
        desk.get("/staff/")
        seen = select(StaffSession.last_seen_at)
        assert db.session.scalar(seen) == MONDAY_MORNING
        now.shift(timedelta(seconds=1))
        desk.get("/staff/")
        db.session.rollback()
        assert db.session.scalar(seen) == MONDAY_MORNING + timedelta(minutes=1)


def test_ended_sessions_are_deleted_at_the_next_sign_in(app: Flask) -> None:
    with time_machine.travel(MONDAY_MORNING, tick=False) as now:
        let_in(Browser(app))
        now.shift(timedelta(minutes=16))
        let_in(Browser(app), CLINICIAN)
        assert rows() == 1


def test_a_form_left_open_too_long_leads_to_the_sign_in_page(app: Flask) -> None:
    with time_machine.travel(MONDAY_MORNING, tick=False) as now:
        desk = let_in(Browser(app))
        desk.get("/staff/")
        now.shift(timedelta(hours=1))
        address = "/staff/submissions/00000000-0000-4000-8000-000000000000/notes"
        assert desk.post(address, {"body": "Late"}).h1 == "Sign in"


def test_patient_pages_do_not_look_for_a_user(app: Flask, desk: Browser) -> None:
    with app.app_context():
        assert "Set-Cookie" not in desk.client.get("/learn").headers
        assert "_login_user" not in g
        desk.client.get("/staff/")
        assert "_login_user" in g


def test_a_script_asks_how_long_it_lasts_and_that_keeps_nobody(app: Flask) -> None:
    with time_machine.travel(MONDAY_MORNING, tick=False) as now:
        desk = let_in(Browser(app))
        desk.get("/staff/")
        now.shift(timedelta(minutes=14))
        assert left(desk.client.get("/staff/session")) == 60
        assert left(desk.client.post("/staff/session", data={"csrf_token": desk.token})) == 900
        assert left(desk.client.get("/staff/session")) == 900
        for _ in range(46):
            now.shift(timedelta(minutes=10))
            desk.client.post("/staff/session", data={"csrf_token": desk.token})
        assert left(desk.client.get("/staff/session")) == 360


def left(answer: TestResponse) -> int:
    return int(answer.json["left"])
