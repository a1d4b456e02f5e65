"""The patient's page of their call: what it shows, what it changes, and what it never does."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from intake.clinic.service import current_clinic
from intake.core.db import db, unit_of_work
from intake.core.tokens import token_hash
from intake.development.example import example_user
from intake.retention import purge
from intake.scheduling import queries, service
from intake.scheduling.models import AppointmentLink
from intake.submissions.models import Submission
from tests import factories
from tests.appointments import appointment_of, booked, link_in, mails, path_of, rule
from tests.factories import MONDAY_MORNING
from tests.rules.test_routes import everything


@pytest.fixture(autouse=True)
def morning(app):
    """A Monday morning."""
    with time_machine.travel(MONDAY_MORNING, tick=False) as now:
        yield now


@pytest.fixture
def submission(morning) -> Submission:
    """Somebody with a call on Wednesday at 9."""
    return booked(on_wednesday())


def on_wednesday() -> str:
    return next(key for key in factories.free_keys() if "-20261125" in key)


def offered(page) -> list[str]:
    return [i.get("value") for i in page.all("input") if i.get("name") == "slot"]


def cancelled(client, submission):
    client.get(path_of(submission) + "/cancel")
    return client.submit()


def test_it_shows_when_with_the_zone_and_how_and_nothing_else(client, submission):
    page = client.get(path_of(submission))
    assert page.h1 == "Your consultation"
    assert "Wednesday, November 25 9:00 am Central Time" in page.text
    assert "We will call you." in page.text
    contact = factories.CONTACT
    for secret in ("given_name", "family_name", "phone", "email", "dob"):
        assert contact[secret] not in page.text
    assert submission.reference not in page.text


def test_only_the_hash_of_a_link_is_kept(client, submission):
    token = path_of(submission).rsplit("/", 1)[1]
    kept = list(db.session.scalars(select(AppointmentLink.token_hash)))
    assert token not in kept
    assert len(kept[0]) == 64


@pytest.mark.parametrize("page", ["", "/times", "/cancel", "/earlier", "/appointment.ics"])
def test_a_link_that_leads_nowhere_offers_a_new_one(client, submission, page):
    assert client.get(f"/appointment/{'x' * 43}{page}").h1 == "Lost your link?"


@pytest.mark.parametrize("change", [lambda link: link[:-1], lambda link: link + "."])
def test_so_does_a_link_that_a_mail_program_has_cut_or_lengthened(client, submission, change):
    assert client.get(change(path_of(submission))).h1 == "Lost your link?"
    assert client.get(path_of(submission)).h1 == "Your consultation"


def test_a_link_works_until_the_call_is_over(client, submission, morning):
    ends = appointment_of(submission).ends_at
    morning.move_to(ends - timedelta(seconds=1))
    assert client.get(path_of(submission)).h1 == "Your consultation"
    morning.move_to(ends)
    page = client.get(path_of(submission))
    assert page.path == "/appointment/lost?gone=1"
    assert "no longer works" in page.text


def test_a_secret_for_another_purpose_opens_no_appointment(client, submission):
    with unit_of_work():
        secret = "t" * 43
        other = AppointmentLink(
            token_hash=token_hash(secret),
            appointment_id=appointment_of(submission).id,
            created_at=MONDAY_MORNING,
        )
        db.session.add(other)
    assert client.get(f"/appointment/{secret}").h1 == "Lost your link?"


def test_another_time_is_chosen_among_the_free_ones(client, submission):
    page = client.get(path_of(submission) + "/times")
    key = offered(page)[0]
    page = client.submit(slot=key)
    assert page.h1 == "Your consultation"
    assert "Tuesday, November 24 9:00 am Central Time" in page.text
    appointment = appointment_of(submission)
    assert (appointment.sequence, appointment.moves, appointment.changed_by) == (1, 1, "patient")
    assert len(mails(submission, "moved")) == 1
    (desk,) = mails(submission, "appointment_changed")
    assert desk.context["was"] == "Wednesday, November 25, 9:00 am Central Time"
    assert desk.context["time"] == "Tuesday, November 24, 9:00 am Central Time"


def test_nobody_moves_a_call_to_the_time_of_another_one_of_theirs(client, submission):
    other = booked()  # on Tuesday at 9, with one provider; another one is free then
    page = client.get(path_of(submission) + "/times")
    taken = queries.key_at(2, appointment_of(other).starts_at)
    assert not [key for key in offered(page) if key.endswith(taken[1:])]
    page = client.post(path_of(submission) + "/times", {"slot": taken})
    assert page.status == 409
    assert not [key for key in offered(page) if key.endswith(taken[1:])]
    assert (appointment_of(submission).moves, mails(submission, "moved")) == (0, [])


def test_the_zone_in_which_a_time_is_chosen_is_kept(client, submission):
    client.get(path_of(submission) + "/times?zone=America/Denver")
    client.submit(slot=offered(client.page)[0])
    assert "8:00 am Mountain Time" in client.page.text
    (mail,) = mails(submission, "moved")
    assert mail.context["when"] == "Tuesday, November 24, 8:00 am Mountain Time"
    assert "8:00 am Mountain Time" in mail.context["calendar"].replace("\r\n ", "").replace(
        "\\", ""
    )


def test_a_page_without_a_choice_says_so(client, submission):
    client.get(path_of(submission) + "/times")
    page = client.submit()
    assert "There is a problem" in page.text
    assert offered(page)


def test_whoever_is_too_late_gets_the_nearest_times_and_keeps_theirs(client, submission):
    client.get(path_of(submission) + "/times")
    key = offered(client.page)[0]
    booked(key)
    booked(key.replace("1-", "2-", 1))
    page = client.submit(slot=key)
    assert page.status == 409
    assert "just been taken" in page.text
    assert key not in offered(page)
    assert appointment_of(submission).sequence == 0
    assert client.submit(slot=offered(page)[0]).h1 == "Your consultation"
    assert appointment_of(submission).sequence == 1


@pytest.mark.parametrize("key", ["1-000000000000", "x", "1-202611251533", ""])
def test_a_time_that_is_not_offered_is_not_booked(client, submission, key):
    client.get(path_of(submission) + "/times")
    client.submit(slot=key)
    assert client.page.status in (200, 409)
    assert appointment_of(submission).sequence == 0


def test_cancelling_takes_two_steps_and_puts_the_request_back(client, submission, morning):
    page = client.get(path_of(submission) + "/cancel")
    assert page.h1 == "Cancel your consultation?"
    assert appointment_of(submission).status == "booked"
    page = client.submit(reason="later")
    assert page.h1 == "Your consultation is cancelled"
    appointment = appointment_of(submission)
    kept = (appointment.status, appointment.changed_by, appointment.reason)
    assert kept == ("cancelled", "patient", "later")
    assert appointment.cancelled_at == MONDAY_MORNING
    assert db.session.get_one(Submission, submission.id).status == "contacting"
    assert "1-202611251500" in factories.free_keys()
    (mail,) = mails(submission, "cancelled")
    assert mail.context["calendar_method"] == "CANCEL"
    assert "SEQUENCE:1" in mail.context["calendar"]
    (desk,) = mails(submission, "appointment_changed")
    assert (desk.context["was"][:9], desk.context["time"]) == ("Wednesday", "")


def test_cancelling_twice_cancels_once(client, submission):
    cancelled(client, submission)
    client.post(path_of(submission) + "/cancel", {})
    assert len(mails(submission, "cancelled")) == 1


def test_an_old_page_does_not_cancel_a_call_that_was_moved_since(client, submission):
    client.get(path_of(submission) + "/cancel")
    with unit_of_work():
        desk, clinic = example_user("desk@example.com"), current_clinic()
        key = "1-202611242000"
        service.book(submission, key, clinic, actor=desk, now=MONDAY_MORNING)
    page = client.submit(reason="time")
    assert (page.status, appointment_of(submission).status) == (409, "booked")
    assert "was changed after you opened this page" in page.text
    assert "Tuesday, November 24, 2:00 pm" in page.text
    assert client.submit().h1 == "Your consultation is cancelled"
    assert appointment_of(submission).reason == "time"


def test_a_cancellation_can_be_undone_for_a_day(client, submission, morning):
    page = cancelled(client, submission)
    assert "Until Tuesday, November 24, 10:00 am Central Time" in page.text
    morning.shift(timedelta(hours=23))
    client.get(path_of(submission))
    page = client.submit()
    assert page.h1 == "Your consultation"
    appointment = appointment_of(submission)
    assert (appointment.status, appointment.sequence) == ("booked", 2)
    assert db.session.get_one(Submission, submission.id).status == "booked"
    assert len(mails(submission, "restored")) == 1
    told = [bool(mail.context["was"]) for mail in mails(submission, "appointment_changed")]
    assert told == [True, False]


def test_after_a_day_it_cannot_be_undone(client, submission, morning):
    cancelled(client, submission)
    morning.shift(timedelta(hours=24))
    page = client.get(path_of(submission))
    assert "Undo" not in page.text
    assert "(312) 555-0142" in page.text
    assert client.post(path_of(submission) + "/undo", {}).h1 == "Your consultation is cancelled"
    assert appointment_of(submission).status == "cancelled"


def test_a_time_that_somebody_else_took_cannot_come_back(client, submission):
    client.get(path_of(submission))
    cancelled(client, submission)
    booked("1-202611251500")
    booked("2-202611251500")
    page = client.post(path_of(submission) + "/undo", {})
    assert page.status == 409
    assert "just been taken" in page.text
    page = client.submit(slot=offered(page)[0])
    assert page.h1 == "Your consultation"
    assert appointment_of(submission).status == "booked"


def test_what_staff_cancelled_cannot_be_undone_by_the_patient(client, submission):
    cancelled(client, submission)
    with unit_of_work():
        appointment_of(submission).changed_by = "user:1"
    assert "Undo" not in client.get(path_of(submission)).text
    client.post(path_of(submission) + "/undo", {})
    assert appointment_of(submission).status == "cancelled"


def test_shortly_before_the_call_the_page_gives_the_number(client, submission, morning):
    client.get(path_of(submission) + "/times")
    key = offered(client.page)[-1]
    morning.move_to(appointment_of(submission).starts_at - timedelta(hours=3))
    page = client.get(path_of(submission))
    assert "please call us at (312) 555-0142" in page.text
    for path, data in (("/cancel", {}), ("/times", {"slot": key})):
        assert client.get(path_of(submission) + path).h1 == "Your consultation"
        assert client.post(path_of(submission) + path, data).status == 200
    assert appointment_of(submission).sequence == 0


def test_after_several_moves_the_page_gives_the_number(client, submission):
    rule(most_moves=1)
    client.get(path_of(submission) + "/times")
    client.submit(slot=offered(client.page)[0])
    assert "call us at (312) 555-0142" in client.page.text
    assert client.get(path_of(submission) + "/times").h1 == "Your consultation"
    assert "Cancel it" in client.page.text


def test_staff_are_not_bound_by_the_limits(client, submission):
    rule(most_moves=0, change_notice=100_000)
    key, desk = factories.free_keys()[0], example_user("desk@example.com")
    with unit_of_work():
        service.book(submission, key, current_clinic(), actor=desk, now=MONDAY_MORNING)
    assert (appointment_of(submission).sequence, appointment_of(submission).moves) == (1, 0)


def test_the_calendar_file_is_the_one_of_the_mail(client, submission):
    page = client.get(path_of(submission) + "/appointment.ics")
    assert page.headers["Content-Type"] == "text/calendar; method=PUBLISH; charset=utf-8"
    text = page.body.decode().replace("\r\n ", "")
    assert f"UID:{appointment_of(submission).calendar_uid}" in text
    assert f"{path_of(submission)}\r\n" in text
    assert "9:00 am Central Time" in text
    assert "dana@example.org" not in text


def test_mailed_links_and_calendars_lead_to_the_page(client, submission):
    (mail,) = mails(submission, "booked")
    assert client.get(link_in(mail)).h1 == "Your consultation"
    assert mail.context["link"] in mail.context["calendar"].replace("\r\n ", "")


def test_a_thousand_looks_at_every_mailed_link_change_nothing(client, submission):
    cancelled(client, submission)
    client.get(path_of(submission))
    client.submit()
    links = [link_in(mail) for mail in mails(submission, "booked", "cancelled", "restored")]
    paths = [link + page for link in links for page in ("", "/times", "/cancel", "/earlier")]
    paths += [f"{link}/appointment.ics" for link in links]
    before = everything()
    for number in range(1000):
        method = client.client.get if number % 2 else client.client.head
        assert method(paths[number % len(paths)]).status_code in (200, 303)
    assert everything() == before


@pytest.mark.parametrize(
    "address", ["dana@example.org", " Dana@Example.org ", "nobody@example.org"]
)
def test_asking_for_a_lost_link_is_answered_alike(client, submission, address):
    client.get("/appointment/lost")
    page = client.submit(email=address)
    assert page.h1 == "Look in your email"
    assert "example.org" not in page.text
    sent = mails(submission, "link_again")
    assert len(sent) == (0 if "nobody" in address else 1)
    for mail in sent:
        assert client.get(link_in(mail)).h1 == "Your consultation"


def test_one_person_gets_only_a_few_links(client, submission):
    for _ in range(5):
        client.get("/appointment/lost")
        assert client.submit(email="dana@example.org").h1 == "Look in your email"
    assert len(mails(submission, "link_again")) <= 3


def test_no_link_is_mailed_about_a_call_that_is_cancelled(client, submission):
    cancelled(client, submission)
    client.get("/appointment/lost")
    client.submit(email="dana@example.org")
    assert mails(submission, "link_again") == []


def test_nobody_can_fill_mailboxes_with_changes(client, submission):
    client.get(path_of(submission))
    statuses = [
        client.client.post(
            path_of(submission) + page, data={"csrf_token": client.token, "sequence": number}
        ).status_code
        for number, page in enumerate(("/cancel", "/undo") * 15)
    ]
    assert statuses[0] == 303
    assert statuses[-1] == 429
    assert len(mails(submission, "cancelled", "restored")) <= 20


def test_links_to_calls_that_are_over_are_deleted(client, submission):
    ends = appointment_of(submission).ends_at
    purge.run(current_clinic(), now=ends - timedelta(seconds=1))
    assert db.session.scalars(select(AppointmentLink)).all()
    purge.run(current_clinic(), now=ends)
    assert db.session.scalars(select(AppointmentLink)).all() == []


@pytest.mark.parametrize(
    ("channel", "words"),
    [("video", "open this link at that time"), ("in_person", "Please come to: 12 Harbor Street")],
)
def test_it_says_where_people_meet(client, submission, channel, words):
    rule(video_link="https://video.example.test/room", address="12 Harbor Street")
    with unit_of_work():
        appointment_of(submission).channel = channel
    assert words in client.get(path_of(submission)).text
