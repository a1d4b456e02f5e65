"""One request as a FHIR bundle: valid by the standard, complete, and recorded."""

import json
from datetime import timedelta

import pytest
from fhir.resources.R4B.bundle import Bundle
from sqlalchemy import select

from intake.audit.models import AuditEntry
from intake.clinic.service import current_clinic
from intake.core.db import db, unit_of_work
from intake.exports.fhir_answers import answers_in
from intake.exports.service import hand_over
from intake.screening.catalog import load_catalog
from intake.screening.scoring import score
from intake.submissions import consents
from intake.submissions.given import answers_in as stored_answers
from tests import factories, intakes
from tests.appointments import booked
from tests.factories import MONDAY_MORNING

pytestmark = pytest.mark.usefixtures("app")


def exported(submission, *, has_agreed=False):
    with unit_of_work():
        about = {"has_agreed": has_agreed, "actor": "user:1", "now": MONDAY_MORNING}
        bundle = hand_over(submission, current_clinic(), **about)
    return Bundle.model_validate_json(json.dumps(bundle)) and bundle


def of_type(bundle, kind):
    found = (entry["resource"] for entry in bundle["entry"])
    return [each for each in found if each["resourceType"] == kind]


def test_a_full_intake_is_valid_and_gives_the_same_scores():
    submission, catalog = intakes.full(), load_catalog()
    given = stored_answers(submission.answers)
    responses = {
        name_of(each["questionnaire"]): each
        for each in of_type(exported(submission), "QuestionnaireResponse")
    }
    assert responses.keys() == given.keys()
    for name, each in responses.items():
        assert score(catalog[name], answers_in(each, catalog[name])) == score(
            catalog[name], given[name]
        )


def name_of(questionnaire):
    """The instrument that an address of a questionnaire means."""
    panels = {each.loinc.get("panel"): name for name, each in load_catalog().items()}
    last = questionnaire.split("/")[-1].split("|")[0]
    return panels.get(last, last)


def test_it_says_who_and_when_and_what_was_agreed_to_and_is_recorded():
    submission = booked()
    bundle = exported(submission)
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.seq.desc())).first()
    assert (entry.action, entry.actor) == ("record exported", "user:1")
    assert entry.subject_id == submission.id
    (patient,) = of_type(bundle, "Patient")
    assert patient["name"] == [{"use": "official", "family": "Whitfield", "given": ["Dana"]}]
    assert patient["identifier"][0]["value"] == submission.reference
    (call,) = of_type(bundle, "Appointment")
    assert call["status"] == "booked"
    assert len(of_type(bundle, "Consent")) == 5  # the notice, calls, voicemail, e-mail, reminders


def test_a_consent_that_was_taken_back_is_inactive():
    submission = factories.sent()
    with unit_of_work():
        consents.revoke(submission.id, "email", now=MONDAY_MORNING + timedelta(days=1))
    ended = [
        each for each in of_type(exported(submission), "Consent") if each["status"] == "inactive"
    ]
    assert [each["provision"]["code"][0]["text"] for each in ended] == ["Contact by email"]
    assert ended[0]["provision"]["period"]["end"].startswith("2026-11-24")


def test_a_draft_with_hardly_anything_in_it_is_valid_too():
    assert of_type(exported(factories.begin()), "QuestionnaireResponse") == []


def test_a_command_prints_it(app):
    submission = factories.sent()
    done = app.test_cli_runner().invoke(args=["export", submission.reference.lower()])
    assert json.loads(done.output)["resourceType"] == "Bundle"
    unsent = app.test_cli_runner().invoke(args=["export", factories.begin().reference])
    assert unsent.exit_code == 1
    assert "There is no request" in unsent.output


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("part_2", "has_agreed", "is_told"),
    [(False, False, True), (True, False, False), (True, True, True)],
)
def test_alcohol_and_drugs_go_with_consent_only_under_part_2(part_2, has_agreed, is_told):
    factories.settle(part_2=part_2)
    bundle = exported(intakes.full(), has_agreed=has_agreed)
    assert ("have alcohol or drugs" in json.dumps(bundle)) == is_told
    is_marked = "42 CFR part 2 prohibits unauthorized use" in json.dumps(bundle)
    assert is_marked == (part_2 and has_agreed)
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.seq.desc())).first()
    assert ("by written consent" in entry.detail) == is_marked


@pytest.mark.sqlite
def test_a_consent_given_with_the_request_counts_until_it_is_taken_back():
    factories.settle(part_2=True)
    submission, now = intakes.full(), MONDAY_MORNING
    with unit_of_work():
        for _ in range(2):
            consents.give(submission.id, consents.SUBSTANCES, "2026-11", now=now)
    assert "have alcohol or drugs" in json.dumps(exported(submission))
    with unit_of_work():
        assert consents.revoke(submission.id, consents.SUBSTANCES, now=now)
    assert "have alcohol or drugs" not in json.dumps(exported(submission))
