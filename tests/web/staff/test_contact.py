"""The contact log: one click after a call, what follows from it, closing and opening again."""

from datetime import timedelta

import pytest
from flask import Flask

from intake.clinic.service import current_clinic
from intake.core.db import db, unit_of_work
from intake.core.tokens import new_id
from intake.notifications.render import render
from intake.scheduling import changes
from intake.submissions import contacting, drafts
from intake.submissions.models import Submission
from tests import factories
from tests.appointments import appointment_of, booked, mails
from tests.browse import Browser, Page
from tests.factories import MONDAY_MORNING
from tests.web.staff.people import actions, let_in, person
from tests.web.staff.test_booking import offered, path_of


@pytest.fixture
def desk(app: Flask, morning) -> Browser:
    return let_in(Browser(app))


def value_of(page: Page, name: str) -> str:
    return next((i.get("value", "") for i in page.all("input") if i.get("name") == name), "")


def outcomes(page: Page) -> list[str]:
    """The buttons of the contact log."""
    return [b.get("value", "") for b in page.all("button") if b.get("name") == "outcome"]


def press(desk: Browser, submission: Submission, outcome: str, **changed: str) -> Page:
    """Press one of them, with the time that is proposed or another one."""
    page = desk.get(path_of(submission))
    data = {name: value_of(page, name) for name in ("entry", "day", "time")}
    return desk.post(path_of(submission) + "/tries", {**data, "outcome": outcome, **changed})


def fresh(submission: Submission) -> Submission:
    db.session.expire_all()
    return submission


@pytest.mark.both
def test_one_click_writes_down_a_call_and_plans_the_next(desk: Browser) -> None:
    submission = factories.sent()
    page = press(desk, submission, "no_answer")
    assert "Written down: no answer. Next call today 2:00 pm." in page.text
    assert "Marta Ruiz, today 10:00 am" in page.text
    assert (fresh(submission).status, submission.tries) == ("contacting", 1)
    assert fresh(submission).waiting_since == MONDAY_MORNING + timedelta(hours=4)
    assert "call recorded" in actions()


def test_whoever_agreed_on_a_call_leads_to_choosing_its_time(desk: Browser) -> None:
    page = press(desk, factories.sent(), "booked")
    assert "Nothing is booked yet: choose the time that was agreed on." in page.text
    assert "Nothing is booked yet" not in press(desk, booked(), "booked").text


@pytest.mark.both
def test_the_queue_follows_the_last_call(desk: Browser) -> None:
    press(desk, factories.sent(given_name="Called"), "no_answer")
    factories.sent(given_name="Waits")
    page = desk.get("/staff/")
    assert page.text.index("Waits") < page.text.index("Called")
    assert "Call today 2:00 pm No answer" in page.text
    assert "Call, try 2" in page.text


@pytest.mark.both
def test_a_planned_call_that_nobody_makes_is_marked(desk: Browser, morning) -> None:
    press(desk, factories.sent(), "no_answer")
    morning.shift(timedelta(hours=4, minutes=5))
    let_in(desk)
    assert "Call now, due today 2:00 pm" in desk.get("/staff/").text
    morning.shift(timedelta(hours=1))
    let_in(desk)
    assert "Call was due today 2:00 pm" in desk.get("/staff/").text


@pytest.mark.both
def test_a_second_click_writes_nothing_twice(desk: Browser) -> None:
    submission = factories.sent()
    desk.get(path_of(submission))
    entry = str(new_id())
    for _ in range(2):
        desk.post(path_of(submission) + "/tries", {"outcome": "no_answer", "entry": entry})
    assert fresh(submission).tries == 1
    assert len(contacting.tries_of(submission.id)) == 1


def test_the_time_of_a_callback_is_what_was_agreed_on(desk: Browser) -> None:
    submission = factories.sent()
    page = press(desk, submission, "call_back", day="2026-11-25", time="15:30")
    assert "Next call Wed 3:30 pm" in page.text
    assert fresh(submission).tries == 0
    assert "Call back" in desk.get("/staff/").text


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"day": "", "time": ""}, "Enter when to call them back"),
        ({"day": "2026-11-25", "time": ""}, "Enter a date and a time, or neither"),
        ({"day": "2026-11-20", "time": "10:00"}, "Enter a time ahead"),
        ({"day": "soon", "time": "10:00"}, "Enter a date like"),
        ({"day": "2029-11-20", "time": "10:00"}, "Enter a time ahead, within a year"),
    ],
)
def test_a_time_that_cannot_be_is_asked_for_again(
    desk: Browser, sent: dict[str, str], words: str
) -> None:
    submission = factories.sent()
    page = press(desk, submission, "call_back", **sent)
    assert page.status == 400
    assert words in page.text
    assert contacting.tries_of(submission.id) == []


