"""axe finds nothing on any page: WCAG 2.2 A and AA, and its best practices.

Each page is looked at on a desktop, at 320 pixels with spaced text, in the dark, with more contrast
and in forced colors.
"""

import re

from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.db import db
from intake.exports import counting
from tests.journeys.conftest import DESKTOP
from tests.journeys.hands import Mouse
from tests.journeys.patient import SAFETY, Patient
from tests.journeys.receptionist import Receptionist
from tests.journeys.requests import cry_for_help_from, request_from
from tests.journeys.states import WITH_AXE, check
from tests.journeys.test_booking import mails_to
from tests.journeys.test_own_call import link_in

PUBLIC = (
    *("/learn", "/privacy", "/accessibility", "/urgent-help", "/not-for-you"),
    *("/request/call-me", "/my-data", "/staff/sign-in", "/staff/forgot-password"),
    *("/no-such-page", "/dev/mail/"),
)


def test_the_patients_way(open_page, clinic):
    patient = Patient(open_page(**WITH_AXE), clinic.address, Mouse())
    for _ in patient.takes_the_whole_way(skipping=True):
        check(patient.page)


def test_the_pages_about_ones_data(open_page, clinic):
    sent = request_from(clinic)
    (receipt,) = mails_to(sent.email, clinic, number=1)
    link = re.search(r"http\S+/my-data/\S+", receipt.get_body(("plain",)).get_content())[0]
    page = open_page(**WITH_AXE)
    for path in (link, f"{link}/delete", f"{link}/withdraw", f"{link}/copy"):
        page.goto(path)
        check(page)
    for part, number in (("Month", "3"), ("Day", "27"), ("Year", "1985")):
        page.get_by_label(part, exact=True).fill(number)
    page.get_by_role("button", name="Continue").click()
    check(page)


def test_the_pages_about_ones_account(open_page, clinic):
    desk = Receptionist(open_page(**WITH_AXE), clinic, Mouse())
    desk.signs_in_by_a_one_time_link()
    for path in ("account", "second-factor/new", "second-factor/app"):
        desk.opens(f"/staff/{path}")
        check(desk.page)


def test_the_pages_of_help(open_page, clinic):
    patient = Patient(open_page(**WITH_AXE), clinic.address, Mouse())
    patient.comes_to(SAFETY)
    patient.answers_about_safety(yes_to=2)
    check(patient.page)
    patient.says_whether_it_is_now("Yes")
    patient.sees("Please reach out for help now")
    check(patient.page)
    patient.presses_the_link("Stop here for now")
    patient.sees("We have what you told us")
    check(patient.page)


def test_the_pages_of_a_call(open_page, clinic):
    sent = request_from(clinic)
    receptionist = Receptionist(open_page(**DESKTOP), clinic, Mouse())
    receptionist.signs_in_by_a_one_time_link()
    receptionist.opens_the_request_of(sent.name)
    receptionist.confirms_the_time_that_was_asked_for()
    link = link_in(mails_to(sent.email, clinic, number=2)[1])
    page = open_page(**WITH_AXE)
    for path in (link, f"{link}/times", f"{link}/cancel"):
        page.goto(path)
        check(page)
    page.get_by_role("button", name="Yes, cancel it").click()
    check(page)
    page.goto(f"{clinic.address}/appointment/lost")
    check(page)


def test_the_public_pages(open_page, clinic):
    page = open_page(**WITH_AXE)
    for path in PUBLIC:
        page.goto(clinic.address + path)
        check(page)


def test_errors_on_a_form(open_page, clinic):
    patient = Patient(open_page(**WITH_AXE), clinic.address, Mouse())
    patient.page.goto(f"{clinic.address}/request/call-me")
    patient.continues()
    patient.page.get_by_role("alert").wait_for()
    check(patient.page)


def test_the_staffs_pages(open_page, clinic):
    request_from(clinic)  # by the same phone
    sent = request_from(clinic)
    receptionist = Receptionist(open_page(**WITH_AXE), clinic, Mouse())
    receptionist.signs_in_by_a_one_time_link()
    check(receptionist.page)
    receptionist.opens_the_request_of(sent.name)
    check(receptionist.page)
    receptionist.books_the_last_time_on_offer()
    check(receptionist.page)
    receptionist.page.get_by_role("link", name="Compare the two").first.click()
    check(receptionist.page)


