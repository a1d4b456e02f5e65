"""Settings: hours, dates that differ, closures and booking rules, and two who edit at once."""

from datetime import date, time

import pytest
from flask import Flask
from sqlalchemy import update

from intake.clinic.models import Closure
from intake.clinic.service import current_clinic
from intake.core.db import db, unit_of_work
from intake.scheduling import service
from intake.scheduling.models import Appointment, ConsultationType, Provider
from tests import factories
from tests.browse import Browser, Page
from tests.factories import MONDAY_MORNING
from tests.web.staff.people import actions, let_in, person

HOURS = "/staff/settings/hours"
RULES = "/staff/settings/booking-rules"
CLOSURES = "/staff/settings/closures"


pytestmark = pytest.mark.usefixtures("morning")


@pytest.fixture
def other(app: Flask, morning) -> Browser:
    """Another administrator, at another browser."""
    factories.user("second@example.com", "administrator")
    return let_in(Browser(app), "second@example.com")


def provider(number: int = 1) -> Provider:
    db.session.expire_all()
    return db.session.get_one(Provider, number)


def kind() -> ConsultationType:
    db.session.expire_all()
    return db.session.get_one(ConsultationType, 1)


def hours_of(number: int = 1) -> dict[int, list[tuple[time, time]]]:
    found: dict[int, list[tuple[time, time]]] = {}
    for each in sorted(provider(number).weekly, key=lambda row: (row.weekday, row.opens)):
        found.setdefault(each.weekday, []).append((each.opens, each.closes))
    return found


def form_to(page: Page, action: str) -> dict[str, str]:
    """What the form to an address would send as it stands, its token apart."""
    (form,) = [f for f in page.all("form") if f.get("action") == action][:1]
    inputs = list(form.iter("input"))
    sent = [
        i
        for i in inputs
        if i.get("type") not in ("radio", "checkbox") or i.get("checked") is not None
    ]
    return {i.get("name"): i.get("value", "") for i in sent if i.get("name") != "csrf_token"}


def book(key: str) -> None:
    submission = factories.sent()
    with unit_of_work():
        service.book(submission, key, current_clinic(), actor=person(), now=MONDAY_MORNING)


class TestHours:
    def test_they_are_shown_as_they_can_be_written(self, admin: Browser) -> None:
        page = admin.get(HOURS)
        assert form_to(page, HOURS)["day_0"] == "9:00 am – 5:00 pm"
        assert form_to(page, HOURS)["day_6"] == ""

    def test_saving_changes_them_and_is_audited(self, admin: Browser) -> None:
        sent = form_to(admin.get(HOURS), HOURS)
        page = admin.post(HOURS, {**sent, "day_0": "9am-noon, 1-4pm", "day_1": ""})
        assert "The weekly hours are saved" in page.text
        assert "Last changed by Sam Lindqvist, today 10:00 am" in page.text
        assert hours_of()[0] == [(time(9), time(12)), (time(13), time(16))]
        assert 1 not in hours_of()
        assert "weekly hours changed" in actions()

    def test_hours_that_cannot_be_read_are_kept_on_the_page(self, admin: Browser) -> None:
        sent = form_to(admin.get(HOURS), HOURS)
        page = admin.post(HOURS, {**sent, "day_0": "nine to five"})
        assert page.status == 400
        assert "Write hours like 9:00 am – 5:00 pm" in page.text
        assert form_to(page, HOURS)["day_0"] == "nine to five"
        assert len(hours_of()) == 5

    def test_each_provider_has_their_own(self, admin: Browser) -> None:
        sent = form_to(admin.get(f"{HOURS}?provider=2"), HOURS)
        admin.post(HOURS, {**sent, "day_0": ""})
        assert (0 in hours_of(1), 0 in hours_of(2)) == (True, False)

    def test_the_second_editor_sees_both_versions_and_can_insist(
        self, admin: Browser, other: Browser
    ) -> None:
        seen = form_to(admin.get(HOURS), HOURS)
        sent = form_to(other.get(HOURS), HOURS)
        other.post(HOURS, {**sent, "day_0": "8am-10am"})
        page = admin.post(HOURS, {**seen, "day_0": "1pm-3pm"})
        assert page.status == 409
        assert "Changed by New Person, today 10:00 am" in page.text
        assert "Monday 8:00 am – 10:00 am 1pm-3pm" in page.text
        assert hours_of()[0] == [(time(8), time(10))]
        admin.post(HOURS, form_to(page, HOURS))
        assert hours_of()[0] == [(time(13), time(15))]

    @pytest.mark.parametrize("wrong", [{"provider": "99"}, {"provider": "x"}, {"version": "²"}])
    def test_a_forged_form_is_refused(self, admin: Browser, wrong: dict[str, str]) -> None:
        sent = form_to(admin.get(HOURS), HOURS)
        assert admin.post(HOURS, {**sent, **wrong}).status == 400


