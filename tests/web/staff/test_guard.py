"""Who gets to which page of the staff site."""

from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask
from itsdangerous import URLSafeTimedSerializer

from intake.accounts.permissions import ROLES, Permission, permissions_of
from intake.core.db import unit_of_work
from intake.staff.guard import ENTRANCE, GuardedBlueprint, UnguardedView, permission_of
from tests import factories
from tests.browse import Browser
from tests.web.staff.people import person

PUBLIC = {"security.login", "security.logout", "links.follow", "forgotten.ask", "feeds.read"}
"""Pages of the staff site that are open to strangers."""
PUBLIC |= {"passkey.enter"}
HALF_WAY = {
    *("second_factor.ask", "second_factor.recover"),
    *("second_factor.choose", "second_factor.add_app", "second_factor.add_passkey"),
}
"""Pages for whoever has given a password, and no second factor yet."""

GUARDED = {
    "staff.queue": Permission.SEE_QUEUE,
    "staff.search": Permission.SEE_QUEUE,
    "staff.ask_search": Permission.SEE_QUEUE,
    "staff.show": Permission.SEE_QUEUE,
    "staff.ask_emergency": Permission.BREAK_GLASS,
    "staff.open_in_emergency": Permission.BREAK_GLASS,
    "staff.book": Permission.BOOK,
    "staff.any_time": Permission.BOOK,
    "staff.book_any_time": Permission.BOOK,
    "staff.acknowledge_flag": Permission.CONTACT,
    "staff.write_note": Permission.CONTACT,
    "staff.keep_or_erase": Permission.ERASE,
    "staff.place_hold": Permission.ERASE,
    "staff.end_hold": Permission.ERASE,
    "staff.do_erase": Permission.ERASE,
    "staff.compare": Permission.MERGE,
    "staff.do_merge": Permission.MERGE,
    "staff.separate": Permission.MERGE,
    "staff.tell_apart": Permission.MERGE,
    "staff.undo_apart": Permission.MERGE,
    "staff.send_resume_link": Permission.CONTACT,
    "staff.ask_hand_over": Permission.SEE_ANSWERS,
    "staff.do_hand_over": Permission.SEE_ANSWERS,
    "staff.session_left": Permission.OWN_ACCOUNT,
    "staff.stay": Permission.OWN_ACCOUNT,
    "staff.account": Permission.OWN_ACCOUNT,
    "staff.remove_passkey": Permission.OWN_ACCOUNT,
    "staff.remove_app": Permission.OWN_ACCOUNT,
    "staff.new_codes": Permission.OWN_ACCOUNT,
    "staff.end_sessions": Permission.OWN_ACCOUNT,
    "staff.ask_proof": Permission.OWN_ACCOUNT,
    "staff.give_proof": Permission.OWN_ACCOUNT,
    "staff.dashboard": Permission.SEE_FIGURES,
    "staff.dashboard_csv": Permission.SEE_FIGURES,
    "staff.who_saw": Permission.SEE_AUDIT,
    "staff.download_who_saw": Permission.SEE_AUDIT,
    "staff.ask_list": Permission.EXPORT,
    "staff.download_list": Permission.EXPORT,
    "staff.undelivered_mails": Permission.SEE_QUEUE,
    "staff.change_mail": Permission.CONTACT,
    "staff.take": Permission.CONTACT,
    "staff.release": Permission.CONTACT,
    "staff.views": Permission.SEE_QUEUE,
    "staff.save_view": Permission.SEE_QUEUE,
    "staff.rename_view": Permission.SEE_QUEUE,
    "staff.delete_view": Permission.SEE_QUEUE,
    "staff.let_out": Permission.CONTACT,
    "staff.shift_hand_over": Permission.SEE_QUEUE,
    "staff.keys": Permission.OWN_ACCOUNT,
    "staff.live": Permission.SEE_QUEUE,
    "staff.unsent": Permission.SEE_QUEUE,
    "staff.cancel_call": Permission.BOOK,
    "staff.do_cancel_call": Permission.BOOK,
    "staff.undo_change": Permission.BOOK,
    "staff.write_try": Permission.CONTACT,
    "staff.undo_try": Permission.CONTACT,
    "staff.close_request": Permission.CONTACT,
    "staff.do_close_request": Permission.CONTACT,
    "staff.open_again": Permission.CONTACT,
    "staff.write_outcome": Permission.BOOK,
    "staff.calendar": Permission.SEE_QUEUE,
    "staff.to_move": Permission.BOOK,
    "staff.ask": Permission.BOOK,
    "staff.feeds": Permission.SEE_QUEUE,
    "staff.make_feed": Permission.SEE_QUEUE,
    "staff.revoke_feed": Permission.SEE_QUEUE,
    "staff.settings_hours": Permission.MANAGE_SETTINGS,
    "staff.save_hours": Permission.MANAGE_SETTINGS,
    "staff.save_dated": Permission.MANAGE_SETTINGS,
    "staff.remove_dated": Permission.MANAGE_SETTINGS,
    "staff.save_room": Permission.MANAGE_SETTINGS,
    "staff.switch_provider": Permission.MANAGE_SETTINGS,
    "staff.add_provider": Permission.MANAGE_SETTINGS,
    "staff.settings_closures": Permission.MANAGE_SETTINGS,
    "staff.add_closure": Permission.MANAGE_SETTINGS,
    "staff.remove_closure": Permission.MANAGE_SETTINGS,
    "staff.settings_clinic": Permission.MANAGE_SETTINGS,
    "staff.save_clinic": Permission.MANAGE_SETTINGS,
    "staff.settings_times": Permission.MANAGE_SETTINGS,
    "staff.save_times": Permission.MANAGE_SETTINGS,
    "staff.settings_pause": Permission.MANAGE_SETTINGS,
    "staff.save_pause": Permission.MANAGE_SETTINGS,
    "staff.settings_texts": Permission.MANAGE_SETTINGS,
    "staff.settings_text": Permission.MANAGE_SETTINGS,
    "staff.save_mail_text": Permission.MANAGE_SETTINGS,
    "staff.look_at_mail": Permission.MANAGE_SETTINGS,
    "staff.settings_users": Permission.MANAGE_USERS,
    "staff.invite_user": Permission.MANAGE_USERS,
    "staff.show_user": Permission.MANAGE_USERS,
    "staff.change_user": Permission.MANAGE_USERS,
    "staff.settings_recipients": Permission.MANAGE_SETTINGS,
    "staff.save_recipients": Permission.MANAGE_SETTINGS,
    "staff.test_recipient": Permission.MANAGE_SETTINGS,
    "staff.settings_rules": Permission.MANAGE_SETTINGS,
    "staff.save_rules": Permission.MANAGE_SETTINGS,
}

