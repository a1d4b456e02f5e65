"""Somebody says that it is now and closes the browser; the clinic must act without them."""

from playwright.sync_api import expect

from tests.journeys.conftest import DESKTOP
from tests.journeys.hands import Keyboard
from tests.journeys.receptionist import Receptionist
from tests.journeys.requests import cry_for_help_from
from tests.processes import wait_for


def test_a_cry_for_help_is_mailed_seen_and_acknowledged(open_page, clinic):
    before = len(alerts(clinic))
    unsent = cry_for_help_from(clinic)
    wait_for(lambda: len(alerts(clinic)) > before, "the alert to those on call")

    receptionist = Receptionist(open_page(**DESKTOP), clinic, Keyboard())
    receptionist.signs_in_by_a_one_time_link("clinician@example.com")
    receptionist.sees_on_the_page(unsent.name)  # above the queue, or first in it if others are, too
    receptionist.opens_the_request_of(unsent.name)
    receptionist.sees_on_the_page("Not yet acknowledged, 0 min")
    receptionist.writes_down("Reached – handed to a clinician", "She is on the line with Dr. Nair.")
    receptionist.sees_on_the_page("Acknowledged by Dr. Priya Nair")
    receptionist.sees_on_the_page("Alert to the backup contact: not sent, no longer needed")

    receptionist.page.goto(f"{clinic.address}/staff/")
    expect(receptionist.page.get_by_text(unsent.name)).to_have_count(0)
    receptionist.page.goto(f"{clinic.address}/staff/?tab=over")
    receptionist.sees_on_the_page(unsent.name)


def alerts(clinic):
    """The subjects of the alerts that were sent; none may say anything about a person."""
    return [
        mail["Subject"]
        for mail in clinic.mails()
        if mail["Subject"] == "Urgent: intake needs review now"
    ]
