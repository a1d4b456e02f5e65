"""Requests that are there already when a journey begins."""

import random
import string
from dataclasses import dataclass

from tests.over_http import RemoteBrowser
from tests.processes import Installation
from tests.web.patient import journey


@dataclass(frozen=True)
class Sent:
    """A request with a chosen time, as the front desk knows it."""

    name: str
    email: str


def request_from(clinic: Installation, family_name: str = "") -> Sent:
    """Somebody sends a request, without a browser on a screen; by default under a new name."""
    browser, sent = _at_times(clinic, family_name or new_name())
    journey.choose_time(browser)
    return _sent(browser, sent)


def request_to_call_from(clinic: Installation) -> Sent:
    """The same of somebody who chose no time, and waits for a call."""
    browser, sent = _at_times(clinic, new_name())
    browser.submit(slot="none", availability=["mon-morning"], channel="phone")
    return _sent(browser, sent)


def _at_times(clinic: Installation, name: str) -> tuple[RemoteBrowser, Sent]:
    browser, sent = _known_by_name(clinic, name)
    browser.submit(**journey.NO_THOUGHTS)
    journey.skip_to(browser, "/request/times")
    return browser, sent


def _sent(browser: RemoteBrowser, sent: Sent) -> Sent:
    page = browser.submit()
    assert page.path == "/request/done", page.text
    return sent


def cry_for_help_from(clinic: Installation, family_name: str = "") -> Sent:
    """Somebody says that it is now, and closes the browser on the page of help."""
    browser, unsent = _known_by_name(clinic, family_name or new_name())
    browser.submit(**journey.NO_THOUGHTS | {"q1": "yes"})
    page = browser.submit(q5="yes")
    assert page.path == "/request/help-now", page.text
    return unsent


def new_name() -> str:
    """A family name that nobody else has."""
    return "".join(random.choices(string.ascii_lowercase, k=8)).capitalize()


def begun(address: str, family_name: str, **start: object) -> RemoteBrowser:
    """A browser at the questions about safety, in which somebody has said how to be reached."""
    browser = RemoteBrowser(address)
    journey.to_contact(browser, **start)
    email = f"{family_name.lower()}@example.org"
    browser.submit(**journey.CONTACT | {"family_name": family_name, "email": email})
    return browser


def _known_by_name(clinic: Installation, name: str) -> tuple[RemoteBrowser, Sent]:
    sent = Sent(f"{journey.CONTACT['given_name']} {name}", f"{name.lower()}@example.org")
    return begun(clinic.address, name), sent
