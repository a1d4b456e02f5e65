"""An urgent flag on the staff's pages: seen at once, acknowledged by name, never lost."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from intake.clinic.service import current_clinic
from intake.core.db import db, unit_of_work
from intake.notifications.models import Message
from intake.scheduling import service
from intake.submissions import drafts, queries
from intake.submissions.models import Submission
from intake.submissions.service import submit
from tests import factories
from tests.browse import Browser, Page
from tests.factories import MONDAY_MORNING
from tests.web.staff.people import CLINICIAN, DESK, actions, let_in, person

NOT_NOW = {"q1": "yes", "q2": "no", "q3": "no", "q4": "no", "q5": "no"}
RIGHT_NOW = {**NOT_NOW, "q5": "yes"}
SAFE = "Reached – safe for now, plan agreed"


@pytest.fixture
def desk(app: Flask, morning) -> Browser:
    """A nurse at the front desk."""
    with unit_of_work():
        person().role_names = ["front_desk", "clinician"]
    return let_in(Browser(app))


@pytest.fixture
def receptionist(app: Flask, morning) -> Browser:
    return let_in(Browser(app))


@pytest.fixture
def doctor(app: Flask, morning) -> Browser:
    return let_in(Browser(app), CLINICIAN)


@pytest.fixture
def flagged(app: Flask, morning) -> Submission:
    """A sent submission of somebody in acute danger."""
    return danger(factories.sent(), RIGHT_NOW)


def danger(submission: Submission, answers: dict[str, str], minutes: int = 0) -> Submission:
    now = MONDAY_MORNING + timedelta(minutes=minutes)
    with unit_of_work():
        drafts.save_answers(submission, "asq", answers, current_clinic(), now=now)
    return submission


def see(browser: Browser, submission: Submission) -> Page:
    return browser.get(f"/staff/submissions/{submission.id}")


def acknowledge(browser: Browser, submission: Submission, outcome: str, **more: str) -> Page:
    """Open the record and say what happened."""
    see(browser, submission)
    return send(browser, outcome, **more)


def send(browser: Browser, outcome: str, **more: str) -> Page:
    """Say what happened on the page that is open."""
    return browser.submit(outcome=outcome, **more)


def entries(submission: Submission) -> list[str]:
    return [entry.outcome for entry in queries.acknowledgements_of(submission.id)]


def test_the_record_shows_reason_time_target_phone_and_permissions(
    desk: Browser, flagged: Submission, morning
) -> None:
    morning.shift(timedelta(minutes=12))
    page = see(desk, flagged)
    for words in (
        *("Not yet acknowledged, 12 min", "said YES to having thoughts of killing themselves"),
        *(
            "Call now, by today 10:15 am at the latest",
            "(312) 555-0198",
            "Voicemail: first name and number only",
        ),
        *("No text messages", "Dr. Priya Nair, (312) 555-0143", "Dr. Samuel Okafor"),
        "Gets an email today 10:15 am unless this is acknowledged before.",
    ):
        assert words in page.text, words
    assert page.text.index("Not yet acknowledged") < page.text.index("Nobody has this request")
    assert {"tel:+13125550198", "tel:+13125550143", "tel:+13125550144"} <= set(page.links())


def test_text_messages_are_named_when_they_were_chosen(desk: Browser, morning) -> None:
    page = see(desk, danger(factories.sent(contact_by=["text"]), NOT_NOW))
    assert "Text messages are fine" in page.text
    assert "Did not choose phone calls" in page.text


@pytest.mark.parametrize(
    ("voicemail", "words"),
    [("no", "Leave no message, also now"), ("name_only", "Say nothing about the form")],
)
def test_a_call_for_safety_is_allowed_whatever_was_chosen(
    desk: Browser, morning, voicemail: str, words: str
) -> None:
    asked = factories.sent(contact_by=["email"], voicemail_ok=voicemail)
    assert "for their safety" not in see(desk, asked).text
    page = see(desk, danger(asked, RIGHT_NOW))
    assert "A call for their safety is allowed" in page.text
    assert words in page.text


def test_less_than_acute_is_to_be_called_the_same_business_day(desk: Browser, morning) -> None:
    assert "Call by today 5:00 pm" in see(desk, danger(factories.sent(), NOT_NOW)).text


@pytest.mark.parametrize(("allowed", "is_offered"), [("name_only", True), ("no", False)])
def test_voicemail_is_offered_to_those_who_allow_one(
    desk: Browser, allowed: str, is_offered: bool
) -> None:
    page = see(desk, danger(factories.sent(voicemail_ok=allowed), RIGHT_NOW))
    assert ("Voicemail left – will try again" in page.text) == is_offered


def test_a_quiet_record_has_no_flag(desk: Browser) -> None:
    page = see(desk, factories.sent())
    assert "acknowledged" not in page.text
    assert not [form for form in page.all("form") if "acknowledge" in form.get("action", "")]


@pytest.mark.both
def test_acknowledging_says_who_and_when_and_what(
    desk: Browser, flagged: Submission, morning
) -> None:
    morning.shift(timedelta(minutes=12))
    page = acknowledge(desk, flagged, "safe_plan", note="Her sister stays <b>tonight</b>.")
    assert "Acknowledged by Marta Ruiz, today 10:12 am" in page.text
    assert f"{SAFE}. Her sister stays <b>tonight</b>." in page.text
    assert "Urgent, acknowledged" in page.text
    assert "Not yet acknowledged" not in page.text
    assert "said YES to having thoughts" in page.text
    assert "flag acknowledged" in actions()


@pytest.mark.both
def test_a_try_leaves_it_open_and_is_shown(desk: Browser, flagged: Submission) -> None:
    page = acknowledge(desk, flagged, "no_answer_again", again="30")
    assert "Not yet acknowledged" in page.text
    assert "No answer – will try again, today 10:30 am" in page.text
    assert "Marta Ruiz tries again today 10:30 am" in desk.get("/staff/").text


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({}, "Select what happened"),
        ({"outcome": "no_answer_again"}, "Select when you will try again"),
        ({"outcome": "zq"}, "Select one of the answers on this page"),
        ({"outcome": "voicemail_again", "again": "7"}, "Select one of the answers on this page"),
        ({"outcome": "safe_plan", "note": "x" * 2001}, "Use 2,000"),
    ],
)
def test_what_is_missing_is_asked_for_and_nothing_typed_is_lost(
    desk: Browser, flagged: Submission, sent: dict[str, str], words: str
) -> None:
    see(desk, flagged)
    page = desk.submit(**{"note": "Spoke with her", **sent})
    assert page.status == 400
    assert words in page.text
    assert sent.get("note", "Spoke with her") in page.text
    assert entries(flagged) == []
    assert send(desk, "safe_plan", note="Spoke with her").status == 200
    assert entries(flagged) == ["safe_plan"]


@pytest.mark.parametrize(
    "forged",
    [
        *({"entry": ""}, {"entry": "zq"}, {"alarm": ""}, {"alarm": "0"}, {"alarm": "2"}),
        {"alarm": "999999999999"},
    ],
)
def test_forged_parts_are_refused(
    desk: Browser, flagged: Submission, forged: dict[str, str]
) -> None:
    see(desk, flagged)
    assert send(desk, "safe_plan", **forged).status == 400
    assert entries(flagged) == []


def test_an_entry_of_another_record_cannot_be_taken_over(
    desk: Browser, flagged: Submission
) -> None:
    entry = str(uuid4())
    acknowledge(desk, flagged, "safe_plan", entry=entry)
    other = danger(factories.sent(), RIGHT_NOW)
    assert acknowledge(desk, other, "safe_plan", entry=entry).status == 400
    assert db.session.get_one(Submission, other.id).is_flagged


@pytest.mark.both
def test_two_clicks_are_one_entry(desk: Browser, flagged: Submission) -> None:
    entry = str(uuid4())
    see(desk, flagged)
    data = {"outcome": "safe_plan", "entry": entry, "alarm": "1"}
    for _ in range(2):
        page = desk.post(f"/staff/submissions/{flagged.id}/acknowledge", data)
        assert "Acknowledged by Marta Ruiz" in page.text
    assert entries(flagged) == ["safe_plan"]


@pytest.mark.both
def test_the_second_of_two_sees_who_was_first_and_loses_nothing(
    desk: Browser, doctor: Browser, flagged: Submission, morning
) -> None:
    see(desk, flagged)
    see(doctor, flagged)
    send(doctor, "handed_over", note="I have her on the line")
    morning.shift(timedelta(minutes=1))
    page = send(desk, "safe_plan", note="She told me she is fine")
    assert "Dr. Priya Nair acknowledged this 1 min before you" in page.text
    assert "What you wrote is kept, too" in page.text
    assert "Acknowledged by Dr. Priya Nair, today 10:00 am" in page.text
    for note in ("I have her on the line", "She told me she is fine"):
        assert note in page.text


@pytest.mark.both
def test_an_alarm_that_came_in_meanwhile_stays_open(desk: Browser, morning) -> None:
    submission = danger(factories.sent(), NOT_NOW)
    see(desk, submission)
    danger(submission, RIGHT_NOW, minutes=1)
    page = send(desk, "safe_plan", note="All quiet")
    assert "A new alarm came in while you wrote. What you wrote is kept." in page.text
    assert "Not yet acknowledged" in page.text
    assert "All quiet" in page.text


@pytest.mark.both
def test_a_new_alarm_later_says_who_acknowledged_the_one_before(
    desk: Browser, flagged: Submission, morning
) -> None:
    acknowledge(desk, flagged, "safe_plan")
    danger(flagged, RIGHT_NOW, minutes=2)
    morning.shift(timedelta(minutes=12))
    page = see(desk, flagged)
    assert "Not yet acknowledged, 10 min" in page.text
    assert "Acknowledged by Marta Ruiz, today 10:00 am. The alarm now is newer." in page.text
    assert "Call Dana Whitfield now" in desk.get("/staff/").text


def names(page: Page) -> list[str]:
    return [" ".join(a.itertext()) for a in page.all("a") if a.get("class") == "who"]


@pytest.mark.both
def test_the_queue_puts_open_flags_first_and_acknowledged_ones_with_the_others(
    desk: Browser, morning
) -> None:
    settled = danger(factories.sent(given_name="Settled"), RIGHT_NOW)
    danger(factories.sent(given_name="Waiting"), NOT_NOW)
    factories.sent(given_name="Quiet")
    acknowledge(desk, settled, "safe_plan")
    page = desk.get("/staff/")
    assert names(page) == ["Waiting Whitfield", "Settled Whitfield", "Quiet Whitfield"]
    assert "Acknowledged by Marta Ruiz 10:00 am" in page.text
    assert "Call Settled Whitfield now" not in page.text


@pytest.mark.both
def test_booked_and_acknowledged_leaves_the_queue(
    desk: Browser, flagged: Submission, morning
) -> None:
    with unit_of_work():
        key, clinic = factories.free_keys()[0], current_clinic()
        service.book(flagged, key, clinic, actor=person(), now=MONDAY_MORNING)
    assert names(desk.get("/staff/")) == ["Dana Whitfield"]
    acknowledge(desk, flagged, "safe_plan")
    assert names(desk.get("/staff/")) == []
    assert names(desk.get("/staff/?tab=booked")) == ["Dana Whitfield"]
    assert "Acknowledged by Marta Ruiz" in desk.get("/staff/?tab=booked").text


def test_an_acknowledged_draft_leaves_the_queue_and_can_be_found(desk: Browser, morning) -> None:
    draft = danger(factories.fill(factories.begin()), RIGHT_NOW)
    acknowledge(desk, draft, "emergency_called")
    assert names(desk.get("/staff/")) == []
    assert names(desk.get("/staff/?tab=over")) == ["Dana Whitfield"]


def test_an_acknowledged_draft_is_closed_with_a_reason_and_stays_open_for_its_person(
    desk: Browser, morning
) -> None:
    draft = danger(factories.fill(factories.begin()), RIGHT_NOW)
    address = f"/staff/submissions/{draft.id}"
    assert "Close this request" not in see(desk, draft).text
    acknowledge(desk, draft, "emergency_called")
    assert f"{address}/close" in see(desk, draft).links()
    desk.get(f"{address}/close")
    page = desk.submit(reason="not_reached", tell="no")
    assert (page.status, page.path) == (200, address)
    assert "Closed: " in page.text
    assert f"{address}/close" not in page.links()
    assert "submission closed" in actions()
    with unit_of_work():
        assert submit(draft, current_clinic(), now=MONDAY_MORNING)
    assert (draft.status, draft.closed_for) == ("new", "")


def test_the_emails_show_what_became_of_the_escalation(
    desk: Browser, flagged: Submission, morning
) -> None:
    assert "Alert to the backup contact: planned for today 10:15 am" in see(desk, flagged).text
    page = acknowledge(desk, flagged, "safe_plan")
    assert "Alert to the backup contact: not sent, no longer needed" in page.text


def test_the_night_is_no_reason_to_wait_with_the_backup(app: Flask) -> None:
    night = datetime.fromisoformat("2026-11-24T08:00:00+00:00")
    with time_machine.travel(night, tick=False):
        draft = factories.begin(night)
        with unit_of_work():
            drafts.save_answers(draft, "asq", RIGHT_NOW, current_clinic(), now=night)
        page = see(let_in(Browser(app), DESK), draft)
        assert "today 9:00 am" in page.text
        assert "Gets an email today 2:15 am" in page.text
        due = db.session.scalar(select(Message.due_at).where(Message.name == "escalation"))
        assert due == night + timedelta(minutes=15)


@pytest.mark.both
@pytest.mark.parametrize("outcome", ["safe_plan", "emergency_called", "handed_over"])
def test_only_a_clinician_closes_a_flag(
    receptionist: Browser, flagged: Submission, outcome: str
) -> None:
    """The rules say that a clinician must call: what the front desk writes is kept."""
    page = see(receptionist, flagged)
    assert "A clinician must assess and close this flag" in page.text
    page = acknowledge(receptionist, flagged, outcome)
    assert "stays open until a clinician" in page.text
    db.session.expire_all()
    assert flagged.is_flagged
