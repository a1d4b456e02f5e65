"""A session that is about to end says so, and stays if somebody is there."""

from datetime import timedelta

from playwright.sync_api import expect
from sqlalchemy import func, select, update

from intake.accounts.models import StaffSession
from intake.core import clock
from intake.core.db import db, unit_of_work
from tests.journeys.hands import Mouse
from tests.journeys.receptionist import Receptionist
from tests.processes import Installation


def nothing_was_done_for(clinic: Installation, idle: timedelta) -> None:
    """Let the latest session look as if nothing had been done in it."""
    with clinic.app.app_context(), unit_of_work():
        latest = select(func.max(StaffSession.created_at)).scalar_subquery()
        mine = update(StaffSession).where(StaffSession.created_at == latest)
        db.session.execute(mine.values(last_seen_at=clock.now() - idle))


def test_a_warning_comes_before_the_end_and_one_can_stay(open_page, clinic) -> None:
    page = open_page(java_script_enabled=True)
    page.clock.install()
    receptionist = Receptionist(page, clinic, Mouse())
    receptionist.signs_in_by_a_one_time_link()
    nothing_was_done_for(clinic, timedelta(minutes=13, seconds=30))
    page.clock.fast_forward("13:30")
    expect(page.get_by_role("alert")).to_contain_text("In less than two minutes")
    page.get_by_role("button", name="Stay signed in").click()
    expect(page.get_by_role("alert")).to_be_hidden()
    nothing_was_done_for(clinic, timedelta(minutes=15))
    page.clock.fast_forward("13:30")
    expect(page.get_by_role("alert")).to_contain_text("You are signed out")
