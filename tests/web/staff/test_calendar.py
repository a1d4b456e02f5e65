"""The calendar of staff: what stands in it, what is free, and booking by it."""

from datetime import date, timedelta

import pytest
import time_machine
from flask import Flask

from intake.clinic.service import current_clinic
from intake.core.db import db, unit_of_work
from intake.scheduling import hours, service
from intake.scheduling.models import Appointment, Provider
from intake.submissions import drafts
from tests import factories
from tests.browse import Browser, Page, words_of
from tests.factories import MONDAY_MORNING
from tests.web.staff.people import ADMIN, let_in, person

ACTOR = {"actor": "user:1", "now": MONDAY_MORNING}
THANKSGIVING = date(2026, 11, 26)


@pytest.fixture(autouse=True)
def morning(app: Flask):
    """A Monday morning, 10:00 in Chicago."""
    with time_machine.travel(MONDAY_MORNING, tick=False) as now:
        yield now


@pytest.fixture
def desk(app: Flask, morning) -> Browser:
    return let_in(Browser(app))


def booked(key: str = "", **contact: str):
    """Somebody with a booked call."""
    submission = factories.sent(**contact)
    with unit_of_work():
        service.book(
            submission,
            key or factories.free_keys()[0],
            current_clinic(),
            actor=person(),
            now=MONDAY_MORNING,
        )
    return submission


def events(page: Page, kind: str = "ev") -> list[str]:
    """The words of what stands in the calendar."""
    table = page.all("table")[0]
    return [
        " ".join(" ".join(words_of(each)).split())
        for each in table.iter()
        if kind in (each.get("class") or "").split()
    ]


def heads(page: Page) -> list[str]:
    heads = page.all("thead")[0].iter("th")
    return [" ".join(" ".join(words_of(each)).split()) for each in heads]