class TestDatesThatDiffer:
    ADD = "/staff/settings/dated-hours"
    REMOVE = "/staff/settings/dated-hours/remove"

    def test_a_provider_can_be_away_for_days(self, admin: Browser) -> None:
        sent = form_to(admin.get(HOURS), self.ADD)
        dates = {"first": "2027-01-11", "last": "01/13/2027", "label": "Course"}
        page = admin.post(self.ADD, {**sent, **dates})
        assert "Mon, Jan 11, 2027 Away Course" in page.text
        assert [each.day.day for each in provider().dated] == [11, 12, 13]

    def test_other_hours_can_be_given_and_taken_back(self, admin: Browser) -> None:
        sent = form_to(admin.get(HOURS), self.ADD)
        page = admin.post(self.ADD, {**sent, "first": "2027-01-11", "hours": "2pm-4pm"})
        assert provider().dated[0].windows == ((time(14), time(16)),)
        sent = form_to(page, self.REMOVE)
        page = admin.post(self.REMOVE, {**sent, "day": "2027-01-11"})
        assert "On Mon, Jan 11, 2027 the weekly hours count again" in page.text
        assert provider().dated == []

    def test_a_call_on_such_a_date_is_to_be_moved(self, admin: Browser) -> None:
        book("1-202611241530")
        sent = form_to(admin.get(HOURS), self.ADD)
        page = admin.post(self.ADD, {**sent, "first": "2026-11-24"})
        assert "1 call ahead is on a closed date" in page.text
        assert "/staff/calendar/to-move" in page.links()

    @pytest.mark.parametrize(
        ("dates", "said"),
        [
            ({"first": ""}, "Enter a date"),
            ({"first": "soon"}, "Enter a date like"),
            ({"first": "1999-01-01"}, "Enter a date like"),
            ({"first": "2027-01-11", "last": "2027-01-10"}, "on or after the first"),
            ({"first": "2027-01-11", "last": "2029-01-11"}, "at most 366 days"),
            ({"first": "2027-01-11", "hours": "9-5"}, "Write am or pm"),
        ],
    )
    def test_what_makes_no_sense_is_refused(
        self, admin: Browser, dates: dict[str, str], said: str
    ) -> None:
        sent = form_to(admin.get(HOURS), self.ADD)
        page = admin.post(self.ADD, {**sent, **dates})
        assert page.status == 400
        assert said in page.text
        assert provider().dated == []

    def test_the_second_editor_sees_both_versions(self, admin: Browser, other: Browser) -> None:
        seen = form_to(admin.get(HOURS), self.ADD)
        sent = form_to(other.get(HOURS), self.ADD)
        other.post(self.ADD, {**sent, "first": "2027-01-11"})
        page = admin.post(self.ADD, {**seen, "first": "2027-01-11", "hours": "2pm-4pm"})
        assert page.status == 409
        assert "Mon, Jan 11, 2027 Away 2:00 pm – 4:00 pm" in page.text
        assert provider().dated[0].windows == ()


class TestProviders:
    def test_one_can_be_added_with_the_clinics_hours(self, admin: Browser) -> None:
        admin.get(HOURS)
        page = admin.post("/staff/settings/providers", {"name": "Dr. New"})
        assert "Weekly hours of Dr. New" in page.text
        assert len(hours_of(3)) == 5

    def test_two_of_the_same_name_are_refused(self, admin: Browser) -> None:
        admin.get(HOURS)
        page = admin.post("/staff/settings/providers", {"name": "Dr. Priya Nair"})
        assert page.status == 400
        assert "There is a provider of this name" in page.text

    def test_one_can_be_taken_off_and_put_back(self, admin: Browser) -> None:
        path = "/staff/settings/provider"
        page = admin.post(path, {**form_to(admin.get(HOURS), path), "active": "no"})
        assert "no longer offered" in page.text
        assert not provider().active
        page = admin.post(path, {**form_to(page, path), "active": "yes"})
        assert provider().active


