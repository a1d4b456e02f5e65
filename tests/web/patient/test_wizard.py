import pytest
import time_machine
from sqlalchemy import func, select

from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.db import db, unit_of_work
from intake.notifications.models import Message
from intake.notifications.render import render
from intake.scheduling import service as booking
from intake.scheduling.models import Appointment
from intake.submissions.models import Submission
from tests import factories
from tests.appointments import booked, leave_one_provider, mails, rule
from tests.web.patient import journey


def submission() -> Submission:
    return db.session.scalars(select(Submission)).one()


def test_the_whole_way_ends_with_a_reference(client):
    page = journey.to_done(client)
    assert page.path == "/request/done"
    assert submission().reference in page.text
    assert submission().status == "new"
    assert db.session.scalars(select(Appointment.status)).one() == "pending"


def test_the_way_begins_at_the_beginning(client):
    for step in ("contact", "safety", "health", "history", "times", "check"):
        assert client.get(f"/request/{step}").path == "/request/start"


def test_a_page_further_on_leads_to_the_first_open_one(client):
    journey.to_contact(client)
    assert client.get("/request/times").path == "/request/contact"


def test_under_18_leads_to_help_and_stores_nothing(client):
    page = journey.to_contact(client, age18="no")
    assert page.path == "/not-for-you"
    assert db.session.scalar(select(func.count()).select_from(Submission)) == 0


def test_errors_keep_what_was_typed(client):
    journey.to_contact(client)
    page = client.submit(**{**journey.CONTACT, "phone": "12", "dob_day": "31", "dob_month": "2"})
    assert page.h1
    assert "There is a problem" in page.text
    assert page.fields()["given_name"] == ["Dana"]
    assert page.fields()["phone"] == ["12"]
    assert page.fields()["dob_day"] == ["31"]
    assert b"<title>Error: " in page.body


def test_saved_answers_are_shown_again(client):
    journey.to_safety(client)
    page = client.get("/request/contact")
    assert page.fields()["email"] == ["dana@example.org"]
    assert page.fields()["dob_year"] == ["1985"]


def test_a_change_from_the_check_page_comes_back_to_it(client):
    journey.to_check(client)
    client.get("/request/contact?from=check")
    page = client.submit(given_name="Dee")
    assert page.path == "/request/check"
    assert "Dee O’Neill-Ñandú" in page.text


def test_another_condition_asks_what_it_calls_for_before_the_check_page(client):
    journey.to_check(client)
    client.get("/request/start?from=check")
    page = client.submit(conditions=["chronic_pain", "migraine"])
    assert page.path == "/request/screening/headache_burden"


def test_the_check_page_shows_no_answers(client):
    page = journey.to_check(client)
    assert "Answered" in page.text
    assert "Skipped" in page.text
    assert "thoughts" not in page.text.lower()


def test_sending_again_shows_the_same_receipt(client):
    first = journey.to_done(client)
    again = client.post("/request/check", {})
    assert again.path == "/request/done"
    assert again.text == first.text
    assert db.session.scalar(select(func.count()).select_from(Message)) == 2


def test_a_sent_request_cannot_be_changed(client):
    journey.to_done(client)
    assert client.get("/request/contact").path == "/request/done"


def test_starting_again_after_sending_makes_a_new_request(client):
    journey.to_done(client)
    journey.to_contact(client)
    assert db.session.scalar(select(func.count()).select_from(Submission)) == 2


def test_phq2_gates_the_rest_for_pain(client):
    page = journey.to_screening(client)
    assert page.path == "/request/screening/phq9"
    assert sorted(name for name in page.fields() if name.startswith("q")) == []
    names = {item.get("name") for item in page.all("input")}
    assert {"q1", "q2"} <= names
    assert "q3" not in names
    page = client.submit(q1="1", q2="1")
    assert page.path == "/request/more/phq9"
    assert "q9" in {item.get("name") for item in page.all("input")}