class TestWeek:
    def test_it_shows_who_is_booked_when_how_and_with_whom(self, desk: Browser) -> None:
        submission = booked("1-202611241530")
        page = desk.get("/staff/calendar")
        assert page.h1 == "November 23 – November 27, 2026"
        assert events(page) == ["Dana Whitfield 9:30 am, Nair, phone"]
        assert f"/staff/submissions/{submission.id}" in page.links()
        assert "1 booked" in page.text
        assert "Central Time" in page.text

    def test_a_closed_day_says_why(self, desk: Browser) -> None:
        page = desk.get("/staff/calendar")
        assert "Thu Nov 26 Closed: Thanksgiving Day" in heads(page)
        (shut,) = [cell for cell in page.all("td") if cell.get("class") == "shut"]
        assert shut.get("rowspan") == str(len(page.all("tbody")[0]))

    def test_today_and_what_is_free_are_told(self, desk: Browser) -> None:
        page = desk.get("/staff/calendar")
        assert heads(page)[0] == "Mon, today Nov 23"
        assert events(page, "free")

    def test_other_weeks_are_a_link_away(self, desk: Browser) -> None:
        booked("1-202611301600")
        page = desk.get("/staff/calendar")
        assert events(page) == []
        later = next(link for link in page.links() if "on=2026-11-30" in link)
        assert events(desk.get(later)) == ["Dana Whitfield 10:00 am, Nair, phone"]

    def test_one_providers_calendar_leaves_out_the_others(self, desk: Browser) -> None:
        booked("1-202611241530")
        assert events(desk.get("/staff/calendar?provider=2")) == []
        page = desk.get("/staff/calendar?provider=1")
        assert events(page) == ["Dana Whitfield 9:30 am, phone"]

    def test_weekends_show_when_somebody_works_then(self, desk: Browser) -> None:
        assert len(heads(desk.get("/staff/calendar"))) == 5
        with unit_of_work():
            row = db.session.get_one(Provider, 1)
            saturday = {5: [row_hours(row)]}
            hours.set_weekly(row, saturday, version=row.version, **ACTOR)
        assert len(heads(desk.get("/staff/calendar"))) == 7

    def test_what_a_patient_keeps_or_asks_for_is_there_without_a_name(self, desk: Browser) -> None:
        draft = factories.fill(factories.begin())
        with unit_of_work():
            service.hold(
                draft,
                "1-202611241530",
                current_clinic(),
                now=MONDAY_MORNING,
                time_zone="America/Chicago",
                channel="video",
            )
        expected = "Somebody filling in the form 9:30 am, Nair, kept until 10:15 am"
        assert events(desk.get("/staff/calendar")) == [expected]
        with unit_of_work():
            times = {"slot_chosen": True, "time_zone": "America/Chicago", "channel": "video"}
            drafts.save_times(draft, times, current_clinic(), now=MONDAY_MORNING)
            service.keep_for_sending(draft, now=MONDAY_MORNING)
            draft.status = "new"
        expected = "Dana Whitfield 9:30 am, Nair, asked for, not confirmed"
        assert events(desk.get("/staff/calendar"), "hold") == [expected]

    def test_a_hold_that_has_expired_is_gone(self, desk: Browser, morning) -> None:
        draft = factories.fill(factories.begin())
        with unit_of_work():
            service.hold(
                draft,
                "1-202611241530",
                current_clinic(),
                now=MONDAY_MORNING - timedelta(hours=1),
                time_zone="America/Chicago",
                channel="phone",
            )
        assert events(desk.get("/staff/calendar")) == []

    @pytest.mark.parametrize(
        ("status", "words"),
        [("held", "held"), ("no_show", "no-show"), ("booked", "result not written down")],
    )
    def test_a_call_that_is_over_says_what_came_of_it(
        self, desk: Browser, morning, status: str, words: str
    ) -> None:
        submission = booked("1-202611241530")
        with unit_of_work():
            db.session.query(Appointment).one().status = status
            submission.updated_at = MONDAY_MORNING
        morning.move_to(MONDAY_MORNING + timedelta(days=2))
        desk = let_in(Browser(desk.app))
        (event,) = events(desk.get("/staff/calendar"))
        assert event == f"Dana Whitfield 9:30 am, Nair, {words}"

    def test_as_many_times_are_free_as_it_says(self, desk: Browser) -> None:
        submission = booked("1-202611241530")  # the other provider is free then
        page = desk.get("/staff/calendar")
        assert f", {len(events(page, 'free'))} free." in page.text
        page = desk.get(f"/staff/calendar?book={submission.id}")
        slots = [each for each in page.all("button") if each.get("name") == "slot"]
        assert f", {len(slots)} free." in page.text

    def test_a_cancelled_call_is_gone_and_its_time_is_free(self, desk: Browser) -> None:
        booked("1-202611241530")
        with unit_of_work():
            db.session.query(Appointment).one().status = "cancelled"
        assert events(desk.get("/staff/calendar")) == []

    def test_who_is_away_is_said_at_the_head(self, desk: Browser) -> None:
        with unit_of_work():
            row = db.session.get_one(Provider, 1)
            day = date(2026, 11, 24)
            hours.set_dated(row, [day], [], label="Course", version=row.version, **ACTOR)
        assert "Tue Nov 24 Nair away (Course)" in heads(desk.get("/staff/calendar"))


class TestDay:
    def test_it_has_a_column_for_each_provider(self, desk: Browser) -> None:
        booked("2-202611241530")
        page = desk.get("/staff/calendar?view=day&on=2026-11-24")
        assert page.h1 == "Tuesday, November 24, 2026"
        assert heads(page) == ["Dr. Priya Nair", "Dr. Samuel Okafor"]
        assert events(page) == ["Dana Whitfield 9:30 am, phone"]

    def test_it_leads_to_the_days_around_it(self, desk: Browser) -> None:
        page = desk.get("/staff/calendar?view=day&on=2026-11-24")
        for day in ("23", "25"):
            assert f"/staff/calendar?on=2026-11-{day}&view=day" in page.links()

    @pytest.mark.parametrize("day", ["2026-03-08", "2026-11-01"])
    def test_days_on_which_the_clocks_change_have_a_page(self, desk: Browser, day: str) -> None:
        assert desk.get(f"/staff/calendar?view=day&on={day}").status == 200


