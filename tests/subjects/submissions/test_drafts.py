from datetime import timedelta

import pytest
from sqlalchemy import select

from intake.clinic.service import current_clinic
from intake.core.db import db, unit_of_work
from intake.core.tokens import token_hash
from intake.notifications.models import Message
from intake.retention import purge
from intake.screening.errors import AnswerError
from intake.submissions import drafts
from intake.submissions.models import Submission
from tests import factories
from tests.factories import MONDAY_MORNING as NOW


def save(draft, instrument, answers, **options):
    with unit_of_work():
        return drafts.save_answers(draft, instrument, answers, current_clinic(), now=NOW, **options)


def mails(name):
    return db.session.scalars(select(Message).where(Message.name == name)).all()


def test_a_draft_is_found_by_its_secret_only(app):
    with unit_of_work():
        draft, token = drafts.begin(factories.START, current_clinic(), language="en", now=NOW)
    found = drafts.by_cookie(token, now=NOW)
    assert found is not None
    assert (found.id, found.contact) == (draft.id, draft.contact)
    assert drafts.by_cookie("another", now=NOW) is None
    assert draft.cookie_hash == token_hash(token) != token


def test_a_draft_expires_after_the_clinics_days(app):
    with unit_of_work():
        _draft, token = drafts.begin(factories.START, current_clinic(), language="en", now=NOW)
    assert drafts.by_cookie(token, now=NOW + timedelta(days=13)) is not None
    assert drafts.by_cookie(token, now=NOW + timedelta(days=14)) is None


def test_references_avoid_letters_that_look_alike(app):
    draft = factories.begin()
    assert not set(draft.reference) & set("01OIL")
    assert len(draft.reference) == 8


def test_a_yes_alerts_those_on_call_before_question_five_is_answered(app):
    draft = factories.begin()
    save(draft, "asq", {**factories.NO_THOUGHTS, "q1": "yes"})
    assert draft.level == "urgent_acute"
    assert [mail.recipient for mail in mails("urgent")] == ["clinician@example.com"]


def test_a_no_to_right_now_makes_it_urgent_but_not_acute(app):
    draft = factories.begin()
    save(draft, "asq", {**factories.NO_THOUGHTS, "q1": "yes"})
    save(draft, "asq", {**factories.NO_THOUGHTS, "q1": "yes", "q5": "no"})
    assert draft.level == "urgent"


def test_taking_back_a_yes_does_not_take_back_the_flag(app):
    draft = factories.begin()
    save(draft, "asq", {**factories.NO_THOUGHTS, "q1": "yes"})
    save(draft, "asq", factories.NO_THOUGHTS)
    assert draft.level == "urgent_acute"
    save(draft, "asq", {**factories.NO_THOUGHTS, "q1": "yes", "q5": "yes"})
    save(draft, "asq", {**factories.NO_THOUGHTS, "q1": "yes", "q5": "no"})
    assert draft.level == "urgent_acute"


def test_the_same_level_alerts_once(app):
    draft = factories.begin()
    for _ in range(3):
        save(draft, "asq", {**factories.NO_THOUGHTS, "q4": "yes", "q5": "no"})
    assert len(mails("urgent")) == 1


def test_item_nine_alone_is_urgent(app):
    draft = factories.begin()
    save(draft, "phq9", {**factories.MILD_MOOD, "q1": 0, "q9": 1})
    assert draft.level == "urgent"
    assert len(mails("urgent")) == 1


def test_a_skipped_instrument_leaves_no_answers_behind(app):
    draft = factories.begin()
    save(draft, "peg", {"p": 3, "e": 4, "g": 5})
    save(draft, "peg", None)
    assert "peg" not in draft.answers
    assert draft.answers["skipped"] == ["peg"]


def test_only_unflagged_drafts_expire_for_good(app):
    flagged = factories.begin()
    factories.begin()
    save(flagged, "asq", {**factories.NO_THOUGHTS, "q1": "yes", "q5": "no"})
    gone = purge.run(current_clinic(), now=NOW + timedelta(days=30))
    assert gone["forms never sent"] == 1
    left = db.session.scalars(select(Submission.id)).all()
    assert left == [flagged.id]


def test_an_answer_the_instrument_does_not_know_is_refused(app):

    with pytest.raises(AnswerError):
        save(factories.begin(), "phq9", {"q1": 4})