def test_an_outcome_that_plans_nothing_needs_no_time(desk: Browser) -> None:
    submission = factories.sent()
    press(desk, submission, "booked", day="2026-11-25", time="")
    assert "Choose the time that was agreed on" in desk.get(path_of(submission)).text
    assert fresh(submission).call_at is None
    assert "Book the call" in desk.get("/staff/").text


def test_a_wrong_number_is_not_called_again(desk: Browser) -> None:
    submission = factories.sent()
    press(desk, submission, "wrong_number")
    assert fresh(submission).call_at is None
    assert "Write to them" in desk.get("/staff/").text


def test_whoever_is_not_interested_is_asked_about_for_closing(desk: Browser) -> None:
    page = press(desk, factories.sent(), "not_interested")
    assert "Close this request?" in page.text
    assert "Written down: reached – not interested." in page.text


@pytest.mark.parametrize(("allowed", "is_there"), [("name_only", True), ("no", False)])
def test_a_voicemail_is_only_for_those_who_allow_it(
    desk: Browser, allowed: str, is_there: bool
) -> None:
    page = desk.get(path_of(factories.sent(voicemail_ok=allowed)))
    assert ("voicemail" in outcomes(page)) == is_there
    assert ("What to say on voicemail" in page.text) == is_there


@pytest.mark.parametrize(
    ("allowed", "words"),
    [
        ("clinic", "Hello, this is Marta from Iconic Infusions. Am I speaking with Dana?"),
        ("name_only", "Hello, this is Marta. Am I speaking with Dana?"),
        ("no", "Name the clinic only once you speak with them."),
    ],
)
def test_the_first_line_of_a_call_keeps_what_was_agreed(
    desk: Browser, allowed: str, words: str
) -> None:
    assert words in desk.get(path_of(factories.sent(voicemail_ok=allowed))).text


@pytest.mark.both
def test_a_call_is_undone(desk: Browser) -> None:
    submission = factories.sent()
    press(desk, submission, "no_answer")
    (entry,) = contacting.tries_of(submission.id)
    page = desk.post(f"{path_of(submission)}/tries/{entry.id}/undo", {})
    assert "No answer (undone)" in page.text
    assert (fresh(submission).status, submission.tries, submission.call_at) == ("new", 0, None)
    assert fresh(submission).waiting_since == MONDAY_MORNING
    assert "call undone" in actions()


@pytest.mark.both
def test_only_the_last_call_is_undone_and_only_once(desk: Browser, morning) -> None:
    submission = factories.sent()
    press(desk, submission, "no_answer")
    first = contacting.tries_of(submission.id)[0].id
    morning.shift(timedelta(minutes=2))
    press(desk, submission, "call_back", day="2026-11-25", time="15:30")
    second = contacting.tries_of(submission.id)[0].id
    assert "cannot be undone" in desk.post(f"{path_of(submission)}/tries/{first}/undo", {}).text
    desk.post(f"{path_of(submission)}/tries/{second}/undo", {})
    assert fresh(submission).tries == 1
    assert "cannot be undone" in desk.post(f"{path_of(submission)}/tries/{second}/undo", {}).text


def test_a_call_cannot_be_undone_once_a_time_is_booked(desk: Browser, morning) -> None:
    submission = factories.sent()
    press(desk, submission, "booked")
    morning.shift(timedelta(minutes=1))
    page = desk.get(path_of(submission))
    version = value_of(page, "version")
    desk.post(path_of(submission) + "/book", {"slot": offered(page)[0], "version": version})
    (entry,) = contacting.tries_of(submission.id)
    page = desk.post(f"{path_of(submission)}/tries/{entry.id}/undo", {})
    assert "cannot be undone any more" in page.text
    assert fresh(submission).status == "booked"