def test_the_calendar(open_page, clinic):
    sent = request_from(clinic)
    receptionist = Receptionist(open_page(**WITH_AXE), clinic, Mouse())
    receptionist.signs_in_by_a_one_time_link()
    receptionist.opens_the_request_of(sent.name)
    number = receptionist.record_number
    receptionist.opens(f"/staff/submissions/{number}/any-time")
    check(receptionist.page)
    receptionist.opens(f"/staff/submissions/{number}/any-time?provider=1&day=2099-01-03&time=20:00")
    check(receptionist.page)
    receptionist.opens(f"/staff/calendar?book={number}")
    check(receptionist.page)
    for path in ("calendar", "calendar?view=day", "calendar/to-move", "calendar/feeds"):
        receptionist.opens(f"/staff/{path}")
        check(receptionist.page)
    receptionist.hands.press(receptionist.page.get_by_role("button", name="Make an address"))
    receptionist.sees_on_the_page("It is shown only now")
    check(receptionist.page)


def test_the_lists_of_the_front_desk(open_page, clinic):
    sent = request_from(clinic)
    receptionist = Receptionist(open_page(**WITH_AXE), clinic, Mouse())
    receptionist.signs_in_by_a_one_time_link()
    check(receptionist.page)
    receptionist.opens("/staff/?language=en&level=routine")
    receptionist.page.get_by_text("Filter", exact=True).click()
    check(receptionist.page)
    receptionist.presses("Save")
    receptionist.sees_on_the_page("There is a problem")
    check(receptionist.page)
    for path in ("shift", "keys", "?tab=suspected", "account", "second-factor/new"):
        receptionist.opens(f"/staff/{path}")
        check(receptionist.page)
    receptionist.opens("/staff/")
    for words in (sent.name, "nobody"):
        receptionist.searches_for(words)
        check(receptionist.page)


def test_the_settings(open_page, clinic):
    administrator = Receptionist(open_page(**WITH_AXE), clinic, Mouse())
    administrator.signs_in_by_a_one_time_link("admin@example.com")
    for path in (
        "clinic",
        "times",
        "recipients",
        "pause",
        "texts",
        "text",
        "hours",
        "closures",
        "booking-rules",
    ):
        administrator.opens(f"/staff/settings/{path}")
        check(administrator.page)
    administrator.opens("/staff/settings/hours")
    administrator.hands.type(administrator.page.get_by_label("Monday"), "nine to five")
    administrator.hands.press(administrator.page.get_by_role("button", name="Save hours"))
    administrator.sees_on_the_page("There is a problem")
    check(administrator.page)


def test_the_staffs_pages_about_an_urgent_flag(open_page, clinic):
    unsent = cry_for_help_from(clinic)
    clinician = Receptionist(open_page(**WITH_AXE), clinic, Mouse())
    clinician.signs_in_by_a_one_time_link("clinician@example.com")
    check(clinician.page)
    clinician.opens_the_request_of(unsent.name)
    check(clinician.page)
    clinician.writes_down("No answer – will try again")
    clinician.sees_on_the_page("Select when you will try again")
    check(clinician.page)
    clinician.writes_down("Reached – safe for now", "A friend is there.")
    clinician.sees_on_the_page("Acknowledged by Dr. Priya Nair")
    clinician.page.get_by_text("Write down another call").click()
    check(clinician.page)


def test_the_reports(open_page, clinic):
    sent = request_from(clinic)
    with clinic.app.app_context():
        counting.refresh(current_clinic(), now=clock.now())
        db.session.remove()
    clinician = Receptionist(open_page(**WITH_AXE), clinic, Mouse())
    clinician.signs_in_by_a_one_time_link("clinician@example.com")
    clinician.opens_the_request_of(sent.name)
    clinician.follows("Hand over to another system")
    check(clinician.page)
    clinician.opens("/staff/dashboard")
    for table in clinician.page.get_by_text("Show as a table").all():
        table.click()
    check(clinician.page)
    every = "dashboard/requests?first=2020-01-01&last=2099-12-31"
    for path in ("dashboard?of=condition-depression", every, "prove"):
        clinician.opens(f"/staff/{path}")
        check(clinician.page)
    administrator = Receptionist(open_page(**WITH_AXE), clinic, Mouse())
    administrator.signs_in_by_a_one_time_link("admin@example.com")
    administrator.opens_the_request_of(sent.name)
    administrator.follows("Who saw this")
    check(administrator.page)