LEAD_ON = {
    ("POST", "staff.end_sessions"),
    ("POST", "staff.remove_app"),
    ("POST", "staff.give_proof"),
    ("POST", "staff.ask_search"),
    ("POST", "staff.take"),
    ("POST", "staff.let_out"),
    ("POST", "staff.delete_view"),
    ("POST", "staff.release"),
    ("GET", "staff.cancel_call"),
    ("POST", "staff.open_again"),
    ("POST", "staff.send_resume_link"),
    ("POST", "staff.undo_try"),
    ("GET", "staff.compare"),
    ("POST", "staff.do_merge"),
    ("POST", "staff.separate"),
    ("POST", "staff.tell_apart"),
    ("POST", "staff.undo_apart"),
    ("POST", "staff.end_hold"),
}
"""Buttons whose form has nothing that could be missing; a page about a call that is not there."""

NOT_THERE = {("POST", "staff.remove_passkey")}
"""Buttons on something of one's own, which nobody has here."""

DOWNLOADS = {("POST", "staff.stay"), ("POST", "staff.do_hand_over"), ("POST", "staff.new_codes")}
"""Buttons that give a file or a page and ask nothing."""

NOBODY = UUID(int=0)


def staff_rules(app: Flask) -> dict[str, set[str]]:
    rules = (rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/staff"))
    return {rule.endpoint: (rule.methods or set()) - {"HEAD", "OPTIONS"} for rule in rules}


def address(app: Flask, endpoint: str, submission_id: UUID) -> str:
    adapter = app.url_map.bind("localhost")
    needed = next(rule.arguments for rule in app.url_map.iter_rules(endpoint))
    values = {name: person().id if name == "user_id" else submission_id for name in needed}
    return adapter.build(endpoint, values)


def test_every_page_is_either_public_or_names_its_permission(app: Flask) -> None:
    found = {
        endpoint: permission_of(app.view_functions[endpoint])
        for endpoint in staff_rules(app)
        if endpoint not in PUBLIC | HALF_WAY
    }
    assert found == GUARDED


def test_a_stranger_is_sent_to_the_sign_in_page_and_back(app: Flask) -> None:
    path = address(app, "staff.show", factories.sent().id)
    for wanted in ("/staff/", path):
        page = Browser(app).get(wanted)
        assert page.h1 == "Sign in"
        assert page.path.endswith(f"next={wanted}")


def test_a_stranger_learns_nothing_about_what_exists(app: Flask) -> None:
    there, not_there = factories.sent().id, NOBODY
    answers = [
        app.test_client().get(address(app, "staff.show", each)).status_code
        for each in (there, not_there)
    ]
    assert answers == [303, 303]


@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_to_its_pages_and_no_others(
    app: Flask, signed_in: Callable[[str], Browser], role: str
) -> None:
    factories.user("somebody@example.com", role)
    browser, submission = signed_in("somebody@example.com"), factories.sent()
    token = form_token(app, browser)
    for endpoint, permission in GUARDED.items():
        path = address(app, endpoint, submission.id)
        is_allowed = permission in permissions_of([role])
        for method in staff_rules(app)[endpoint]:
            data = {"csrf_token": token} if method == "POST" else None
            with app.app_context():
                status = browser.client.open(path, method=method, data=data).status_code
            # 400: it got as far as its form, which was empty.
            reached = 400 if method == "POST" else 200
            if (method, endpoint) in LEAD_ON:
                reached = 303
            if (method, endpoint) in DOWNLOADS:
                reached = 200
            if (method, endpoint) in NOT_THERE:
                reached = 404
            refused = 303 if endpoint == ENTRANCE else 403
            assert status == (reached if is_allowed else refused), path


def form_token(app: Flask, browser: Browser) -> str:
    """A token as forms hold one; some roles never see a form."""
    with browser.client.session_transaction("/staff/") as session:
        session["csrf_token"] = "of this session"
    signer = URLSafeTimedSerializer(app.secret_key, salt="wtf-csrf-token")
    return str(signer.dumps("of this session"))


@pytest.mark.parametrize(
    "endpoint", ["staff.show", "staff.book", "staff.acknowledge_flag", "staff.write_note"]
)
def test_what_does_not_exist_and_what_is_not_ours_to_see_look_the_same(
    app: Flask, desk: Browser, endpoint: str
) -> None:
    unsent = factories.begin()
    desk.get("/staff/")
    method = "GET" if endpoint == "staff.show" else "POST"
    token = desk.token
    bodies = set()
    for submission_id in (NOBODY, unsent.id):
        with app.app_context():
            answer = desk.client.open(
                address(app, endpoint, submission_id), method=method, data={"csrf_token": token}
            )
        assert answer.status_code == 404
        bodies.add(answer.data)
    assert len(bodies) == 1


@pytest.mark.parametrize("wrong", ["1", "abc", "00000000", "..%2F..", "%00"])
def test_an_address_that_is_no_id_is_not_found(desk: Browser, wrong: str) -> None:
    assert desk.get(f"/staff/submissions/{wrong}").status == 404


def test_a_view_without_a_permission_cannot_be_registered() -> None:
    blueprint = GuardedBlueprint("test", __name__)
    with pytest.raises(UnguardedView):
        blueprint.get("/open")(lambda: "")


@pytest.mark.parametrize("endpoint", ["staff.book", "staff.acknowledge_flag", "staff.write_note"])
def test_every_change_needs_the_token_of_a_form(app: Flask, desk: Browser, endpoint: str) -> None:
    path = address(app, endpoint, factories.sent().id)
    assert desk.client.post(path, data={}).status_code == 400


def test_a_role_taken_away_counts_at_once(app: Flask, desk: Browser) -> None:
    with unit_of_work():
        person().role_names = ["auditor"]
    assert desk.get("/staff/calendar").status == 403
    assert desk.get("/staff/").h1 == "Figures"
