"""Changing hours, closures and consultation types: what is stored, offered and audited."""

from dataclasses import replace
from datetime import date, time

import pytest
from flask import Flask
from sqlalchemy import select

from intake.audit.models import AuditEntry
from intake.clinic.models import Closure
from intake.clinic.service import current_clinic
from intake.core.db import db, unit_of_work
from intake.scheduling import hours, queries
from intake.scheduling.federal import federal_holidays
from intake.scheduling.hours import ChangedMeanwhile, TypeRules
from intake.scheduling.models import ConsultationType, Provider
from tests.factories import MONDAY_MORNING

ACTOR = {"actor": "user:1", "now": MONDAY_MORNING}
TUESDAY, WEDNESDAY = date(2026, 11, 24), date(2026, 11, 25)
MORNING = [(time(9), time(12))]
RULES = TypeRules(
    name="First call",
    minutes=20,
    step_minutes=20,
    buffer_before=5,
    buffer_after=10,
    min_notice=60,
    horizon_days=14,
    daily_cap=6,
    person_cap=1,
    change_notice=120,
    most_moves=2,
    mode="instant",
    channels=["phone", "video"],
)


def provider() -> Provider:
    return db.session.get_one(Provider, 1)


def kind() -> ConsultationType:
    return db.session.get_one(ConsultationType, 1)


def offered(day: date) -> list[str]:
    """Wall times at which the first provider is free."""
    diary = queries.diary(now=MONDAY_MORNING)
    found = diary.free(now=MONDAY_MORNING, first_day=day, last_day=day)
    return [f"{slot.starts_at.astimezone(diary.calendars[1].tz):%H:%M}" for slot in found]


def entries() -> list[tuple[str, str, str]]:
    query = select(AuditEntry.action, AuditEntry.actor, AuditEntry.detail).order_by(AuditEntry.seq)
    return [tuple(row) for row in db.session.execute(query)]


class TestWeeklyHours:
    def test_they_replace_the_old_ones_at_once(self, app: Flask) -> None:
        assert len(offered(TUESDAY)) > 2
        for each in (1, 2):
            with unit_of_work():
                row = db.session.get_one(Provider, each)
                hours.set_weekly(row, {1: [(time(14), time(15))]}, version=row.version, **ACTOR)
        assert offered(TUESDAY) == ["14:00", "14:30"]
        assert offered(WEDNESDAY) == []
        assert entries()[-1] == ("weekly hours changed", "user:1", "providers 2")

    def test_the_second_editor_is_refused_and_changes_nothing(self, app: Flask) -> None:
        seen = provider().version
        with unit_of_work():
            hours.set_weekly(provider(), {1: MORNING}, version=seen, **ACTOR)
        with pytest.raises(ChangedMeanwhile), unit_of_work():
            hours.set_weekly(provider(), {2: MORNING}, version=seen, **ACTOR)
        assert [each.weekday for each in provider().weekly] == [1]
        assert provider().changed_by == "user:1"


class TestDatedHours:
    def test_a_provider_can_be_away_or_work_other_hours_on_dates(self, app: Flask) -> None:
        for each in (1, 2):
            with unit_of_work():
                row = db.session.get_one(Provider, each)
                windows = MORNING if each == 1 else []
                hours.set_dated(
                    row, [TUESDAY], windows, label="Course", version=row.version, **ACTOR
                )
        assert offered(TUESDAY)[0] == "09:00"
        assert offered(TUESDAY)[-1] == "11:30"
        assert entries()[-1][2] == "providers 2 2026-11-24"

    def test_said_again_the_later_word_counts(self, app: Flask) -> None:
        for windows in (MORNING, []):
            with unit_of_work():
                hours.set_dated(
                    provider(), [TUESDAY], windows, label="", version=provider().version, **ACTOR
                )
        assert [each.windows for each in provider().dated] == [()]

    def test_taken_back_the_weekly_hours_count_again(self, app: Flask) -> None:
        before = offered(TUESDAY)
        with unit_of_work():
            hours.set_dated(provider(), [TUESDAY, WEDNESDAY], [], label="", version=1, **ACTOR)
        with unit_of_work():
            hours.clear_dated(provider(), [TUESDAY], version=provider().version, **ACTOR)
        assert offered(TUESDAY) == before
        assert [each.day for each in provider().dated] == [WEDNESDAY]

    def test_the_second_editor_is_refused(self, app: Flask) -> None:
        with unit_of_work():
            hours.set_dated(provider(), [TUESDAY], [], label="", version=1, **ACTOR)
        with pytest.raises(ChangedMeanwhile), unit_of_work():
            hours.set_dated(provider(), [WEDNESDAY], [], label="", version=1, **ACTOR)


