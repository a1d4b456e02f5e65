"""The record of one submission: who sees what of it, and that every look is recorded."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from intake.audit.log import verify
from intake.audit.models import AuditEntry
from intake.clinic.service import current_clinic
from intake.core.db import db, unit_of_work
from intake.notifications.models import Message
from intake.notifications.outbox import void
from intake.submissions import drafts
from intake.submissions.models import Submission
from intake.submissions.staff_emails import flag_topic
from tests import factories
from tests.browse import Browser, Page
from tests.factories import MONDAY_MORNING
from tests.web.staff.people import actions, let_in, person

YES_NOW = {"q1": "yes", "q2": "no", "q3": "no", "q4": "no", "q5": "yes"}
SEVERE = {f"q{number}": 3 for number in range(1, 9)} | {"q9": 0, "q10": 3}


def path_of(submission: Submission) -> str:
    return f"/staff/submissions/{submission.id}"


def see(browser: Browser, submission: Submission) -> Page:
    return browser.get(path_of(submission))


def answered(submission: Submission, instrument: str, answers: object) -> Submission:
    with unit_of_work():
        drafts.save_answers(
            submission,
            instrument,
            answers,  # type: ignore[arg-type]
            current_clinic(),
            now=MONDAY_MORNING,
        )
    return submission


def test_it_shows_who_it_is_and_how_to_reach_them(desk: Browser) -> None:
    submission = factories.sent(preferred_name="Dee")
    page = see(desk, submission)
    assert page.h1 == "Dee Whitfield"
    for words in (
        *(submission.reference, "(312) 555-0198", "Dana Whitfield", "March 27, 1985 (41)"),
        *("dana@example.org", "Call, Email", "Any time", "Tue morning", "Phone", "IL", "English"),
    ):
        assert words in page.text, words
    assert "tel:+13125550198" in page.links()


@pytest.mark.parametrize(
    ("allowed", "words", "script"),
    [
        ("clinic", "may say it is the clinic", "this is Marta from Iconic Infusions."),
        ("name_only", "first name and number only", "Hello Dana, this is Marta. Please call me"),
        ("no", "No voicemail", ""),
    ],
)
def test_the_voicemail_words_respect_the_permission(
    desk: Browser, allowed: str, words: str, script: str
) -> None:
    page = see(desk, factories.sent(voicemail_ok=allowed))
    assert words in page.text
    assert ("What to say on voicemail" in page.text) == bool(script)
    assert script in page.text


def test_what_to_say_is_in_the_language_of_whom_they_call(desk: Browser) -> None:
    submission = factories.sent(voicemail_ok="clinic")
    with unit_of_work():
        submission.language = "es"
    text = see(desk, submission).text
    assert "Hola, Dana. Habla Marta de Iconic Infusions." in text
    assert "In English: “Hello Dana, this is Marta from Iconic Infusions. Please call me" in text
    assert "¿Hablo con Dana?" in text
    assert "In English" not in see(desk, factories.sent()).text


def test_it_warns_when_calls_were_not_chosen(desk: Browser) -> None:
    assert "Did not choose phone calls" in see(desk, factories.sent(contact_by=["email"])).text
    assert "Did not choose phone calls" not in see(desk, factories.sent()).text


@pytest.mark.parametrize(
    ("state", "words"),
    [("TX", "Lives in TX. The clinic may see people in"), ("other", "Lives outside"), ("IL", "")],
)
def test_staff_are_told_of_a_state_that_the_clinic_does_not_serve(
    desk: Browser, state: str, words: str
) -> None:
    text = see(desk, factories.sent(state=state)).text
    assert ("The clinic may see people in" in text) == bool(words)
    assert words in text


def test_a_draft_without_a_name_or_phone_can_be_opened(desk: Browser) -> None:
    draft = answered(factories.begin(), "asq", YES_NOW)
    page = see(desk, draft)
    assert page.h1 == "Name not given yet"
    assert "No phone number was given" in page.text
    assert "Not sent yet" in page.text


def test_clinicians_read_scores_and_answers_before_the_free_times(clinician: Browser) -> None:
    text = see(clinician, factories.sent()).text
    assert text.index("Scores") < text.index("Book a call")


def test_mails_that_nobody_needs_any_more_are_folded_away(desk: Browser) -> None:
    submission = answered(factories.sent(), "asq", YES_NOW)
    with unit_of_work():
        void(flag_topic(submission))
    page = see(desk, submission)
    words = page.text.index("Show all: 1 not needed any more")
    assert page.text.index("no longer needed") > words


def test_the_front_desk_is_told_that_there_are_other_reasons_but_not_which(
    desk: Browser, clinician: Browser
) -> None:
    submission = answered(factories.sent(), "phq9", SEVERE)
    page = see(desk, submission)
    assert "1 reason is for a clinician to read" in page.text
    assert "severe range" not in page.text
    assert "severe range" in see(clinician, submission).text


def test_scores_and_answers_are_for_those_who_may_see_answers(
    desk: Browser, clinician: Browser
) -> None:
    submission = answered(factories.sent(), "phq9", SEVERE)
    page = see(clinician, submission)
    for words in ("24 / 27", "Severe", "9 of 9 answered", "Nearly every day", "Feeling tired"):
        assert words in page.text, words
    body = see(desk, submission).text
    for words in (
        "PHQ",
        "24 /",
        "Nearly every day",
        "Feeling tired",
        "Scores",
        "wished you were dead",
    ):
        assert words not in body, words


def test_an_incomplete_score_says_what_it_is_at_least(clinician: Browser) -> None:
    submission = answered(factories.sent(), "phq9", {"q1": 3, "q2": 2, "q9": 0})
    page = see(clinician, submission)
    assert "Not complete" in page.text
    assert "3 of 9 answered, at least 5 (Mild)" in page.text


def test_skipped_instruments_are_named(clinician: Browser) -> None:
    submission = answered(factories.sent(), "gad7", None)
    assert "Generalized Anxiety Disorder" in see(clinician, submission).text


def test_every_look_is_recorded_with_who_and_what(desk: Browser) -> None:
    submission = factories.sent()
    see(desk, submission)
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.seq.desc())).first()
    assert entry is not None
    assert (entry.action, entry.actor, entry.subject_id) == (
        *("record viewed", person().actor),
        submission.id,
    )
    assert entry.request_id
    assert verify().fault is None


def test_looking_changes_nothing_else(desk: Browser) -> None:
    submission = factories.sent()
    version, before = submission.version, len(actions())
    see(desk, submission)
    db.session.expire_all()
    assert db.session.get_one(Submission, submission.id).version == version
    assert len(actions()) == before + 1


def test_messages_show_what_became_of_them(desk: Browser) -> None:
    submission = factories.sent()
    assert "Receipt to the patient: waiting to be sent" in see(desk, submission).text
    with unit_of_work():
        for message in db.session.scalars(select(Message)):
            message.state, message.sent_at = "sent", MONDAY_MORNING
            if message.name == "received":
                message.state = "failed"
    text = see(desk, submission).text
    assert "Receipt to the patient: could not be delivered. Please phone instead." in text
    assert "Notice to the front desk: sent" in text


def test_a_note_is_kept_and_shown_with_its_author(desk: Browser) -> None:
    submission = factories.sent()
    see(desk, submission)
    page = desk.post(path_of(submission) + "/notes", {"body": "Prefers <b>Dee</b>.\nCall late."})
    assert page.status == 200
    assert "Prefers <b>Dee</b>. Call late." in page.text
    assert "Marta Ruiz, today" in page.text
    assert "note added" in actions()


@pytest.mark.parametrize("body", ["", "   ", "x" * 2001])
def test_a_note_that_cannot_be_kept_is_shown_again(desk: Browser, body: str) -> None:
    submission = factories.sent()
    see(desk, submission)
    page = desk.post(path_of(submission) + "/notes", {"body": body})
    assert page.status == 400
    assert "There is a problem" in page.text
    assert body.strip() in page.text


def test_the_age_is_counted_on_the_day_of_the_clinic(app: Flask, desk: Browser) -> None:
    submission = factories.sent(dob="1985-11-24")
    with time_machine.travel(MONDAY_MORNING, tick=False):
        browser = let_in(Browser(app))
        assert "November 24, 1985 (40)" in see(browser, submission).text
    with time_machine.travel(MONDAY_MORNING + timedelta(days=1), tick=False):
        browser = let_in(Browser(app))
        assert "November 24, 1985 (41)" in see(browser, submission).text


def test_it_names_requests_that_may_be_of_the_same_person(desk: Browser) -> None:
    dana, twice = factories.sent(), factories.sent(dob="1958-03-27", given_name="Doris")
    unsent = factories.fill(factories.begin())
    page = see(desk, dana)
    assert "Maybe asked before: 2" in page.text
    assert "Same phone, same email, same name and birth date" in page.text
    assert f"{twice.reference} · New" in page.text
    assert path_of(twice) in page.links()
    assert f"{unsent.reference} · Not sent yet" in page.text
    assert path_of(unsent) not in page.links()  # what nobody has sent, nobody opens


def test_its_history_says_who_did_what(desk: Browser) -> None:
    submission = factories.sent()
    see(desk, submission)
    desk.post(path_of(submission) + "/notes", {"body": "Called back."})
    page = see(desk, submission)
    told = page.text[page.text.index("Who did what:") :]
    assert told.index("Note added Marta Ruiz") < told.index("Submission sent The patient")
    assert "Record viewed" not in told