def test_a_low_phq2_goes_on(client):
    journey.to_screening(client)
    assert client.submit(q1="0", q2="1").path == "/request/screening/peg"


def test_unanswered_items_are_listed_and_can_be_left_blank(client):
    journey.to_screening(client, conditions=["depression"])
    page = client.submit(q1="1")
    assert "There is a problem" in page.text
    page = client.submit("leave_blank", q1="1")
    assert page.path != "/request/screening/phq9"
    assert submission().answers["phq9"] == {"q1": 1}


def test_the_short_way_sends_after_the_safety_page(client):
    client.get("/request/call-me")
    page = client.submit(
        conditions=["ptsd"],
        age18="yes",
        given_name="Sam",
        family_name="Lee",
        phone="3125550111",
        contact_by=["call"],
        voicemail_ok="no",
        best_time="any",
        consent_privacy="yes",
    )
    assert page.path == "/request/safety"
    page = client.submit(**journey.NO_THOUGHTS)
    assert page.path == "/request/done"
    assert submission().status == "new"


def test_none_of_these_times_needs_a_part_of_the_week(client):
    journey.to_times(client)
    page = client.submit(slot="none", channel="phone")
    assert "Select at least one part of the week" in page.text
    page = client.submit(slot="none", channel="phone", availability=["tue-morning"])
    assert page.path == "/request/check"
    assert "Tuesday morning" in page.text


def test_a_time_that_was_just_taken_offers_the_nearest(client, app):
    leave_one_provider()
    journey.to_times(client)
    radios = [item.get("value") for item in client.page.all("input") if item.get("name") == "slot"]
    other = type(client)(app)
    journey.to_times(other)
    other.submit(slot=radios[0], channel="phone")
    mine = radios[0]
    page = client.submit(slot=mine, channel="video")
    assert page.status == 409
    assert "not free any more" in page.text
    assert page.fields()["channel"] == ["video"]


def test_a_held_time_that_is_gone_at_the_end_leaves_all_answers(client):
    journey.to_check(client)
    with unit_of_work():
        held = db.session.scalars(select(Appointment)).one()
        held.hold_expires_at = clock.now()
        start = f"{held.starts_at:%Y%m%d%H%M}"
    for provider in (1, 2):
        booked(f"{provider}-{start}", clock.now())
    page = client.submit()
    assert page.path.startswith("/request/times?taken=")
    assert "not free any more" in page.text
    page = journey.choose_time(client)
    assert page.path == "/request/check"
    assert "Dana O’Neill-Ñandú" in page.text
    assert client.submit().path == "/request/done"


def test_an_expired_hold_is_sent_while_the_time_is_free(client):
    journey.to_check(client)
    with unit_of_work():
        db.session.scalars(select(Appointment)).one().hold_expires_at = clock.now()
    assert client.submit().path == "/request/done"
    assert db.session.scalars(select(Appointment.status)).one() == "pending"


def test_a_routine_request_is_booked_at_once_where_the_clinic_wants_that(client):
    rule(mode="instant")
    journey.to_screening(client)
    page = journey.skip_to(client, "/request/health")
    values = [(item.get("name"), item.get("value")) for item in page.all("input")]
    client.submit(**{name: value for name, value in values if value in ("no", "none")})
    journey.skip_to(client, "/request/times")
    journey.choose_time(client)
    page = client.submit()
    assert submission().level == "routine", submission().triage
    assert "Your call is booked." in page.text
    assert submission().status == "booked"
    assert [mail.name for mail in mails(submission(), "booked")] == ["booked"]


def test_an_urgent_request_is_never_booked_at_once(client):
    rule(mode="instant")
    journey.to_safety(client)
    client.submit(**{**journey.NO_THOUGHTS, "q1": "yes"})
    client.submit(q5="no")
    client.get("/request/screening/phq9")
    journey.skip_to(client, "/request/times")
    journey.choose_time(client)
    client.submit()
    assert db.session.scalars(select(Appointment.status)).one() == "pending"


