"""Where people meet: what they are told of it, and whoever was told of another place."""

import pytest
from flask import Flask
from icalendar import Calendar
from sqlalchemy import update

from intake.clinic.service import current_clinic
from intake.core.db import db, unit_of_work
from intake.scheduling import hours, meeting
from intake.scheduling.models import Appointment, Provider
from intake.scheduling.told import place_of
from intake.submissions.models import Submission
from tests import factories
from tests.appointments import appointment_of, booked, mails, rule
from tests.factories import MONDAY_MORNING as NOW

ROOM, OWN = "https://video.example.test/common", "https://video.example.test/nair"
STREET = "12 Harbor Street, Chicago, IL 60601"


def by(channel: str, key: str = "", **contact: object) -> Submission:
    """Somebody whose call is booked this way."""
    submission = booked(key, **contact)
    with unit_of_work():
        appointment_of(submission).channel = channel
    return submission


def give_room(link: str) -> meeting.Told:
    with unit_of_work():
        before = meeting.places_ahead(now=NOW)
        provider = db.session.get_one(Provider, 1)
        hours.set_room(provider, link, version=provider.version, actor="user:1", now=NOW)
        return meeting.tell_changes(before, current_clinic(), now=NOW)


@pytest.fixture(autouse=True)
def places(app: Flask) -> None:
    rule(video_link=ROOM, address=STREET)


def test_a_call_is_in_its_providers_room_or_else_in_the_common_one() -> None:
    call = appointment_of(by("video"))
    assert place_of(call) == ROOM
    give_room(OWN)
    assert place_of(call) == OWN


@pytest.mark.parametrize(("channel", "place"), [("in_person", STREET), ("phone", "")])
def test_only_who_comes_needs_the_address(channel: str, place: str) -> None:
    assert place_of(appointment_of(by(channel))) == place


@pytest.mark.both
def test_whoever_was_told_of_another_place_is_told_of_the_new_one() -> None:
    submission = by("video")
    assert give_room(OWN) == (1, 0)
    (mail,) = mails(submission, "place_changed")
    (event,) = Calendar.from_ical(mail.context["calendar"]).walk("VEVENT")
    assert (mail.context["place"], event["location"]) == (OWN, OWN)
    assert int(event["sequence"]) == 1


def test_whoever_gets_no_mail_is_counted_for_the_phone() -> None:
    by("video", contact_by=["call"])
    assert give_room(OWN) == (0, 1)


def test_nobody_hears_of_a_place_that_is_not_theirs() -> None:
    others = by("in_person", factories.free_keys()[2]), by("phone", factories.free_keys()[4])
    assert give_room(OWN) == (0, 0)
    with unit_of_work():
        db.session.execute(update(Appointment).values(channel="video", provider_id=2))
    assert give_room("") == (0, 0)
    assert all(mails(each, "place_changed") == [] for each in others)


def test_a_reminder_names_the_new_place(app: Flask) -> None:
    submission = by("video", factories.free_keys()[40])
    give_room(OWN)
    waiting = [each for each in mails(submission, "reminder") if each.state == "queued"]
    assert {each.context["place"] for each in waiting} == {OWN}


@pytest.mark.parametrize(
    "link",
    [
        "http://a.test/1",
        "javascript:alert(1)",
        "https://",
        "https://me:pw@a.test",
        "https://a b",
        "https://a:99999",
    ],
)
def test_what_is_no_safe_link_is_refused(link: str) -> None:
    assert not meeting.is_video_link(link)
