"""Settings of who is told of what, whether that reaches anybody, and a test of each address."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from intake.accounts.permissions import Permission
from intake.accounts.queries import working_addresses
from intake.audit import log
from intake.clinic.clinic import Clinic
from intake.clinic.recipients import all_addresses, told_of
from intake.clinic.safety import example_values
from intake.clinic.service import fresh_clinic
from intake.core import clock
from intake.core.db import unit_of_work
from intake.notifications import bounces
from intake.notifications.queries import MessageState
from intake.staff.guard import blueprint, requires
from intake.staff.proof import proved
from intake.staff.settings import by_me
from intake.staff.settings_document import DocumentPage
from intake.staff.settings_forms_clinic import RecipientsForm
from intake.staff.words import opening, when
from intake.submissions.address_tests import TestedOften, send_test, tests_of

STATES = {
    "queued": "Test on its way",
    "sent": "Test handed over",
    "failed": "Test could not be delivered",
    "returned": "Test came back",
    "cancelled": "Test not sent",
}


class AddressRow(NamedTuple):
    """One address: what became of its last test, and what is wrong with it, if anything is."""

    address: str
    tested: str
    wrong: str
    remark: str


class EventRow(NamedTuple):
    """One event, whether anybody gets its mail, and who does."""

    words: str
    reaches: bool
    addresses: list[AddressRow]


def _checks(clinic: Clinic) -> dict[str, Any]:
    """What the page shows beside the form."""
    addresses, now = all_addresses(clinic), clock.now()
    lost, known = bounces.marked(addresses), working_addresses()
    tests = tests_of(addresses, clinic, now=now)
    about: dict[str, Any] = {"tests": tests, "lost": lost, "known": known, "clinic": clinic}
    rows = {each: _address_row(each, **about) for each in addresses}
    events = [
        EventRow(opening(told.words), told.reaches_somebody, [rows[a] for a in told.addresses])
        for told in told_of(clinic, lost=lost)
    ]
    return {"events": events, "is_example": "staff_recipients" in example_values(clinic)}


def _address_row(
    address: str,
    *,
    tests: Mapping[str, MessageState],
    lost: set[str],
    known: set[str],
    clinic: Clinic,
) -> AddressRow:
    test = tests.get(address)
    at = when(test.sent_at or test.created_at, clinic.tz, clock.now()) if test else ""
    return AddressRow(
        address,
        f"{STATES[test.state]}, {at}" if test else "",
        "Emails to it came back." if address in lost else "",
        "" if address.casefold() in known else "Has no account here to open the link with.",
    )


PAGE = DocumentPage(
    "staff.settings_recipients", "staff/settings_recipients.html", RecipientsForm, _checks
)


@blueprint.get("/settings/recipients")
@requires(Permission.MANAGE_SETTINGS)
@proved
def settings_recipients() -> ResponseReturnValue:
    """Who is told of what."""
    return PAGE.show()


@blueprint.post("/settings/recipients")
@requires(Permission.MANAGE_SETTINGS)
@proved
def save_recipients() -> ResponseReturnValue:
    """Change it."""
    return PAGE.save()


@blueprint.post("/settings/recipients/test")
@requires(Permission.MANAGE_SETTINGS)
def test_recipient() -> ResponseReturnValue:
    """Send a test to one of the addresses."""
    address, clinic = request.form.get("address", ""), fresh_clinic()
    if address not in all_addresses(clinic):
        abort(400)
    me = by_me()
    try:
        with unit_of_work():
            send_test(address, clinic, now=me["now"])
            log.record("test mail asked for", **me, detail=address)
    except TestedOften:
        flash(f"{address} has had all its tests of today. Try again tomorrow.")
    else:
        flash(f"A test is on its way to {address}. Ask whether it arrived.")
    return redirect(url_for("staff.settings_recipients"), code=303)
