"""The clinic closes a day on which somebody has a call; the person chooses another time."""

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select

from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.db import db, unit_of_work
from intake.scheduling import hours
from intake.scheduling.models import Appointment
from tests.journeys.conftest import DESKTOP, PHONE
from tests.journeys.hands import Mouse
from tests.journeys.receptionist import Receptionist
from tests.journeys.requests import request_from
from tests.journeys.test_accessibility import WITH_AXE, check
from tests.journeys.test_booking import mails_to
from tests.journeys.test_own_call import link_in, time_on


@pytest.fixture
def closed(clinic):
    """Dates that were closed; they are open again for the other journeys."""
    days: list[date] = []
    yield days
    with clinic.app.app_context(), unit_of_work():
        hours.reopen(days, actor="command line", now=clock.now())


def test_calls_on_a_day_that_is_closed_are_moved(open_page, clinic, closed):
    sent = request_from(clinic)
    desk = Receptionist(open_page(**DESKTOP, **WITH_AXE), clinic, Mouse())
    desk.signs_in_by_a_one_time_link()
    desk.opens_the_request_of(sent.name)
    number = desk.record_number
    desk.chooses_the_last_free_time_in_the_calendar()
    closed.append(day_of_call(clinic, number))

    administrator = Receptionist(open_page(**DESKTOP, **WITH_AXE), clinic, Mouse())
    administrator.signs_in_by_a_one_time_link("admin@example.com")
    administrator.closes_the_clinic_on(closed[0], "Flood")
    administrator.sees_on_the_page("1 to move")
    check(administrator.page)

    desk.opens("/staff/calendar")
    desk.follows("See whom to ask for another time")
    desk.sees("Calls to move")
    desk.sees_on_the_page("Closed: Flood")
    check(desk.page)
    desk.presses("Ask to choose another time")
    desk.sees_on_the_page("1 person is asked by email")
    check(desk.page)

    *_, question = mails_to(sent.email, clinic, number=3)
    page = open_page(**PHONE)
    page.goto(link_in(question))
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Take this time").click()
    assert f"{closed[0]:%B %-d}" not in time_on(page)
    assert day_of_call(clinic, number) != closed[0]
    desk.opens("/staff/calendar/to-move")
    desk.sees_on_the_page("Every call ahead lies within the hours.")


def day_of_call(clinic, number: str) -> date:
    """The date of a request's call on the clinic's clock."""
    with clinic.app.app_context():
        booked = Appointment.submission_id == UUID(number), Appointment.status == "booked"
        starts_at = db.session.scalars(select(Appointment.starts_at).where(*booked)).one()
        day = starts_at.astimezone(current_clinic().tz).date()
        db.session.remove()
    return day