@pytest.mark.parametrize(
    "query",
    ["on=x", "on=0001-01-01", "on=9999-12-31", "provider=x", "provider=99", "provider=²", "view=é"],
)
def test_any_question_gets_a_page(desk: Browser, query: str) -> None:
    assert desk.get(f"/staff/calendar?{query}").status == 200


class TestChoosingATime:
    def test_every_free_time_is_a_button_that_books(self, desk: Browser) -> None:
        submission = factories.sent()
        page = desk.get(f"/staff/calendar?book={submission.id}")
        keys = [b.get("value") for b in page.all("button") if b.get("name") == "slot"]
        assert "1-202611241530" in keys
        assert "Choose a free time for Dana Whitfield" in page.text
        page = desk.submit(slot="1-202611241530")
        assert "The call is booked" in page.text
        assert events(desk.get("/staff/calendar")) == ["Dana Whitfield 9:30 am, Nair, phone"]

    def test_it_moves_a_booked_call(self, desk: Browser) -> None:
        submission = booked("1-202611241530")
        desk.get(f"/staff/calendar?book={submission.id}")
        assert "Moved to Wednesday, November 25" in desk.submit(slot="1-202611251530").text

    def test_it_stays_with_the_person_over_the_weeks(self, desk: Browser) -> None:
        submission = factories.sent()
        page = desk.get(f"/staff/calendar?book={submission.id}")
        later = next(link for link in page.links() if "on=2026-11-30" in link)
        assert f"book={submission.id}" in later

    @pytest.mark.parametrize("wrong", ["x", "00000000-0000-0000-0000-000000000000"])
    def test_nobody_unknown_can_be_booked(self, desk: Browser, wrong: str) -> None:
        assert desk.get(f"/staff/calendar?book={wrong}").status == 404


class TestCallsToMove:
    @pytest.fixture
    def on_closed_day(self, app: Flask):
        """A booked call on a day that has been closed since."""
        submission = booked("1-202611241530")
        with unit_of_work():
            hours.close([date(2026, 11, 24)], "Flood", **ACTOR)
        return submission

    def test_the_calendar_says_that_there_are_some(self, desk: Browser, on_closed_day) -> None:
        page = desk.get("/staff/calendar")
        assert "1 call is ahead on closed dates" in page.text
        assert events(page) == ["Dana Whitfield 9:30 am, Nair, phone, outside the hours"]

    def test_the_list_says_why_and_asks_by_mail_once(self, desk: Browser, on_closed_day) -> None:
        page = desk.get("/staff/calendar/to-move")
        assert "Closed: Flood" in page.text
        assert "Not asked yet" in page.text
        page = desk.submit()
        assert "1 person is asked by email" in page.text
        assert "Asked by email" in page.text
        record = desk.get(f"/staff/submissions/{on_closed_day.id}").text
        assert "Asked to choose another time on Monday, November 23." in record
        assert "The call is booked" not in record
        assert not [each for each in page.all("input") if each.get("type") == "checkbox"]

    def test_whoever_gets_no_mail_is_to_be_called(self, desk: Browser) -> None:
        booked("1-202611241530", contact_by=["call"])
        with unit_of_work():
            hours.close([date(2026, 11, 24)], "Flood", **ACTOR)
        page = desk.get("/staff/calendar/to-move")
        assert "Gets no email" in page.text
        assert "Ask to choose another time" not in page.text

    @pytest.mark.parametrize("sent", [{}, {"appointment": "x"}])
    def test_a_forged_form_is_refused(self, desk: Browser, sent: dict[str, str]) -> None:
        desk.get("/staff/calendar/to-move")
        assert desk.post("/staff/calendar/to-move", sent).status == 400

    def test_once_moved_it_is_off_the_list(self, desk: Browser, on_closed_day) -> None:
        desk.get(f"/staff/calendar?book={on_closed_day.id}")
        desk.submit(slot="1-202611251530")
        assert "Every call ahead lies within" in desk.get("/staff/calendar/to-move").text


def test_administrators_see_it_too(app: Flask) -> None:
    assert let_in(Browser(app), ADMIN).get("/staff/calendar").status == 200


def row_hours(row: Provider):
    return row.weekly[0].opens, row.weekly[0].closes