def test_a_held_time_is_kept_by_whoever_takes_the_short_way(client):
    journey.to_check(client)
    client.get("/request/call-me")
    page = client.submit()
    assert page.path == "/request/done"
    assert db.session.scalars(select(Appointment.status)).one() == "pending"


def test_somebody_goes_on_answering_after_staff_booked_a_call(client, app):
    journey.to_safety(client)
    client.submit(**{**journey.NO_THOUGHTS, "q1": "yes"})
    desk = factories.user()
    with unit_of_work():
        key = factories.free_keys(clock.now())[0]
        booking.book(submission(), key, current_clinic(), actor=desk, now=clock.now())
    client.get("/request/more/asq")
    page = client.submit(q5="yes")
    assert page.h1 == "Please reach out for help now"
    client.get("/request/screening/phq9")
    journey.skip_to(client, "/request/times")
    client.submit(slot="none", channel="phone", availability=["mon-morning"])
    page = client.submit()
    assert page.path == "/request/done"
    assert submission().status == "booked"


@pytest.mark.parametrize(
    ("year", "path"), [("2008", "/request/safety"), ("2009", "/request/contact")]
)
def test_a_birth_date_below_18_is_asked_about(client, year, path):
    journey.to_contact(client)
    with time_machine.travel("2026-03-27T18:00:00Z", tick=False):
        client.get("/request/start")
        client.submit(**journey.START)
        page = client.submit(**{**journey.CONTACT, "dob_year": year})
    assert page.path == path


def test_skip_keeps_what_was_answered_before(client):
    journey.to_screening(client)
    client.submit(q1="0", q2="1")
    client.submit(p="3", e="4", g="5")
    client.get("/request/screening/peg")
    client.submit("skip")
    assert submission().answers["peg"] == {"p": 3, "e": 4, "g": 5}


def test_a_change_asks_only_what_is_new(client):
    journey.to_check(client)
    client.get("/request/start?from=check")
    page = client.submit(conditions=["chronic_pain", "migraine"])
    assert page.path == "/request/screening/headache_burden"
    assert client.submit("skip").path == "/request/check"


class TestPromise:
    """What the confirmation and the receipt say about when the clinic answers: the same."""

    def receipt(self) -> str:
        mail = db.session.scalars(select(Message).where(Message.name == "received")).one()
        return " ".join(render("received", mail.context, mail.language).text.split())

    def test_a_chosen_time_is_confirmed_within_the_response_time(self, client):
        with time_machine.travel("2026-11-30T14:00Z", tick=False):  # a Monday, 8 am
            page = journey.to_done(client)
        assert "We will confirm it by Monday, November 30, 5:00 pm Central Time" in page.text
        assert (
            "You asked for Tuesday, December 1, 9:00 am Central Time. We will confirm it by "
            in (self.receipt())
        )

    def test_all_of_it_is_said_in_one_zone(self, client):
        with time_machine.travel("2026-11-30T14:00Z", tick=False):
            journey.to_times(client)
            client.submit(look="zone", zone="America/New_York")
            journey.choose_time(client)
            page = client.submit()
        said = "We will confirm it by Monday, November 30, 6:00 pm Eastern Time"
        assert said in page.text
        assert said in self.receipt()
        assert "Central Time" not in self.receipt()

    def test_a_call_that_is_sooner_is_confirmed_before_it(self, client):
        with time_machine.travel("2026-12-04T22:00Z", tick=False):  # a Friday, 4 pm
            page = journey.to_done(client)
        assert "We will confirm it before then." in page.text
        assert "You asked for Monday, December 7, 9:00 am Central Time. " in self.receipt()
        assert "confirm it before then" in self.receipt()

    def test_without_a_time_we_say_by_when_we_call(self, client):
        with time_machine.travel("2026-11-30T14:00Z", tick=False):
            journey.to_times(client)
            client.submit(slot="none", availability=["mon-morning"], channel="phone")
            client.submit()
        assert "We will contact you by Monday, November 30, 5:00 pm Central Time." in self.receipt()