def test_nobody_answers_for_a_form_of_somebody_else(desk: Browser) -> None:
    submission, other = factories.sent(), factories.sent()
    press(desk, submission, "no_answer")
    entry = str(contacting.tries_of(submission.id)[0].id)
    data = {"outcome": "no_answer", "entry": entry}
    assert desk.post(path_of(other) + "/tries", data).status == 400
    for forged in ({}, {"entry": "x", "outcome": "no_answer"}, {"entry": entry, "outcome": "x"}):
        assert desk.post(path_of(submission) + "/tries", forged).status == 400


@pytest.mark.both
def test_after_the_last_call_closing_is_proposed(desk: Browser, morning) -> None:
    factories.settle(retry_hours=(4,))
    submission = factories.sent()
    press(desk, submission, "no_answer")
    assert "Close politely" not in desk.get("/staff/").text
    morning.shift(timedelta(minutes=1))
    page = press(desk, submission, "no_answer")
    assert "No other call is planned. You can close the request." in page.text
    assert "2 calls reached nobody: close the request politely" in page.text
    assert "Close politely" in desk.get("/staff/").text


def close(desk: Browser, submission: Submission, reason: str = "not_reached", tell="yes") -> Page:
    desk.get(path_of(submission) + "/close?reason=not_reached")
    return desk.post(path_of(submission) + "/close", {"reason": reason, "tell": tell})


def test_a_polite_note_says_that_a_request_is_closed(desk: Browser) -> None:
    submission = factories.sent()
    page = close(desk, submission)
    assert "Closed: we could not reach them." in page.text
    head, _, rest = desk.get(path_of(submission)).text.partition("Call Dana")
    assert "Closed: We could not reach them Open the request again" in head
    assert "Email was not allowed" not in rest
    (mail,) = mails(submission, "closed")
    assert mail.due_at == MONDAY_MORNING + timedelta(minutes=3)
    text = render(mail.name, mail.context, "en").text
    assert "We tried to call you and could not reach you" in text
    assert "welcome to come back" in text
    assert "Closed We could not reach them" in desk.get("/staff/?tab=over").text
    assert "submission closed" in actions()


def test_a_note_tells_no_other_reason(desk: Browser) -> None:
    submission = factories.sent()
    close(desk, submission, "not_suitable")
    (mail,) = mails(submission, "closed")
    assert "tried to call" not in render(mail.name, mail.context, "en").text


def test_a_request_is_closed_without_a_word_where_staff_want_that(desk: Browser) -> None:
    submission = factories.sent()
    close(desk, submission, tell="no")
    assert fresh(submission).status == "closed"
    assert mails(submission, "closed") == []


@pytest.mark.both
def test_a_closed_request_opens_again_and_its_note_does_not_leave(desk: Browser) -> None:
    submission = factories.sent()
    close(desk, submission)
    page = desk.post(path_of(submission) + "/open", {})
    assert "waits in the queue" in page.text
    assert fresh(submission).status == "contacting"
    assert [mail.state for mail in mails(submission, "closed")] == ["cancelled"]
    assert "Dana Whitfield" in desk.get("/staff/").text
    assert "submission opened again" in actions()


def test_a_request_with_a_call_ahead_is_not_closed(desk: Browser) -> None:
    submission = booked()
    page = close(desk, submission)
    assert page.status == 409
    assert "Cancel it first" in page.text
    assert fresh(submission).status == "booked"


def test_a_request_with_an_open_flag_is_not_closed(desk: Browser) -> None:
    submission = factories.sent()
    with unit_of_work():
        danger = {"q1": "yes", "q2": "no", "q3": "no", "q4": "no", "q5": "no"}
        drafts.save_answers(submission, "asq", danger, current_clinic(), now=MONDAY_MORNING)
    assert close(desk, submission).status == 409
    assert fresh(submission).status == "new"


def test_an_open_flag_is_never_put_off(desk: Browser) -> None:
    submission = factories.sent()
    with unit_of_work():
        danger = {"q1": "yes", "q2": "no", "q3": "no", "q4": "no", "q5": "no"}
        drafts.save_answers(submission, "asq", danger, current_clinic(), now=MONDAY_MORNING)
    data = {"entry": str(new_id()), "outcome": "no_answer", "day": "2026-11-25", "time": "10:00"}
    desk.get(path_of(submission))
    desk.post(path_of(submission) + "/tries", data)
    assert fresh(submission).waiting_since == MONDAY_MORNING


