"""Settings of the clinic itself: what patients read, by when they hear from it, and refusals."""

from dataclasses import replace
from datetime import time

import pytest
from flask import Flask

from intake.clinic.clinic import EXAMPLE_CLINIC, CrisisLine
from intake.clinic.service import fresh_clinic
from intake.screening.level import Level
from tests import factories
from tests.browse import Browser
from tests.web.staff.people import actions, let_in
from tests.web.staff.test_settings_recipients import details

CLINIC = "/staff/settings/clinic"
TIMES = "/staff/settings/times"


pytestmark = pytest.mark.usefixtures("morning")


@pytest.mark.parametrize("path", [CLINIC, TIMES])
def test_saving_a_page_as_it_is_changes_nothing(admin: Browser, path: str) -> None:
    admin.get(path)
    page = admin.submit()
    assert "The settings are saved" in page.text
    assert replace(fresh_clinic(), closed=frozenset()) == EXAMPLE_CLINIC
    assert "setting changed" not in actions()


def test_what_patients_read_changes_at_once(admin: Browser, app: Flask) -> None:
    admin.get(CLINIC)
    admin.submit(
        name="Quiet Harbor",
        phone_number="312 555 0170",
        day_0="9am-noon, 1-4pm",
        states="il wi",
        languages=["en", "es"],
        first_language="es",
        crisis_lines="Call 116 123.\nEmergency? 112",
    )
    clinic = fresh_clinic()
    assert clinic.phone == "(312) 555-0170"
    assert clinic.weekly_hours[0] == ((time(9), time(12)), (time(13), time(16)))
    assert (clinic.states, clinic.languages) == (("IL", "WI"), ("es", "en"))
    assert clinic.crisis_lines == (
        CrisisLine("Call 116 123.", "116 123"),
        CrisisLine("Emergency? 112", "112"),
    )
    home = Browser(app).get("/?lang=en")
    assert "Quiet Harbor" in home.text
    assert "tel:116123" in home.links()
    assert 'name: "Iconic Infusions" -> "Quiet Harbor"' in details()
    past = admin.get(CLINIC).text
    assert "Name: Iconic Infusions → Quiet Harbor Sam Lindqvist, today 10:00 am" in past
    assert "Languages: en, es → es, en" in past
    assert "→ Mon 9:00 am – 12:00 pm, 1:00 pm – 4:00 pm; Tue 9:00 am – 5:00 pm;" in past
    assert "Changes before" not in admin.get(TIMES).text


NONSENSE = {
    "name": ("", "Enter the clinic's name"),
    "phone_number": ("12", "Enter a phone number"),
    **{f"day_{number}": ("", "Enter office hours on at least one day") for number in range(7)},
    "states": ("IL, Wisconsin", "“WISCONSIN” is not a US state"),
    "languages": (["en"], ""),
    "first_language": ("es", "Select a language that you offer"),
    "crisis_lines": ("Call 988 or 911.", "Line 1 needs one phone number"),
    "notice_version": ("", "Enter a version"),
}
UNLIKELY = {
    "retry_hours": ("4, soon", "Enter whole hours from 1 to"),
    "response_minutes": ("0", "Enter a number from 1 to 9999"),
    "escalation_minutes": ("soon", "Enter a number from 1 to 240"),
    "draft_days": ("366", "Enter a number from 1 to 365"),
}


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        (CLINIC, NONSENSE),
        (CLINIC, {"crisis_lines": ("", "Enter at least one line of help")}),
        (TIMES, UNLIKELY),
        (TIMES, {"review_minutes": ("481", "at most as many minutes")}),
        (TIMES, {"acute_response_minutes": ("", "the minutes until a call")}),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(
    admin: Browser, path: str, wrong: dict[str, tuple[object, str]]
) -> None:
    admin.get(path)
    page = admin.submit(**{name: value for name, (value, _said) in wrong.items()})
    assert page.status == 400
    assert [said for _value, said in wrong.values() if said not in page.text] == []
    assert "setting changed" not in actions()


def test_a_target_of_its_own_for_reviews_counts_for_staff_and_is_not_promised(
    admin: Browser,
) -> None:
    admin.get(TIMES)
    admin.submit(review_minutes="60", retry_hours="2, 4", reminder_hours="")
    clinic = fresh_clinic()
    assert clinic.target_minutes(Level.CLINICIAN_REVIEW) == 60
    assert clinic.target_minutes(Level.ROUTINE) == 480
    assert (clinic.retry_hours, clinic.reminder_hours) == ((2, 4), ())


def test_changes_on_another_page_do_not_get_in_the_way(app: Flask, admin: Browser) -> None:
    factories.user("second@example.com", "administrator")
    other = let_in(Browser(app), "second@example.com")
    other.get(TIMES)
    admin.get(CLINIC)
    admin.submit(name="Quiet Harbor")
    assert "The settings are saved" in other.submit(draft_days="7").text
    assert (fresh_clinic().name, fresh_clinic().draft_days) == ("Quiet Harbor", 7)
