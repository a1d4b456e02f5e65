"""Requests that are there already when a journey begins."""

import random
import string
from dataclasses import dataclass

from tests.processes import Installation
from tests.web.patient import journey


@dataclass(frozen=True)
class Sent:
    """A request with a chosen time, as the front desk knows it."""

    name: str
    email: str


def request_from(clinic: Installation) -> Sent:
    """Somebody whose name nobody else has sends a request, without a browser on a screen."""
    family_name = "".join(random.choices(string.ascii_lowercase, k=8)).capitalize()
    email = f"{family_name.lower()}@example.org"
    browser = clinic.browser()
    journey.to_contact(browser)
    browser.submit(**journey.CONTACT | {"family_name": family_name, "email": email})
    browser.submit(**journey.NO_THOUGHTS)
    journey.skip_to(browser, "/request/times")
    journey.choose_time(browser)
    page = browser.submit()
    assert page.path == "/request/done", page.text
    return Sent(f"{journey.CONTACT['given_name']} {family_name}", email)
