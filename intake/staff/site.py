"""The staff site: sign-in, and the pages behind it."""

from flask import Flask

from intake.accounts.security import init_security
from intake.accounts.sessions import SiteSessions
from intake.staff import (
    account,
    any_time,
    calendar,
    cancelling,
    claim,
    contact,
    dashboard,
    emergency,
    feeds,
    forgotten,
    guard,
    keeping,
    keys,
    lasting,
    links,
    live,
    mails,
    merging,
    passkey_place,
    passkeys,
    proof,
    quarantine,
    queue,
    reports,
    reports_list,
    reports_seen,
    reports_tabs,
    resume,
    search,
    second_factor,
    second_factor_new,
    settings_clinic,
    settings_closures,
    settings_hours,
    settings_pause,
    settings_recipients,
    settings_rules,
    settings_texts,
    shift,
    submission,
    to_move,
    unsent,
    users,
    users_one,
    views,
)

VIEWS = (
    *(queue, views, search, claim, quarantine, shift, keys, live),
    *(submission, emergency, any_time, cancelling, contact, keeping, mails),
    *(merging, resume, unsent),
    *(calendar, to_move, feeds),
    *(proof, dashboard, reports, reports_list, reports_seen, reports_tabs),
    *(settings_clinic, settings_recipients, settings_pause, settings_texts),
    *(users, users_one, account, lasting, second_factor_new),
    *(settings_hours, settings_closures, settings_rules),
)
"""Modules whose views stand on the guarded blueprint; importing them adds the views."""


def register(app: Flask) -> None:
    """Add the staff site to the application."""
    app.session_interface = SiteSessions(app.session_interface)
    init_security(app)
    app.register_blueprint(links.blueprint)
    app.register_blueprint(passkeys.blueprint)
    app.register_blueprint(second_factor.blueprint)
    app.register_blueprint(forgotten.blueprint)
    app.register_blueprint(feeds.public)
    app.register_blueprint(guard.blueprint)
    app.add_template_global(passkey_place.passkey_questions)
