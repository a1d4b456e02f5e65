"""The urgent flag: raised for each danger, closed by a person, opened again."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from intake.accounts.models import User
from intake.audit.log import verify
from intake.audit.models import AuditEntry
from intake.clinic.service import current_clinic, save_clinic
from intake.core.db import db, unit_of_work
from intake.core.tokens import new_id
from intake.submissions import drafts, queries, service
from intake.submissions.flags import UnknownAlarm, acknowledge
from intake.submissions.models import Acknowledgement, Submission
from tests import factories
from tests.factories import MONDAY_MORNING as NOW
from tests.subjects.submissions.danger import (
    ITEM_NINE,
    MINUTE,
    NOT_NOW,
    RIGHT_NOW,
    THOUGHTS,
    desk,
    mails,
    record,
    save,
    states,
)


@pytest.fixture
def flagged(app: Flask) -> Submission:
    """A draft with a positive screen, not acute."""
    return save(factories.begin(), NOT_NOW)


class TestRaising:
    def test_danger_opens_the_flag_at_once(self, flagged: Submission) -> None:
        assert flagged.is_flagged
        assert (flagged.alarms, flagged.flagged_at) == (1, NOW)

    def test_quiet_answers_open_none(self, app: Flask) -> None:
        submission = factories.sent()
        assert not submission.is_flagged
        assert (submission.alarms, submission.flagged_at) == (0, None)

    def test_a_further_danger_is_a_further_alarm_of_the_same_flag(
        self, flagged: Submission
    ) -> None:
        save(flagged, ITEM_NINE, "phq9", at=NOW + MINUTE)
        assert (flagged.alarms, flagged.flagged_at) == (2, NOW)
        assert [each.context["is_again"] for each in mails("urgent")] == [False, True]

    def test_yes_to_right_now_is_told_as_acute_and_nothing_after_it_is(self, app: Flask) -> None:
        submission = save(factories.begin(), THOUGHTS)
        save(submission, RIGHT_NOW, at=NOW + MINUTE)
        save(submission, ITEM_NINE, "phq9", at=NOW + 2 * MINUTE)
        told = [(each.context["is_again"], each.context["is_acute"]) for each in mails("urgent")]
        assert told == [(False, False), (True, True), (True, False)]

    def test_no_to_right_now_is_no_further_alarm(self, app: Flask) -> None:
        submission = save(factories.begin(), THOUGHTS)
        save(submission, NOT_NOW)
        assert (submission.level, submission.alarms) == ("urgent", 1)
        assert submission.queue_rank == submission.level_rank

    def test_every_alarm_is_audited(self, flagged: Submission) -> None:
        save(flagged, RIGHT_NOW)
        query = select(AuditEntry.detail).where(AuditEntry.action == "flag raised")
        found = list(db.session.scalars(query.order_by(AuditEntry.seq)))
        assert found == ["alarm 1, level urgent", "alarm 2, level urgent_acute"]

    def test_a_danger_that_only_shows_when_it_is_sent_raises_the_flag(self, app: Flask) -> None:
        """Whatever path the answers came by, no level becomes urgent without an alarm."""
        draft = factories.fill(factories.begin())
        with unit_of_work():
            draft.answers = {**(draft.answers or {}), "asq": RIGHT_NOW}
        with unit_of_work():
            service.submit(draft, current_clinic(), now=NOW + MINUTE)
        assert draft.is_flagged
        assert len(mails("urgent")) == 1

    def test_answer_alarm_mail_and_audit_come_together_or_not_at_all(self, app: Flask) -> None:
        draft = factories.begin()
        with pytest.raises(ZeroDivisionError), unit_of_work():
            drafts.save_answers(draft, "asq", RIGHT_NOW, current_clinic(), now=NOW)
            raise ZeroDivisionError
        db.session.expire_all()
        kept = db.session.get_one(Submission, draft.id)
        assert not kept.is_flagged
        assert "asq" not in (kept.answers or {})
        assert mails("urgent") == mails("escalation") == []
        raised = select(AuditEntry).where(AuditEntry.action == "flag raised")
        assert db.session.scalars(raised).all() == []

    def test_the_safety_contact_and_those_on_call_are_told_once_each(self, app: Flask) -> None:
        with unit_of_work():
            on_call = ("second@example.com", "clinician@example.com")
            save_clinic(replace(current_clinic(), on_call_recipients=on_call), now=NOW)
        save(factories.begin(), RIGHT_NOW)
        told = sorted(mail.recipient for mail in mails("urgent"))
        assert told == ["clinician@example.com", "second@example.com"]


class TestClosing:
    @pytest.mark.parametrize(
        "outcome", ["safe_plan", "emergency_called", "handed_over", "procedure_followed"]
    )
    def test_an_outcome_closes_the_flag(self, flagged: Submission, outcome: str) -> None:
        entry = record(flagged, outcome)
        assert entry.closed
        assert not flagged.is_flagged
        assert (flagged.level, flagged.queue_rank) == ("urgent", 1)

    @pytest.mark.parametrize("outcome", ["no_answer_again", "voicemail_again"])
    def test_a_try_is_kept_and_leaves_it_open(self, flagged: Submission, outcome: str) -> None:
        entry = record(flagged, outcome, try_again_at=NOW + 30 * MINUTE)
        assert not entry.closed
        assert flagged.is_flagged

    def test_several_tries_and_the_outcome_are_one_history(self, flagged: Submission) -> None:
        for minute, outcome in enumerate(["no_answer_again", "voicemail_again", "safe_plan"]):
            record(flagged, outcome, now=NOW + minute * MINUTE)
        found = [entry.outcome for entry in queries.acknowledgements_of(flagged.id)]
        assert found == ["safe_plan", "voicemail_again", "no_answer_again"]
        assert queries.latest_acknowledgements([flagged.id])[flagged.id].outcome == "safe_plan"

    def test_it_is_written_down_with_who_and_in_the_audit_log(self, flagged: Submission) -> None:
        entry = record(flagged, note="Sister is with her")
        assert (entry.author_id, entry.note) == (desk().id, "Sister is with her")
        assert b"Sister" not in (entry.note_sealed or b"")
        audited = db.session.scalars(select(AuditEntry).order_by(AuditEntry.seq.desc())).first()
        assert audited is not None
        assert (audited.action, audited.actor) == ("flag acknowledged", desk().actor)
        assert audited.detail == "alarm 1, safe_plan"
        assert verify().fault is None

    def test_a_failure_leaves_neither_entry_nor_a_closed_flag(self, flagged: Submission) -> None:
        with pytest.raises(ZeroDivisionError), unit_of_work():
            acknowledge(
                flagged,
                "safe_plan",
                entry_id=new_id(),
                alarm=1,
                note="",
                try_again_at=None,
                clinic=current_clinic(),
                author=desk(),
                now=NOW,
            )
            raise ZeroDivisionError
        db.session.expire_all()
        assert queries.acknowledgements_of(flagged.id) == []
        assert db.session.get_one(Submission, flagged.id).is_flagged
        assert states() == ["queued"]

    def test_the_same_click_twice_is_one_entry(self, flagged: Submission) -> None:
        entry_id = new_id()
        assert record(flagged, entry_id=entry_id) is record(flagged, entry_id=entry_id)
        assert len(queries.acknowledgements_of(flagged.id)) == 1

    def test_a_second_person_loses_nothing(self, flagged: Submission) -> None:
        record(flagged)
        second = record(flagged, "handed_over", note="I spoke with her too")
        assert not second.closed
        assert len(queries.acknowledgements_of(flagged.id)) == 2

    def test_an_older_alarms_outcome_is_kept_and_closes_nothing(self, flagged: Submission) -> None:
        """The call was about one answer; meanwhile the person gave a graver one."""
        seen = flagged.alarms
        save(flagged, RIGHT_NOW)
        entry = record(flagged, alarm=seen)
        assert not entry.closed
        assert (flagged.is_flagged, flagged.queue_rank) == (True, 3)

    @pytest.mark.parametrize("alarm", [0, -1, 2])
    def test_an_alarm_that_never_was_is_refused(self, flagged: Submission, alarm: int) -> None:
        with pytest.raises(UnknownAlarm):
            record(flagged, alarm=alarm)

    def test_an_entry_of_another_record_is_refused(self, flagged: Submission) -> None:
        entry = record(flagged)
        other = save(factories.begin(), RIGHT_NOW)
        with pytest.raises(UnknownAlarm):
            record(other, entry_id=entry.id)

    @pytest.mark.parametrize("column", ["outcome", "alarm", "author_id", "created_at", "closed"])
    def test_the_database_lets_nobody_change_an_entry(
        self, flagged: Submission, column: str
    ) -> None:
        record(flagged)
        with pytest.raises(DBAPIError), unit_of_work():
            db.session.execute(text(f"UPDATE acknowledgements SET {column} = {column}"))

    def test_an_entry_goes_with_its_submission(self, flagged: Submission) -> None:
        record(flagged)
        with unit_of_work():
            db.session.delete(db.session.get_one(Submission, flagged.id))
        assert db.session.scalars(select(Acknowledgement)).all() == []


class TestOpeningAgain:
    def test_a_new_danger_opens_it_again(self, flagged: Submission) -> None:
        record(flagged)
        later = NOW + 60 * MINUTE
        save(flagged, RIGHT_NOW, at=later)
        assert (flagged.is_flagged, flagged.alarms, flagged.flagged_at) == (True, 2, later)
        assert flagged.waiting_since == later
        assert len(mails("urgent")) == 2

    def test_the_same_danger_told_once_more_opens_it_again(self, flagged: Submission) -> None:
        record(flagged)
        save(flagged, NOT_NOW, at=NOW + 600 * MINUTE)
        assert flagged.is_flagged
        assert len(mails("urgent")) == 2

    def test_it_does_so_page_by_page_whatever_was_answered_to_question_five(
        self, flagged: Submission
    ) -> None:
        """Said no, then yes; reached; and all of it again, the fifth question on its own page."""
        save(flagged, RIGHT_NOW)
        record(flagged)
        save(flagged, THOUGHTS)
        assert flagged.is_flagged
        save(flagged, RIGHT_NOW)
        assert (flagged.is_flagged, flagged.queue_rank) == (True, 3)

    def test_a_second_yes_to_right_now_counts_though_the_page_before_was_acknowledged(
        self, flagged: Submission
    ) -> None:
        save(flagged, RIGHT_NOW)
        save(flagged, THOUGHTS)
        record(flagged)
        save(flagged, RIGHT_NOW)
        assert flagged.is_flagged

    def test_a_no_after_the_page_before_was_acknowledged_does_not(self, app: Flask) -> None:
        submission = save(factories.begin(), THOUGHTS)
        record(submission)
        save(submission, NOT_NOW)
        assert not submission.is_flagged

    def test_other_answers_do_not(self, flagged: Submission) -> None:
        record(flagged)
        save(flagged, {"p": 9, "e": 9, "g": 9}, "peg")
        save(flagged, factories.MILD_MOOD, "phq9")
        save(flagged, factories.NO_THOUGHTS)
        assert not flagged.is_flagged
        assert flagged.alarms == 1

    def test_going_on_to_the_further_questions_does_not(self, app: Flask) -> None:
        first = {key: value for key, value in ITEM_NINE.items() if key != "q10"}
        submission = save(factories.begin(), first, "phq9")
        record(submission)
        save(submission, ITEM_NINE, "phq9")
        assert not submission.is_flagged

    def test_sending_the_form_does_not(self, app: Flask) -> None:
        draft = save(factories.fill(factories.begin()), NOT_NOW)
        record(draft)
        with unit_of_work():
            service.submit(draft, current_clinic(), now=NOW + 9 * MINUTE)
        assert not draft.is_flagged
        assert draft.waiting_since == NOW + 9 * MINUTE


def test_entries_survive_a_user_who_is_switched_off(flagged: Submission) -> None:
    entry = record(flagged)
    with unit_of_work():
        db.session.execute(update(User).where(User.id == entry.author_id).values(active=False))
    assert len(queries.acknowledgements_of(flagged.id)) == 1


def test_of_eight_who_acknowledge_at_once_one_closes_it_and_nobody_is_lost(
    app: Flask, flagged: Submission
) -> None:
    submission_id = flagged.id
    db.session.remove()

    def write(_number: int) -> bool:
        with app.app_context(), unit_of_work():
            found = queries.for_staff(submission_id, lock=True)
            assert found is not None
            return acknowledge(
                found,
                "safe_plan",
                entry_id=new_id(),
                alarm=1,
                note="",
                try_again_at=None,
                clinic=current_clinic(),
                author=desk(),
                now=NOW,
            ).closed

    with ThreadPoolExecutor(8) as pool:
        closed = list(pool.map(write, range(8)))
    assert sorted(closed) == [False] * 7 + [True]
    assert len(queries.acknowledgements_of(submission_id)) == 8
    assert verify().fault is None