class TestClosures:
    def test_those_ahead_are_listed(self, admin: Browser) -> None:
        page = admin.get(CLOSURES)
        assert "Thu, Nov 26, 2026 Thanksgiving Day None" in page.text
        assert "Jan 1, 2026" not in page.text

    def test_the_clinic_can_close_for_days_and_open_again(self, admin: Browser) -> None:
        admin.get(CLOSURES)
        dates = {"first": "2026-12-28", "last": "2026-12-30", "label": "Year's end"}
        page = admin.post(CLOSURES, dates)
        assert "closed on Mon, Dec 28, 2026 to Wed, Dec 30, 2026" in page.text
        page = admin.post(f"{CLOSURES}/remove", {"day": "2026-12-29"})
        assert "open again on Tue, Dec 29, 2026" in page.text
        assert db.session.get(Closure, date(2026, 12, 29)) is None
        assert {"closed", "opened again"} <= set(actions())

    def test_calls_on_it_are_counted(self, admin: Browser) -> None:
        book("1-202611241530")
        admin.get(CLOSURES)
        page = admin.post(CLOSURES, {"first": "2026-11-24", "label": "Flood"})
        assert "Flood 1 to move" in page.text

    def test_a_date_that_is_closed_already_shows_both_words(self, admin: Browser) -> None:
        admin.get(CLOSURES)
        page = admin.post(CLOSURES, {"first": "2026-11-26", "label": "Flood"})
        assert page.status == 409
        assert "Thu, Nov 26, 2026 Thanksgiving Day Flood" in page.text

    def test_it_needs_words_that_patients_can_read(self, admin: Browser) -> None:
        admin.get(CLOSURES)
        page = admin.post(CLOSURES, {"first": "2026-12-28"})
        assert "Enter why the clinic is closed" in page.text


class TestBookingRules:
    def test_they_are_shown_in_hours_and_minutes(self, admin: Browser) -> None:
        sent = form_to(admin.get(RULES), RULES)
        assert (sent["minutes"], sent["notice_hours"], sent["mode"]) == ("15", "12", "confirm")

    def test_saving_changes_them(self, admin: Browser) -> None:
        sent = form_to(admin.get(RULES), RULES)
        change = {"minutes": "20", "notice_hours": "4", "daily_cap": "", "mode": "instant"}
        page = admin.post(RULES, {**sent, **change, "channels": ["phone", "video"]})
        assert "The rules are saved" in page.text
        assert (kind().minutes, kind().min_notice, kind().daily_cap) == (20, 240, None)
        assert (kind().mode, kind().channels) == ("instant", ["phone", "video"])

    @pytest.mark.parametrize(
        "change", [{"minutes": "0"}, {"minutes": "x"}, {"horizon_days": "0"}, {"mode": "later"}]
    )
    def test_what_could_never_work_is_refused(self, admin: Browser, change: dict[str, str]) -> None:
        sent = form_to(admin.get(RULES), RULES)
        assert admin.post(RULES, {**sent, **change}).status == 400
        assert kind().version == 1

    def test_the_second_editor_sees_both_versions(self, admin: Browser, other: Browser) -> None:
        seen, sent = form_to(admin.get(RULES), RULES), form_to(other.get(RULES), RULES)
        other.post(RULES, {**sent, "minutes": "20"})
        page = admin.post(RULES, {**seen, "minutes": "30"})
        assert page.status == 409
        assert "Length of a call 20 30" in page.text
        assert kind().minutes == 20
        admin.post(RULES, form_to(page, RULES))
        assert kind().minutes == 30


class TestPlaces:
    def test_a_new_place_is_told_to_whoever_has_a_call_there(self, admin: Browser) -> None:
        book(factories.free_keys()[0])
        with unit_of_work():
            db.session.execute(update(Appointment).values(channel="video"))
        sent = form_to(admin.get(RULES), RULES)
        page = admin.post(RULES, {**sent, "video_link": "https://video.example.test/room"})
        assert "1 person is told by email where their call is now" in page.text
        assert kind().video_link == "https://video.example.test/room"

    @pytest.mark.parametrize("address", [RULES, "/staff/settings/video-room"])
    def test_a_link_that_is_not_safe_stays_on_the_page(self, admin: Browser, address: str) -> None:
        sent = form_to(admin.get(RULES if address == RULES else HOURS), address)
        page = admin.post(address, {**sent, "video_link": "http://a.test"})
        assert page.status == 400
        assert "Enter a link that begins with https://" in page.text

    def test_a_provider_has_a_room_of_their_own(self, admin: Browser) -> None:
        sent = form_to(admin.get(f"{HOURS}?provider=2"), "/staff/settings/video-room")
        link = "https://video.example.test/okafor"
        admin.post("/staff/settings/video-room", {**sent, "video_link": link})
        assert [provider(number).video_link for number in (1, 2)] == ["", link]
        assert "video room changed" in actions()


def test_the_front_desk_has_no_link_to_it(app: Flask) -> None:
    page = let_in(Browser(app)).get("/staff/")
    assert HOURS not in page.links()


def test_the_days_stand_in_order(admin: Browser) -> None:
    labels = [
        label.text for label in admin.get(HOURS).all("label") if label.get("for", "")[:4] == "day_"
    ]
    assert labels[0] == "Monday"
    assert labels[6] == "Sunday"
