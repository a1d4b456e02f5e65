"""What people answer about how they are, and what becomes of it, mails included."""

from playwright.sync_api import expect
from sqlalchemy import func, select

from intake.core.db import db
from intake.submissions.models import Submission
from tests.journeys.conftest import DESKTOP, PHONE
from tests.journeys.hands import Mouse
from tests.journeys.patient import SAFETY, Patient
from tests.journeys.receptionist import Receptionist
from tests.journeys.test_safety import alerts
from tests.processes import wait_for

PHQ9 = "/request/screening/phq9"


def submissions(clinic):
    with clinic.app.app_context():
        count = db.session.scalar(select(func.count()).select_from(Submission))
        db.session.remove()
    return count


def test_a_yes_to_right_now_is_heard_although_the_browser_is_closed(patient, clinic):
    before = len(alerts(clinic))
    patient.comes_to(SAFETY)
    patient.answers_about_safety(yes_to=2)
    patient.says_whether_it_is_now("Yes")
    patient.sees("Please reach out for help now")
    patient.page.context.close()
    wait_for(lambda: len(alerts(clinic)) > before, "the alert to those on call")


def test_thoughts_of_death_alone_show_support_and_alert(patient, clinic):
    before = len(alerts(clinic))
    patient.comes_to(PHQ9)
    *others, last = patient.questions()
    for question in others:
        patient.hands.tick(question.get_by_label("Not at all", exact=True))
    patient.hands.tick(last.get_by_label("Several days", exact=True))
    patient.continues()
    patient.sees("Support is available any time")
    wait_for(lambda: len(alerts(clinic)) > before, "the alert to those on call")
    patient.goes_on()
    patient.sees("More about your mood")


def test_a_thunderclap_headache_leads_to_911(patient, clinic):
    before = len(alerts(clinic))
    patient.comes_to("/request/screening/headache_burden", "migraine")
    emergency = patient.main.get_by_role("group", name="Do you have any of these right now?")
    patient.hands.tick(emergency.get_by_label("Yes", exact=True))
    patient.continues()
    patient.sees("Please get medical help now")
    expect(patient.main.get_by_role("link", name="Call 911")).to_be_visible()
    wait_for(lambda: len(alerts(clinic)) > before, "the alert to those on call")


def test_who_is_under_18_is_told_where_to_turn_and_nothing_is_kept(patient, clinic):
    before = submissions(clinic)
    patient.opens_the_start_page()
    patient.presses_the_link("Start now")
    patient.ticks("What would you like help with?", "Depression")
    patient.ticks("Who is this for?", "Me")
    patient.ticks("Is that person 18 or older?", "No, under 18")
    patient.continues()
    patient.sees("This form is for adults")
    assert submissions(clinic) == before


def test_who_skips_everything_can_answer_later(patient, open_page, clinic):
    for _page in patient.takes_the_whole_way(skipping=True):
        pass
    patient.presses_the_link("Your mood in the last 2 weeks")
    patient.answers_every_question()
    patient.sees("We have your request")
    expect(patient.main.get_by_role("link", name="Your health")).to_be_visible()
    expect(patient.main.get_by_role("link", name="Your mood")).to_have_count(0)

    receptionist = Receptionist(open_page(**DESKTOP), clinic, Mouse())
    receptionist.signs_in_by_a_one_time_link()
    receptionist.opens_the_request_of(f"Dana {patient.family_name}")
    receptionist.sees_on_the_page("Answered 2 of 5 parts.")
    receptionist.presses("Email a link to answer the rest")
    wait_for(lambda: link_to(clinic, patient.email), "the mail with the link")

    elsewhere = open_page(**DESKTOP)
    elsewhere.goto(link_to(clinic, patient.email))
    for part, number in (("Month", "3"), ("Day", "27"), ("Year", "1985")):
        elsewhere.get_by_label(part, exact=True).fill(number)
    elsewhere.get_by_role("button", name="Continue").click()
    expect(elsewhere.get_by_role("heading", level=1)).to_have_text("We have your request")
    elsewhere.get_by_role("link", name="Worry in the last 2 weeks").click()
    expect(elsewhere.get_by_role("heading", level=1)).to_have_text("Worry in the last 2 weeks")


def link_to(clinic, address):
    """The link to go on that somebody was mailed, or None."""
    words = [
        mail.get_body(("plain",)).get_content()
        for mail in clinic.mails()
        if mail["To"] == address and mail["Subject"] == "Your saved form"
    ]
    return next((word for text in words for word in text.split() if "/resume/" in word), None)


def test_in_spanish_the_whole_phq9_is_asked_and_the_receipt_is_spanish(open_page, clinic):
    patient = Patient(open_page(**PHONE), clinic.address, Mouse(), language="es")
    patient.opens_the_start_page()
    patient.presses_the_link("Start now")
    patient.says_what_for("Depression")
    patient.says_how_to_be_reached()
    patient.sees("Your mood in the last 2 weeks")
    assert len(patient.questions()) == 9
    while not patient.is_at("When can you talk?"):
        patient.answers_every_question()
    patient.chooses_the_first_free_time()
    patient.sends_the_request()
    wait_for(lambda: "Recibimos su solicitud" in subjects_to(clinic, patient.email), "the receipt")


def subjects_to(clinic, address):
    return [mail["Subject"] for mail in clinic.mails() if mail["To"] == address]


def test_an_error_leads_to_a_question_that_can_be_seen(open_page, clinic):
    patient = Patient(open_page(**PHONE), clinic.address, Mouse())
    patient.comes_to(PHQ9)
    patient.continues()
    patient.main.get_by_role("link", name="Feeling bad about yourself").click()
    top = patient.questions()[5].locator("legend").bounding_box()["y"]
    stem = patient.main.locator(".stem").bounding_box()
    assert top >= stem["y"] + stem["height"]
