import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import DESKTOP, PHONE, ZOOMED
from tests.journeys.hands import Keyboard, Mouse
from tests.journeys.patient import SAFETY, Patient
from tests.journeys.receptionist import Receptionist
from tests.processes import Installation, wait_for


@pytest.mark.parametrize(
    ("hands", "screen"), [(Mouse(), PHONE), (Keyboard(), ZOOMED)], ids=["touch", "keyboard"]
)
def test_a_patient_asks_for_a_consultation(open_page, clinic, hands, screen):
    patient = Patient(open_page(**screen), clinic.address, hands)
    for _ in patient.takes_the_whole_way():
        pass
    assert patient.reference
    expect(patient.main).to_contain_text("We are holding this time for you")


def test_the_short_way_needs_two_pages(patient):
    patient.opens_the_start_page()
    patient.asks_for_a_call()
    patient.answers_about_safety()
    patient.sees("We have your request")
    assert patient.reference


@pytest.mark.parametrize(
    ("now", "heading"),
    [("Yes", "Please reach out for help now"), ("No", "Support is available any time")],
)
def test_a_patient_with_thoughts_of_suicide_sees_help_and_may_go_on(patient, now, heading):
    patient.comes_to(SAFETY)
    patient.answers_about_safety(yes_to=2)
    patient.says_whether_it_is_now(now)
    patient.sees(heading)
    expect(patient.main.locator("a[href='tel:988']").first).to_be_visible()
    patient.goes_on()
    patient.sees("Your mood in the last 2 weeks")


def test_staff_learn_at_once_of_somebody_in_danger(patient, open_page, clinic):
    """Before the request is sent, and whether or not it ever is."""
    patient.comes_to(SAFETY)
    patient.answers_about_safety(yes_to=3)
    patient.says_whether_it_is_now("Yes")
    patient.sees("Please reach out for help now")
    receptionist = Receptionist(open_page(**DESKTOP), clinic, Mouse())
    receptionist.signs_in_by_a_one_time_link()
    receptionist.opens_the_request_of(f"Dana {patient.family_name}")
    receptionist.sees_on_the_page("Urgent: call now")
    number = receptionist.record_number
    wait_for(lambda: number in words_of_alarms(clinic), "the mail to the clinician on call")


def words_of_alarms(clinic: Installation) -> str:
    mails = [mail for mail in clinic.mails() if mail["To"] == "clinician@example.com"]
    return "".join(mail.get_body(("plain",)).get_content() for mail in mails)