def test_a_provider_who_takes_no_more_calls_is_not_offered(app: Flask) -> None:
    with unit_of_work():
        hours.set_active(provider(), active=False, version=1, **ACTOR)
    diary = queries.diary(now=MONDAY_MORNING)
    assert list(diary.calendars) == [2]


class TestClosures:
    def test_no_time_is_offered_and_no_answer_promised_on_them(self, app: Flask) -> None:
        with unit_of_work():
            assert hours.close([TUESDAY], "Flood", **ACTOR) == [TUESDAY]
        assert offered(TUESDAY) == []
        assert TUESDAY in current_clinic().closed

    def test_a_date_that_is_closed_keeps_its_words(self, app: Flask) -> None:
        thanksgiving = date(2026, 11, 26)
        with unit_of_work():
            assert hours.close([thanksgiving], "Flood", **ACTOR) == []
        assert db.session.get_one(Closure, thanksgiving).label == "Thanksgiving Day"

    def test_it_can_open_again(self, app: Flask) -> None:
        before = offered(TUESDAY)
        with unit_of_work():
            hours.close([TUESDAY], "Flood", **ACTOR)
        with unit_of_work():
            assert hours.reopen([TUESDAY, WEDNESDAY], **ACTOR) == [TUESDAY]
        assert offered(TUESDAY) == before


class TestConsultationType:
    def test_all_of_it_can_be_changed(self, app: Flask) -> None:
        with unit_of_work():
            hours.set_type(kind(), RULES, version=1, **ACTOR)
        db.session.expire_all()
        assert {name: getattr(kind(), name) for name in vars(RULES)} == vars(RULES)
        assert queries.timetable().type.minutes == 20

    def test_the_second_editor_is_refused(self, app: Flask) -> None:
        with unit_of_work():
            hours.set_type(kind(), RULES, version=1, **ACTOR)
        with pytest.raises(ChangedMeanwhile), unit_of_work():
            hours.set_type(kind(), replace(RULES, minutes=30), version=1, **ACTOR)
        assert kind().minutes == 20


class TestFederalHolidays:
    def test_all_eleven_are_there_with_the_days_they_are_observed(self) -> None:
        year = federal_holidays(2027)
        assert len({name.removesuffix(" (observed)") for name in year.values()}) == 11
        assert year[date(2027, 7, 5)] == "Independence Day (observed)"
        assert year[date(2027, 11, 25)] == "Thanksgiving Day"

    def test_a_new_year_observed_in_the_old_one_belongs_to_it(self) -> None:
        assert date(2027, 12, 31) in federal_holidays(2027)
        assert all(day.year == 2028 for day in federal_holidays(2028))

    def test_the_command_writes_them_once(self, app: Flask) -> None:
        run = app.test_cli_runner().invoke
        first = run(args=["clinic", "holidays", "2028"])
        assert "Mon, Sep 4, 2028  Labor Day" in first.output
        assert db.session.get_one(Closure, date(2028, 9, 4)).label == "Labor Day"
        second = run(args=["clinic", "holidays", "2028"])
        assert second.output.startswith("0 added")
