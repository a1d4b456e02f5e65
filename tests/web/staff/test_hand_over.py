"""Handing one request on: who gets the file, and that it is written down."""

import json

from tests import factories, intakes
from tests.browse import Browser
from tests.web.staff.people import actions
from tests.web.staff.test_record import see


def test_a_clinician_downloads_a_request_from_its_record(clinician: Browser) -> None:
    submission = factories.sent()
    path = f"/staff/submissions/{submission.id}/hand-over"
    assert path in see(clinician, submission).links()
    assert "LOINC" in clinician.get(path).text
    file = clinician.submit()
    assert file.headers["Content-Type"].startswith("application/fhir+json")
    name = f"attachment; filename=request-{submission.reference}.json"
    assert file.headers["Content-Disposition"] == name
    assert json.loads(file.body)["entry"][0]["resource"]["birthDate"] == "1985-03-27"
    assert actions()[-1] == "record exported"


def test_the_front_desk_is_not_offered_it(desk: Browser) -> None:
    assert not any("hand-over" in link for link in see(desk, factories.sent()).links())


def test_what_is_printed_says_by_whom_and_when(morning, clinician: Browser) -> None:
    page = see(clinician, factories.sent())
    assert "Printed by Dr. Priya Nair on Mon, Nov 23, 2026, 10:00 am." in page.text


def test_a_part_2_program_asks_for_written_consent(clinician: Browser) -> None:
    submission = intakes.full()
    path = f"/staff/submissions/{submission.id}/hand-over"
    assert "alcohol and drugs" not in clinician.get(path).text
    factories.settle(part_2=True)
    assert "agreed in writing" in clinician.get(path).text
    assert b"have alcohol or drugs" not in clinician.submit().body
    clinician.get(path)
    assert b"have alcohol or drugs" in clinician.submit(has_agreed="yes").body
