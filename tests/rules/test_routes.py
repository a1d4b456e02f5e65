"""Every route is known: who may open it, and that looking at it changes nothing."""

import re

import pytest
from sqlalchemy import select

from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.db import db, unit_of_work
from intake.notifications.models import Message
from intake.staff.guard import permission_of
from intake.submissions.models import Submission
from intake.submissions.resume import mail_link
from tests.web.patient import journey

PUBLIC = {
    "answering.health",
    "helping.now",
    "answering.history",
    "answering.more",
    "answering.safety",
    "answering.screening",
    "helping.stopped",
    "appearance.choose",
    "appointment.calendar",
    "appointment.cancel",
    "appointment.cut_off",
    "appointment.earlier",
    "lost_link.ask",
    "appointment.show",
    "appointment.times",
    "appointment.undo",
    "appointment.wait",
    "call_me.ask",
    "my_data.ask",
    "my_data.copy",
    "my_data.delete",
    "my_data.download",
    "my_data.show",
    "ops.health",
    "ops.ready",
    "pages.accessibility",
    "pages.home",
    "pages.learn",
    "pages.not_for_you",
    "pages.privacy",
    "pages.urgent_help",
    "reminders.ask",
    "reminders.stop",
    "resume.follow",
    "resume.save",
    "withdrawing.by_browser",
    "withdrawing.by_link",
    "wizard.calendar",
    "wizard.check",
    "wizard.contact",
    "wizard.done",
    "wizard.leave",
    "wizard.start",
    "wizard.times",
}
"""Open to everybody, without an account."""
SIGN_IN = {"security.login", "security.logout", "links.follow", "forgotten.ask", "feeds.read"}
"""What the staff site gives without somebody signed in; a feed by its secret address."""
SIGN_IN |= {"second_factor.ask", "second_factor.recover", "second_factor.choose"}
SIGN_IN |= {"second_factor.add_app", "second_factor.add_passkey", "passkey.enter"}
"""After the password, which is all that these pages ask for."""
DEVELOPMENT = {
    "dev_components.show",
    "dev_mail.attachment",
    "dev_mail.html",
    "dev_mail.index",
    "dev_mail.show",
}
"""Not there in production."""


def rules(app):
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def test_every_route_is_listed_or_names_its_permission(app):
    unknown = {
        rule.endpoint
        for rule in rules(app)
        if rule.endpoint not in PUBLIC | SIGN_IN | DEVELOPMENT
        and permission_of(app.view_functions[rule.endpoint]) is None
    }
    assert unknown == set()


def test_no_list_names_a_route_that_is_gone(app):
    assert {rule.endpoint for rule in rules(app)} >= PUBLIC | SIGN_IN | DEVELOPMENT


def test_addresses_are_in_kebab_case(app):
    for rule in rules(app):
        fixed = re.sub(r"<[^>]*>", "", rule.rule)
        assert re.fullmatch(r"[a-z0-9/.-]*", fixed), rule.rule


def test_ids_in_staff_addresses_are_typed(app):
    for rule in rules(app):
        if rule.rule.startswith("/staff/") and "token" not in rule.rule:
            assert all(part.startswith("uuid:") for part in re.findall(r"<([^>]*)>", rule.rule))


def everything():
    """All rows of all tables, as they stand."""
    db.session.rollback()
    return {
        table.name: sorted(map(str, db.session.execute(select(table)).all()))
        for table in db.metadata.sorted_tables
    }


def mailed_link():
    """The secret in a link to go on with the one request there is."""
    with unit_of_work():
        submission = db.session.scalars(select(Submission)).one()
        clinic, now = current_clinic(), clock.now()
        mail_link(submission, clinic, to="dana@example.org", actor="system", now=now)
    message = db.session.scalars(select(Message).where(Message.name == "resume")).one()
    return re.search(r"/resume/([\w-]+)", message.context["link"])[1]


@pytest.mark.parametrize("walk", [journey.to_check, journey.to_done])
def test_looking_at_patient_pages_changes_nothing(client, app, walk):
    walk(client)
    link = mailed_link()
    before = everything()
    for rule in rules(app):
        leaves = rule.endpoint == "wizard.leave"  # forgets the browser's own cookie
        if rule.endpoint in PUBLIC and "GET" in rule.methods and not leaves:
            path = rule.rule.replace("<instrument>", "peg").replace("<token>", link)
            client.get(path)
            client.client.head(path)
    assert everything() == before
