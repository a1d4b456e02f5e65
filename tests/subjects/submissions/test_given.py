"""Answers that were given before stay beside those that count now."""

from datetime import timedelta

import pytest

from intake.clinic.service import current_clinic
from intake.core.db import unit_of_work
from intake.submissions import drafts
from intake.submissions.given import KEPT, answers_in, earlier_in, given_at
from tests import factories
from tests.factories import MONDAY_MORNING as NOW

LOW, HIGH = {"p": 2, "e": 2, "g": 2}, {"p": 8, "e": 8, "g": 8}
LATER = NOW + timedelta(days=3)


@pytest.fixture
def draft(app):
    return factories.begin()


def save(draft, answers, *, now=NOW, instrument="peg"):
    with unit_of_work():
        drafts.save_answers(draft, instrument, answers, current_clinic(), now=now)


def test_an_answer_changed_later_is_kept_with_its_time(draft):
    save(draft, HIGH)
    save(draft, LOW, now=LATER)
    assert draft.answers["peg"] == LOW
    assert earlier_in(draft.answers, "peg") == [{"at": NOW.isoformat(), "answers": HIGH}]
    assert given_at(draft.answers, "peg") == LATER


def test_more_answers_replace_nothing(draft):
    save(draft, {"p": 8})
    save(draft, HIGH)
    save(draft, HIGH, now=LATER)
    assert earlier_in(draft.answers, "peg") == []


def test_an_answer_that_is_taken_back_is_kept(draft):
    save(draft, {"exposure": "yes", "q1": "yes"}, instrument="pc_ptsd_5")
    save(draft, {"exposure": "no"}, instrument="pc_ptsd_5")
    assert earlier_in(draft.answers, "pc_ptsd_5")[0]["answers"]["q1"] == "yes"


def test_the_first_and_the_latest_answers_are_kept_however_often_they_change(draft):
    for number in range(11):
        save(draft, {"p": number})
    first_answers = [each["answers"]["p"] for each in earlier_in(draft.answers, "peg")]
    assert first_answers == [0, 6, 7, 8, 9]
    assert len(first_answers) == KEPT


def test_only_the_latest_answers_count(draft):
    save(draft, HIGH)
    save(draft, LOW)
    assert answers_in(draft.answers) == {"peg": LOW}
    assert [note["rule"] for note in draft.triage["notes"]] == []


def test_a_reason_keeps_question_answer_and_version_although_the_answer_changes(draft):
    save(draft, factories.NO_THOUGHTS | {"q1": "yes", "q5": "yes"}, instrument="asq")
    save(draft, factories.NO_THOUGHTS, instrument="asq", now=LATER)
    (reason,) = (each for each in draft.triage["reasons"] if each["rule"] == "S1")
    assert reason["answers"] == [
        {"item": "asq.q1", "answer": "yes", "version": "1.0"},
        {"item": "asq.q5", "answer": "yes", "version": "1.0"},
    ]
    assert reason["at"] == NOW.isoformat()
