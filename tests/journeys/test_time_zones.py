"""The zone in which free times are shown: that of the device, or else that of the state."""

import pytest

from tests.journeys.conftest import PHONE
from tests.journeys.hands import Mouse
from tests.journeys.patient import Patient


@pytest.mark.parametrize(
    ("device", "zone"),
    [
        ("America/Detroit", "Eastern Time"),
        ("America/Phoenix", "Mountain Standard Time"),
        ("Europe/Berlin", "Central Time"),
    ],
)
def test_times_are_shown_in_the_zone_of_the_device(open_page, clinic, device, zone):
    page = open_page(**PHONE, java_script_enabled=True, timezone_id=device)
    patient = Patient(page, clinic.address, Mouse())
    patient.comes_to("/request/times")
    page.get_by_text(f"All times are in {zone}.").wait_for()


def test_without_scripts_the_zone_is_that_of_the_state_and_can_be_changed(patient):
    patient.comes_to("/request/times")
    patient.page.get_by_text("All times are in Central Time.").wait_for()
    patient.page.get_by_text("Not your time zone?").click()
    patient.page.get_by_label("Time zone").select_option("America/New_York")
    patient.presses("Show times in this zone")
    patient.page.get_by_text("All times are in Eastern Time.").wait_for()
