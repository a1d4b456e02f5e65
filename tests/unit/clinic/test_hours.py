"""When the clinic is open, and deadlines that count its open hours only."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from intake.clinic.hours import NeverOpenError, OfficeHours, WeekdayHours, describe
from tests.unit.zones import AUTUMN, CHANGING, SPRING, STEADY

CHICAGO = ZoneInfo("America/Chicago")
DAY = ((time(9), time(17)),)
SPLIT = ((time(9), time(12)), (time(13), time(17)))
THANKSGIVING = date(2026, 11, 26)
WEEKDAYS = OfficeHours(
    {0: DAY, 1: DAY, 2: DAY, 3: DAY, 4: SPLIT}, frozenset({THANKSGIVING}), CHICAGO
)
NEVER = OfficeHours({0: ()}, frozenset(), CHICAGO)
AROUND_THE_CLOCK = OfficeHours(dict.fromkeys(range(7), ((time(0), time(0)),)), frozenset(), CHICAGO)


def at(text: str, *, tz: ZoneInfo = CHICAGO, fold: int = 0) -> datetime:
    """The instant of a wall time in November 2026 ("23 09:00") or of a full local date and time."""
    text = text if len(text) > 8 else f"2026-11-{text}"
    return datetime.fromisoformat(text).replace(tzinfo=tz, fold=fold).astimezone(UTC)


class TestIsOpen:
    @pytest.mark.parametrize("now", ["23 09:00", "23 16:59", "27 11:59", "27 13:00"])
    def test_it_is_open_from_opening_until_before_closing(self, now) -> None:
        assert WEEKDAYS.is_open(at(now))

    @pytest.mark.parametrize(
        "now", ["23 08:59", "23 17:00", "27 12:00", "27 12:59", "28 10:00", "26 10:00"]
    )
    def test_it_is_closed_at_closing_in_breaks_on_weekends_and_holidays(self, now) -> None:
        assert not WEEKDAYS.is_open(at(now))

    def test_it_may_be_open_until_midnight(self) -> None:
        late = OfficeHours({0: ((time(20), time(0)),)}, frozenset(), CHICAGO)
        assert late.is_open(at("23 23:59"))
        assert not late.is_open(at("24 00:00"))

    def test_it_takes_the_time_in_any_zone(self) -> None:
        assert WEEKDAYS.is_open(datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("America/New_York")))

    def test_it_refuses_a_time_without_a_zone(self) -> None:
        with pytest.raises(ValueError, match="time zone"):
            WEEKDAYS.is_open(datetime(2026, 11, 23, 10))  # noqa: DTZ001


class TestNextOpening:
    @pytest.mark.parametrize(
        ("now", "opens"),
        [
            ("23 02:00", "23 09:00"),
            ("23 09:00", "23 09:00"),
            ("23 09:01", "24 09:00"),
            ("25 18:00", "27 09:00"),
            ("27 12:30", "27 13:00"),
            ("27 18:00", "30 09:00"),
        ],
    )
    def test_it_passes_over_breaks_nights_weekends_and_holidays(self, now, opens) -> None:
        assert WEEKDAYS.next_opening(at(now)) == at(opens)

    def test_it_passes_over_a_long_closure(self) -> None:
        closed = frozenset(date(2026, 11, 23) + timedelta(days=each) for each in range(400))
        reopening = OfficeHours(WEEKDAYS.weekly, closed, CHICAGO)
        assert reopening.next_opening(at("23 10:00")) == at("2027-12-28 09:00")

    def test_a_clinic_without_hours_never_opens(self) -> None:
        with pytest.raises(NeverOpenError):
            NEVER.next_opening(at("23 10:00"))


class TestAddOpenMinutes:
    @pytest.mark.parametrize(
        ("start", "minutes", "deadline"),
        [
            ("23 10:00", 60, "23 11:00"),
            ("23 02:00", 60, "23 10:00"),
            ("23 16:30", 60, "24 09:30"),
            ("23 16:00", 60, "23 17:00"),
            ("25 16:30", 60, "27 09:30"),
            ("27 11:30", 60, "27 13:30"),
            ("27 16:59", 2, "30 09:01"),
            ("28 12:00", 480, "30 17:00"),
            ("23 02:00", 0, "23 02:00"),
        ],
    )
    def test_only_open_minutes_count(self, start, minutes, deadline) -> None:
        assert WEEKDAYS.add_open_minutes(at(start), minutes) == at(deadline)

    def test_seconds_are_kept(self) -> None:
        start = at("23 16:59") + timedelta(seconds=30)
        assert WEEKDAYS.add_open_minutes(start, 1) == at("24 09:00") + timedelta(seconds=30)

    def test_it_does_not_count_backwards(self) -> None:
        with pytest.raises(ValueError, match="before its start"):
            WEEKDAYS.add_open_minutes(at("23 10:00"), -1)

    def test_a_clinic_without_hours_has_no_deadline(self) -> None:
        with pytest.raises(NeverOpenError):
            NEVER.add_open_minutes(at("23 10:00"), 1)


class TestSubtractOpenMinutes:
    @pytest.mark.parametrize(
        ("end", "minutes", "since"),
        [
            ("24 12:00", 60, "24 11:00"),
            ("24 12:00", 480, "23 12:00"),
            ("24 17:00", 480, "24 09:00"),
            ("24 20:00", 480, "24 09:00"),
            ("23 08:00", 60, "20 16:00"),
        ],
    )
    def test_it_tells_who_waits_for_too_long(self, end, minutes, since) -> None:
        found = WEEKDAYS.subtract_open_minutes(at(end), minutes)
        assert WEEKDAYS.add_open_minutes(found, minutes) <= at(end)
        assert WEEKDAYS.add_open_minutes(found + timedelta(minutes=1), minutes) > at(end)
        assert found == at(since)

    def test_a_clinic_without_hours_has_none(self) -> None:
        with pytest.raises(NeverOpenError):
            NEVER.subtract_open_minutes(at("23 10:00"), 1)


class TestOpenMinutesBetween:
    @pytest.mark.parametrize(
        ("a", "b", "minutes"),
        [
            ("23 10:00", "23 10:40", 40),
            ("23 16:30", "24 09:30", 60),
            ("25 09:00", "28 00:00", 480 + 420),
            ("28 00:00", "29 23:00", 0),
            ("23 02:00", "23 09:00", 0),
            ("2026-01-01 00:00", "2027-01-01 00:00", 208 * 480 + 52 * 420),
        ],
    )
    def test_only_open_minutes_count(self, a, b, minutes) -> None:
        assert WEEKDAYS.open_minutes_between(at(a), at(b)) == minutes
        assert WEEKDAYS.open_minutes_between(at(b), at(a)) == -minutes

    def test_a_minute_that_has_begun_does_not_count(self) -> None:
        b = at("23 10:01") - timedelta(seconds=1)
        assert WEEKDAYS.open_minutes_between(at("23 10:00"), b) == 0

    def test_a_clinic_without_hours_has_no_open_minutes(self) -> None:
        assert NEVER.open_minutes_between(at("23 10:00"), at("30 10:00")) == 0


class TestEndOfBusinessDay:
    @pytest.mark.parametrize(
        ("now", "end"),
        [
            ("23 02:00", "23 17:00"),
            ("23 16:59", "23 17:00"),
            ("23 17:00", "24 17:00"),
            ("25 20:00", "27 17:00"),
            ("27 11:00", "27 17:00"),
            ("27 12:30", "27 17:00"),
            ("28 11:00", "30 17:00"),
        ],
    )
    def test_it_is_the_last_closing_still_to_come(self, now, end) -> None:
        assert WEEKDAYS.end_of_business_day(at(now)) == at(end)

    def test_a_day_that_ends_at_midnight(self) -> None:
        assert AROUND_THE_CLOCK.end_of_business_day(at("23 10:00")) == at("24 00:00")

    def test_a_clinic_without_hours_has_none(self) -> None:
        with pytest.raises(NeverOpenError):
            NEVER.end_of_business_day(at("23 10:00"))


class TestClockChanges:
    @pytest.mark.parametrize(
        ("day", "hours"), [("2026-03-08", 23), ("2026-11-01", 25), ("2026-11-02", 24)]
    )
    def test_a_day_has_its_real_number_of_hours(self, day, hours) -> None:
        start, end = at(f"{day} 00:00"), at(f"{day} 00:00") + timedelta(hours=hours)
        assert AROUND_THE_CLOCK.open_minutes_between(start, end) == hours * 60
        assert AROUND_THE_CLOCK.end_of_business_day(start) == end

    @pytest.mark.parametrize("sunday", SPRING + AUTUMN, ids=str)
    def test_hours_keep_their_wall_times_in_every_zone(self, sunday) -> None:
        for tz in map(ZoneInfo, CHANGING + STEADY):
            friday = at(f"{sunday - timedelta(days=2)} 16:30", tz=tz)
            deadline = OfficeHours(WEEKDAYS.weekly, frozenset(), tz).add_open_minutes(friday, 60)
            assert deadline == at(f"{sunday + timedelta(days=1)} 09:30", tz=tz), tz

    def test_an_opening_that_is_skipped_is_read_with_the_offset_before(self) -> None:
        night = OfficeHours({6: ((time(2, 30), time(5)),)}, frozenset(), CHICAGO)
        assert night.next_opening(at("2026-03-07 12:00")) == at("2026-03-08 03:30")

    def test_a_closing_that_is_repeated_is_the_first(self) -> None:
        night = OfficeHours({6: ((time(0), time(1, 30)),)}, frozenset(), CHICAGO)
        assert night.end_of_business_day(at("01 00:00")) == at("01 01:30", fold=0)
        assert not night.is_open(at("01 01:15", fold=1))

    @pytest.mark.parametrize(
        ("second", "minutes"), [((time(3), time(5)), 180), ((time(3), time(3, 15)), 105)]
    )
    def test_hours_that_a_change_lets_overlap_count_once(self, second, minutes) -> None:
        night = OfficeHours({6: ((time(1), time(2, 45)), second)}, frozenset(), CHICAGO)
        start, end = at("2026-03-08 00:00"), at("2026-03-09 00:00")
        assert night.open_minutes_between(start, end) == minutes

    def test_hours_that_a_change_turns_around_fall_away(self) -> None:
        night = OfficeHours({6: ((time(2, 30), time(3, 15)),)}, frozenset(), CHICAGO)
        assert night.next_opening(at("2026-03-07 12:00")) == at("2026-03-15 02:30")


class TestDescribe:
    def test_weekdays_in_a_row_with_the_same_hours_are_one_group(self) -> None:
        assert describe(WEEKDAYS) == [
            WeekdayHours(0, 3, DAY),
            WeekdayHours(4, 4, SPLIT),
            WeekdayHours(5, 6, ()),
        ]

    def test_the_same_hours_apart_are_two_groups(self) -> None:
        hours = OfficeHours({0: DAY, 2: DAY}, frozenset(), CHICAGO)
        assert [(group.first, group.last) for group in describe(hours) if group.windows] == [
            (0, 0),
            (2, 2),
        ]

    def test_every_day_alike_is_one_group(self) -> None:
        assert len(describe(AROUND_THE_CLOCK)) == 1


class TestWhatMakesNoSense:
    @pytest.mark.parametrize(
        "windows",
        [
            ((time(9), time(9)),),
            ((time(17), time(9)),),
            ((time(13), time(17)), (time(9), time(12))),
            ((time(9), time(13)), (time(12), time(17))),
            ((time(9), time(0)), (time(18), time(19))),
        ],
    )
    def test_it_refuses_hours_out_of_order(self, windows) -> None:
        with pytest.raises(ValueError, match=r"close after|in order"):
            OfficeHours({0: windows}, frozenset(), CHICAGO)

    def test_it_refuses_a_weekday_that_does_not_exist(self) -> None:
        with pytest.raises(ValueError, match="weekday"):
            OfficeHours({7: DAY}, frozenset(), CHICAGO)

    def test_hours_that_touch_are_one_period(self) -> None:
        windows = ((time(9), time(12)), (time(12), time(17)))
        touching = OfficeHours({0: windows}, frozenset(), CHICAGO)
        assert touching.next_opening(at("23 09:30")) == at("30 09:00")