def test_a_reason_for_closing_is_asked_for(desk: Browser) -> None:
    submission = factories.sent()
    desk.get(path_of(submission) + "/close")
    page = desk.post(path_of(submission) + "/close", {"tell": "no"})
    assert page.status == 400
    assert "Select why the request is closed" in page.text


def test_a_patient_who_cancels_is_called_anew(desk: Browser) -> None:
    submission = booked()
    with unit_of_work():
        submission.tries, submission.last_try = 3, "no_answer"
        call, clinic = appointment_of(submission), current_clinic()
        changes.cancel(submission, call, clinic, actor="patient", reason="", now=MONDAY_MORNING)
    assert (submission.tries, submission.last_try) == (0, "")


def over(desk: Browser, morning) -> Submission:
    """Somebody whose call has begun a while ago."""
    submission = booked()
    morning.move_to(appointment_of(submission).starts_at + timedelta(hours=2))
    let_in(desk)
    return submission


def test_what_became_of_a_call_is_asked_once_its_time_has_come(desk: Browser, morning) -> None:
    submission = booked()
    assert "It took place" not in desk.get(path_of(submission)).text
    submission = over(desk, morning)
    assert "It took place" in desk.get(path_of(submission)).text
    assert "Say how it went" in desk.get("/staff/?tab=past").text


@pytest.mark.both
@pytest.mark.parametrize(("outcome", "words"), [("held", "Call held"), ("no_show", "No show")])
def test_an_outcome_is_written_down_and_undone(desk: Browser, morning, outcome, words) -> None:
    submission = over(desk, morning)
    desk.get(path_of(submission))
    for _ in range(2):
        page = desk.post(path_of(submission) + "/outcome", {"outcome": outcome})
    assert words in page.text
    assert (fresh(submission).status, appointment_of(submission).status) == (outcome, outcome)
    assert submission.reference not in desk.get("/staff/?tab=past").text
    sequence = str(appointment_of(submission).sequence)
    desk.get(path_of(submission))
    page = desk.post(path_of(submission) + "/undo", {"sequence": sequence})
    assert "It took place" in page.text
    assert (fresh(submission).status, appointment_of(submission).status) == ("booked", "booked")
    assert len(mails(submission, "booked", "restored")) == 1


@pytest.mark.parametrize(("data", "count"), [({}, 1), ({"quiet": "yes"}, 0)])
def test_who_did_not_come_is_mailed_unless_staff_say_otherwise(
    desk: Browser, morning, data, count
) -> None:
    submission = over(desk, morning)
    desk.get(path_of(submission))
    page = desk.post(path_of(submission) + "/outcome", {"outcome": "no_show", **data})
    assert len(mails(submission, "missed")) == count
    assert ("The email to the patient leaves" in page.text) == bool(count)


@pytest.mark.parametrize("where", ["close", "open"])
def test_whose_request_is_over_or_open_again_is_not_asked_for_another_time(
    desk: Browser, morning, where: str
) -> None:
    submission = over(desk, morning)
    desk.get(path_of(submission))
    desk.post(path_of(submission) + "/outcome", {"outcome": "no_show"})
    data = {"reason": "not_interested", "tell": "no"} if where == "close" else {}
    page = desk.post(f"{path_of(submission)}/{where}", data)
    assert [mail.state for mail in mails(submission, "missed")] == ["cancelled"]
    assert "The email to the patient leaves" not in page.text


def test_a_call_that_has_not_begun_has_no_outcome(desk: Browser) -> None:
    submission = booked()
    desk.get(path_of(submission))
    page = desk.post(path_of(submission) + "/outcome", {"outcome": "held"})
    assert "no booked call whose time has come" in page.text
    assert appointment_of(submission).status == "booked"
    assert desk.post(path_of(submission) + "/outcome", {"outcome": "booked"}).status == 400


@pytest.mark.both
def test_whoever_did_not_come_can_get_another_time(desk: Browser, morning) -> None:
    submission = over(desk, morning)
    desk.post(path_of(submission) + "/outcome", {"outcome": "no_show"})
    page = desk.get(path_of(submission))
    version = value_of(page, "version")
    page = desk.post(path_of(submission) + "/book", {"slot": offered(page)[0], "version": version})
    assert "The call is booked" in page.text
    assert person().name in page.text
