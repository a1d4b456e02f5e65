"""Booking from the record: one click, never twice, never over somebody else."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from intake.audit.models import AuditEntry
from intake.clinic.service import current_clinic
from intake.core.db import db, unit_of_work
from intake.core.i18n import moment_text
from intake.notifications.models import Message
from intake.notifications.render import render
from intake.scheduling import changes, queries, service
from intake.scheduling.models import Appointment
from intake.submissions import drafts
from intake.submissions.models import Submission
from intake.submissions.service import submit
from tests import factories
from tests.appointments import booked, mails
from tests.browse import Browser, Page
from tests.factories import MONDAY_MORNING
from tests.web.staff.people import CLINICIAN, actions, let_in, person


@pytest.fixture
def desk(app: Flask, morning) -> Browser:
    """The front desk, that morning."""
    return let_in(Browser(app))


def path_of(submission: Submission) -> str:
    return f"/staff/submissions/{submission.id}"


def offered(page: Page) -> list[str]:
    """The keys of all slot buttons."""
    return [b.get("value", "") for b in page.all("button") if b.get("name") == "slot"]


def version_on(page: Page) -> str:
    return next(i.get("value", "") for i in page.all("input") if i.get("name") == "version")


def book(browser: Browser, submission: Submission, key: str, version: str = "") -> Page:
    page = browser.get(path_of(submission))
    data = {"slot": key, "version": version or version_on(page)}
    return browser.post(path_of(submission) + "/book", data)


def asked_for(key: str) -> Submission:
    """A sent submission that asks for a slot."""
    draft, clinic, now = factories.fill(factories.begin()), current_clinic(), MONDAY_MORNING
    with unit_of_work():
        service.hold(draft, key, clinic, now=now, time_zone="America/New_York", channel="video")
        times = {"slot_chosen": True, "time_zone": "America/New_York", "channel": "video"}
        drafts.save_times(draft, times, clinic, now=now)
    with unit_of_work():
        service.keep_for_sending(draft, now=now)
        submit(draft, clinic, now=now)
    return draft


def appointments() -> list[Appointment]:
    return list(db.session.scalars(select(Appointment).order_by(Appointment.created_at)))


def test_the_grid_offers_the_free_times_and_marks_what_suits(desk: Browser) -> None:
    page = desk.get(path_of(factories.sent()))
    assert factories.free_keys()[0] in offered(page)
    fits = [cell for cell in page.all("td") if cell.get("class") == "fit"]
    assert len(fits) == 1
    assert "Closed Thanksgiving Day" in page.text
    assert "Tue" in page.text


@pytest.mark.parametrize(
    ("zone", "said", "marked"),
    [
        ("America/Chicago", "tue-morning", "morning"),
        ("America/New_York", "tue-morning", "morning"),
        ("America/New_York", "tue-evening", "afternoon"),  # 3 pm there is 2 pm in Chicago
        ("Pacific/Honolulu", "tue-morning", "afternoon"),  # 9 am there is 1 pm in Chicago
        ("Asia/Tokyo", "tue-morning", ""),
    ],
)
def test_the_mark_follows_the_persons_own_time_zone(
    desk: Browser, zone: str, said: str, marked: str
) -> None:
    draft = factories.fill(factories.begin())
    with unit_of_work():
        times = {**factories.TIMES, "availability": [said], "time_zone": zone}
        drafts.save_times(draft, times, current_clinic(), now=MONDAY_MORNING)
        submit(draft, current_clinic(), now=MONDAY_MORNING)
    page = desk.get(path_of(draft))
    rows = page.all("tbody")[0].iter("tr")
    fits = [
        part
        for part, row in zip(("morning", "afternoon", "evening"), rows, strict=True)
        if any(cell.get("class") == "fit" for cell in row)
    ]
    assert (marked in fits) if marked else not fits


def test_later_days_can_be_reached_and_left_again(desk: Browser) -> None:
    page = desk.get(path_of(factories.sent()))
    first = offered(page)
    later = next(link for link in page.links() if "?from=" in link)
    second = desk.get(path_of(factories.sent()) + later.partition("#")[0])
    assert offered(second)
    assert not set(first) & set(offered(second))
    assert "Earlier days" in second.text


@pytest.mark.parametrize("start", ["x", "0001-01-01", "9999-12-31", "2026-02-30", "é"])
def test_any_first_day_gives_a_page(desk: Browser, start: str) -> None:
    assert offered(desk.get(path_of(factories.sent()) + f"?from={start}"))


@pytest.mark.both
def test_one_click_books_and_tells_the_patient(desk: Browser) -> None:
    submission = factories.sent()
    key = offered(desk.get(path_of(submission)))[0]
    page = book(desk, submission, key)
    assert "The call is booked" in page.text
    assert "Confirmation to the patient: planned for today 10:03 am" in page.text
    (appointment,) = appointments()
    assert appointment.status == "booked"
    assert appointment.changed_by == person().actor
    assert "appointment booked" in actions()


@pytest.mark.both
def test_the_time_that_was_asked_for_is_confirmed_with_one_click(desk: Browser) -> None:
    submission = asked_for(factories.free_keys()[3])
    page = desk.get(path_of(submission))
    assert "Asked for" in page.text
    assert "Eastern Time" in page.text
    assert "Confirm this time" in page.text
    page = book(desk, submission, offered(page)[0])
    assert "The call is booked" in page.text
    assert [each.status for each in appointments()] == ["booked"]


def test_what_was_asked_for_can_be_confirmed_until_it_begins(desk: Browser, morning) -> None:
    submission = asked_for(factories.free_keys()[0])
    starts = appointments()[0].starts_at
    morning.move_to(starts - timedelta(minutes=10))
    let_in(desk)
    page = desk.get(path_of(submission))
    page = book(desk, submission, offered(page)[0])
    assert "The call is booked" in page.text


@pytest.mark.both
def test_a_booked_call_moves(desk: Browser) -> None:
    submission, keys = booked(), factories.free_keys()
    page = book(desk, submission, keys[5])
    assert "The call is booked" in page.text
    (appointment,) = appointments()
    assert appointment.sequence == 1
    assert mails_of(submission) == ["booked", "moved"]


@pytest.mark.both
def test_who_has_not_heard_of_the_first_time_hears_only_of_the_second(desk: Browser) -> None:
    submission, keys = factories.sent(), factories.free_keys()
    book(desk, submission, keys[0])
    book(desk, submission, keys[5])
    told = {mail.state: mail for mail in mails(submission, "booked", "moved")}
    assert {state: mail.name for state, mail in told.items()} == {
        "cancelled": "booked",
        "queued": "booked",
    }
    assert told["queued"].context["when"] == "Tuesday, November 24, 11:30 am Central Time"


def mails_of(submission: Submission) -> list[str]:
    """The names of the mails about the time of the call, by the alphabet: their times are equal."""
    query = select(Message.name).where(Message.submission_id == submission.id)
    about = query.where(Message.name.in_(("booked", "moved"))).order_by(Message.name)
    return list(db.session.scalars(about))


def test_the_mail_about_another_time_names_both(desk: Browser, morning) -> None:
    keys = factories.free_keys()
    submission = booked()
    morning.shift(timedelta(minutes=5))
    book(desk, submission, keys[5])
    mail = db.session.scalars(select(Message).where(Message.name == "moved")).one()
    assert mail.context["was"] == "Tuesday, November 24, 9:00 am Central Time"
    assert mail.context["when"] == "Tuesday, November 24, 11:30 am Central Time"
    assert "SEQUENCE:1" in mail.context["calendar"]
    rendered = render(mail.name, mail.context, mail.language)
    assert rendered.subject == "Your consultation has a new time"
    for part in (rendered.text, rendered.html):
        assert mail.context["was"] in part
        assert mail.context["when"] in part


@pytest.mark.both
def test_a_call_that_moves_stays_with_its_provider(desk: Browser) -> None:
    submission, keys = factories.sent(), factories.free_keys()
    book(desk, submission, keys[0].replace("1-", "2-", 1))
    page = book(desk, submission, keys[5])  # a time of the first provider, free for both
    assert appointments()[0].provider_id == 2
    assert "with Dr. Samuel Okafor. The patient is told by email." in page.text
    assert "instead of" not in page.text


@pytest.mark.both
def test_it_is_said_when_another_provider_takes_over(desk: Browser) -> None:
    submission, keys = factories.sent(), factories.free_keys()
    book(desk, submission, keys[0].replace("1-", "2-", 1))
    book(desk, factories.sent(), keys[5].replace("1-", "2-", 1))
    page = book(desk, submission, keys[5])
    moved = next(each for each in appointments() if each.submission_id == submission.id)
    assert moved.provider_id == 1
    assert "with Dr. Priya Nair instead of Dr. Samuel Okafor, who is not free then" in page.text


def test_a_click_says_what_it_has_done(desk: Browser) -> None:
    submission, keys = factories.sent(), factories.free_keys()
    page = book(desk, submission, keys[0])
    assert (
        "Booked for Tuesday, November 24, 9:00 am Central Time, with Dr. Priya Nair." in page.text
    )
    assert "The patient is told by email." in page.text
    assert "#slot" in page.links()
    page = book(desk, submission, keys[5])
    assert "Moved to Tuesday, November 24, 11:30 am Central Time" in page.text
    assert "Moved to" not in desk.get(path_of(submission)).text


def test_it_is_said_when_the_patient_gets_no_mail(desk: Browser) -> None:
    submission = factories.sent(contact_by=["call"])
    page = book(desk, submission, factories.free_keys()[0])
    assert "The patient gets no email: tell them by phone." in page.text
    assert page.text.count("The patient gets no email") == 1


def test_a_click_on_the_time_that_is_booked_changes_nothing(desk: Browser) -> None:
    submission, key = factories.sent(), factories.free_keys()[0]
    book(desk, submission, key)
    page = book(desk, submission, key)  # the page was fresh: no double click
    assert page.status == 200
    assert [(each.status, each.sequence) for each in appointments()] == [("booked", 0)]
    assert mails_of(submission) == ["booked"]
    assert actions().count("appointment booked") == 1


@pytest.mark.both
def test_a_taken_time_offers_the_nearest_ones(app: Flask, desk: Browser) -> None:
    first, second = factories.sent(), factories.sent()
    key = factories.free_keys()[2]
    other = let_in(Browser(app), CLINICIAN)
    version = version_on(desk.get(path_of(second)))
    for submission in (first, factories.sent()):  # both providers
        book(other, submission, key if submission is first else key.replace("1-", "2-", 1))
    page = book(desk, second, key, version)
    assert page.status == 409
    assert "That time has just been taken" in page.text
    assert "nearest that are free" in page.text
    assert key not in offered(page)
    page = book(desk, second, offered(page)[0])
    assert "The call is booked" in page.text


def test_a_page_that_is_out_of_date_books_nothing(app: Flask, desk: Browser) -> None:
    submission, keys = factories.sent(), factories.free_keys()
    version = version_on(desk.get(path_of(submission)))
    book(let_in(Browser(app), CLINICIAN), submission, keys[0])
    page = book(desk, submission, keys[5], version)
    assert page.status == 409
    assert "was changed since you opened the page" in page.text
    assert [each.sequence for each in appointments()] == [0]


def test_it_shows_both_versions_and_whose_the_other_is(app: Flask, desk: Browser) -> None:
    submission, keys = factories.sent(), factories.free_keys()
    version = version_on(desk.get(path_of(submission)))
    book(let_in(Browser(app), CLINICIAN), submission, keys[0])
    page = book(desk, submission, keys[5], version)
    now, yours = (row for row in page.all("tr") if "As " in "".join(row.itertext()))
    assert "(booked; Dr. Priya Nair, today 10:00 am)" in "".join(now.itertext())
    assert moment_of(keys[5]) in "".join(yours.itertext())
    page = book(desk, submission, keys[5])
    assert f"Moved to {moment_of(keys[5])}" in page.text


def moment_of(key: str) -> str:
    """The time of a slot as staff read it."""
    _, starts_at = queries.read_slot_key(key) or ("", MONDAY_MORNING)
    return moment_text(starts_at, current_clinic().tz, "en")


@pytest.mark.both
def test_the_same_click_twice_books_once(desk: Browser) -> None:
    submission, key = factories.sent(), factories.free_keys()[0]
    version = version_on(desk.get(path_of(submission)))
    for _ in range(2):
        assert "The call is booked" in book(desk, submission, key, version).text
    mails = db.session.scalars(select(Message).where(Message.name == "booked")).all()
    assert len(mails) == len(appointments()) == 1


@pytest.mark.parametrize("key", ["1-000000000000", "9-202612031530", "x", "1-202612031533"])
def test_a_time_that_is_not_offered_is_not_booked(desk: Browser, key: str) -> None:
    page = book(desk, factories.sent(), key)
    assert page.status == 409
    assert "That time has just been taken" in page.text
    assert appointments() == []


@pytest.mark.parametrize(
    "data", [{}, {"slot": "x" * 41, "version": "1"}, {"slot": "x"}, {"slot": "x", "version": "-1"}]
)
def test_a_forged_form_is_refused(desk: Browser, data: dict[str, str]) -> None:
    submission = factories.sent()
    desk.get(path_of(submission))
    assert desk.post(path_of(submission) + "/book", data).status == 400


def test_the_slot_buttons_say_the_whole_date(desk: Browser) -> None:
    page = desk.get(path_of(factories.sent()))
    hidden = [
        span.text
        for button in page.all("button")
        if button.get("name") == "slot"
        for span in button.iter("span")
    ]
    assert ", Tuesday, November 24, 9:00 am" in hidden


@pytest.mark.both
def test_staff_see_that_a_patient_cancelled_and_why(desk: Browser) -> None:
    submission = factories.sent()
    book(desk, submission, factories.free_keys()[5])
    with unit_of_work():
        (appointment,) = appointments()
        changes.cancel(
            submission,
            appointment,
            current_clinic(),
            actor="patient",
            reason="later",
            now=MONDAY_MORNING,
        )
    page = desk.get(path_of(submission))
    assert "Call of Tue 11:30 am cancelled by the patient" in page.text
    assert "today 10:00 am. Reason: not now, maybe later" in page.text
    assert "Notice of a change to the front desk" in page.text
    assert offered(page)


def test_staff_see_that_a_patient_moved_their_call(desk: Browser) -> None:
    submission, keys = factories.sent(), factories.free_keys()
    book(desk, submission, keys[0])
    with unit_of_work():
        (appointment,) = appointments()
        changes.move(
            submission,
            appointment,
            keys[5],
            current_clinic(),
            time_zone="America/Chicago",
            now=MONDAY_MORNING,
        )
    assert "by the patient, today 10:00 am" in desk.get(path_of(submission)).text


def details(action: str) -> list[str]:
    """What the audit log says beside an action."""
    entries = select(AuditEntry.detail).where(AuditEntry.action == action)
    return list(db.session.scalars(entries.order_by(AuditEntry.seq)))


def test_staff_book_and_move_without_a_mail_if_they_say_so(desk: Browser) -> None:
    submission, keys = factories.sent(), factories.free_keys()
    for key in (keys[0], keys[5]):
        page = desk.get(path_of(submission))
        data = {"slot": key, "version": version_on(page), "quiet": "yes"}
        page = desk.post(path_of(submission) + "/book", data)
        assert page.text.count("The patient gets no email about it.") == 1
        assert desk.get(path_of(submission)).text.count("The patient gets no email about it.") == 1
    assert mails(submission, "booked", "moved") == []
    assert details("appointment booked") == ["patient not told"] * 2


def test_the_patient_is_told_unless_staff_say_otherwise(desk: Browser) -> None:
    submission = factories.sent()
    page = desk.get(path_of(submission))
    boxes = [box for box in page.all("input") if box.get("name") == "quiet"]
    assert [box.get("checked") for box in boxes] == [None]
    book(desk, submission, factories.free_keys()[0])
    assert len(mails(submission, "booked")) == 1
    assert details("appointment booked") == ["patient told"]


def test_whoever_gets_no_mail_is_not_asked_about(desk: Browser) -> None:
    submission = factories.sent(contact_by=["call"])
    page = desk.get(path_of(submission))
    assert [box for box in page.all("input") if box.get("name") == "quiet"] == []
    book(desk, submission, factories.free_keys()[0])
    assert details("appointment booked") == ["patient gets no mail"]


def place(desk: Browser, submission: Submission, key: str, **data: str) -> Page:
    """Book from a page that is up to date."""
    version = version_on(desk.get(path_of(submission)))
    return desk.post(path_of(submission) + "/book", {"slot": key, "version": version, **data})


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ({"quiet": "yes"}, {}, "gets no email about it."),
        ({}, {"quiet": "yes"}, "is told by email."),
    ],
)
def test_a_click_that_changes_nothing_says_how_the_patient_learns(
    desk: Browser, first: dict[str, str], second: dict[str, str], said: str
) -> None:
    submission, key = factories.sent(), factories.free_keys()[0]
    place(desk, submission, key, **first)
    page = place(desk, submission, key, **second)
    assert f"Central Time, with Dr. Priya Nair. The patient {said}" in page.text


def test_the_old_time_is_the_one_that_the_patient_was_told_last(desk: Browser) -> None:
    submission, keys = booked(), factories.free_keys()
    place(desk, submission, keys[3], quiet="yes")
    place(desk, submission, keys[4])  # thought better of before its mail left
    place(desk, submission, keys[5])
    (mail,) = [each for each in mails(submission, "moved") if each.state == "queued"]
    assert mail.context["was"] == "Tuesday, November 24, 9:00 am Central Time"


def test_who_heard_of_no_time_hears_of_no_old_one(desk: Browser) -> None:
    submission, keys = factories.sent(), factories.free_keys()
    place(desk, submission, keys[3], quiet="yes")
    place(desk, submission, keys[5])
    assert [mail.name for mail in mails(submission, "booked", "moved")] == ["booked"]


@pytest.mark.both
def test_a_mail_that_waits_does_not_leave_after_a_quiet_move(desk: Browser) -> None:
    submission, keys = factories.sent(), factories.free_keys()
    book(desk, submission, keys[0])
    page = desk.get(path_of(submission))
    data = {"slot": keys[5], "version": version_on(page), "quiet": "yes"}
    desk.post(path_of(submission) + "/book", data)
    assert [mail.state for mail in mails(submission, "booked")] == ["cancelled"]
