"""What holds for any office hours: deadlines and open minutes undo each other, time runs on."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from intake.clinic.hours import OfficeHours, describe
from tests.unit.zones import AUTUMN, CHANGING, SPRING, STEADY

ZONES = [*CHANGING, *STEADY, "America/Havana"]
EDGES = SPRING + AUTUMN
QUARTER = timedelta(minutes=15)
EXAMPLES = settings(max_examples=30, deadline=None)


def wall(quarters: int) -> time:
    return time(quarters // 4 % 24, quarters % 4 * 15)


def windows() -> st.SearchStrategy[tuple[tuple[time, time], ...]]:
    """Up to two windows in order and apart, from quarter to quarter of an hour."""
    marks = st.sets(st.integers(0, 95), max_size=4).map(lambda each: [*map(wall, sorted(each))])
    return marks.map(lambda each: tuple(zip(each[::2], each[1::2], strict=False)))


@st.composite
def office_hours(draw, zones: list[str] = ZONES) -> OfficeHours:
    weekly = draw(st.dictionaries(st.integers(0, 6), windows()))
    weekly[draw(st.integers(0, 6))] = ((time(8), time(12)), (time(13), time(0)))
    near = st.sampled_from([edge + timedelta(days=days) for edge in EDGES for days in range(-3, 4)])
    return OfficeHours(weekly, draw(st.frozensets(near)), ZoneInfo(draw(st.sampled_from(zones))))


@st.composite
def instants(draw) -> datetime:
    """An instant within days of a clock change."""
    midnight = datetime.combine(draw(st.sampled_from(EDGES)), time(), UTC)
    return midnight + timedelta(seconds=draw(st.integers(-4 * 86400, 4 * 86400)))


spans = st.integers(0, 3000)


@given(office_hours(), instants(), spans)
@EXAMPLES
def test_open_minutes_until_a_deadline_are_those_it_was_made_of(hours, start, minutes) -> None:
    deadline = hours.add_open_minutes(start, minutes)
    assert hours.open_minutes_between(start, deadline) == minutes


@given(office_hours(), instants(), instants())
@EXAMPLES
def test_a_deadline_is_the_first_instant_with_its_minutes(hours, a, b) -> None:
    a, b = sorted((a, b))
    assert hours.add_open_minutes(a, hours.open_minutes_between(a, b)) <= b


@given(office_hours(), instants(), spans.filter(bool))
@EXAMPLES
def test_just_before_a_deadline_a_minute_is_missing(hours, start, minutes) -> None:
    before = hours.add_open_minutes(start, minutes) - timedelta(microseconds=1)
    assert hours.open_minutes_between(start, before) == minutes - 1


@given(office_hours(), instants(), spans, spans)
@EXAMPLES
def test_a_deadline_can_be_counted_in_two_parts(hours, start, some, more) -> None:
    parts = hours.add_open_minutes(hours.add_open_minutes(start, some), more)
    assert parts == hours.add_open_minutes(start, some + more)


@given(office_hours(), instants(), instants(), spans, spans)
@EXAMPLES
def test_a_later_start_or_more_minutes_never_make_an_earlier_deadline(
    hours, a, b, some, more
) -> None:
    early, late = sorted((a, b))
    few, many = sorted((some, more))
    assert hours.add_open_minutes(early, few) <= hours.add_open_minutes(late, many)


@given(office_hours(), instants(), instants(), instants())
@EXAMPLES
def test_a_longer_time_never_has_fewer_open_minutes(hours, a, b, c) -> None:
    a, b, c = sorted((a, b, c))
    assert 0 <= hours.open_minutes_between(a, b) <= hours.open_minutes_between(a, c)


@given(office_hours(), instants(), st.integers(0, 400))
@EXAMPLES
def test_open_minutes_are_the_minutes_at_which_it_is_open(hours, near, quarters) -> None:
    start = near.replace(minute=0, second=0)
    ticks = [start + number * QUARTER for number in range(quarters)]
    minutes = hours.open_minutes_between(start, start + quarters * QUARTER)
    assert minutes == 15 * sum(hours.is_open(tick) for tick in ticks)


@given(office_hours(), instants())
@EXAMPLES
def test_the_clinic_is_closed_until_the_next_opening(hours, now) -> None:
    opening = hours.next_opening(now)
    assert opening >= now
    assert hours.is_open(opening)
    if not hours.is_open(now):
        assert hours.open_minutes_between(now, opening) == 0


@given(office_hours(), instants())
@EXAMPLES
def test_a_business_day_ends_in_the_future_and_on_a_day_with_hours(hours, now) -> None:
    end = hours.end_of_business_day(now)
    last_day = (end - QUARTER).astimezone(hours.tz).date()
    assert now < end == hours.periods_on(last_day)[-1].closes_at


@given(office_hours(STEADY), instants())
@EXAMPLES
def test_where_clocks_never_change_it_is_open_by_the_clock_on_the_wall(hours, now) -> None:
    local = now.astimezone(hours.tz)
    today = () if local.date() in hours.closed else hours.weekly.get(local.weekday(), ())
    shown = any(a <= local.time() and (local.time() < b or b == time()) for a, b in today)
    assert hours.is_open(now) == shown


@given(office_hours())
@EXAMPLES
def test_a_description_says_the_hours_of_every_weekday_once(hours) -> None:
    said = [
        (day, each.windows) for each in describe(hours) for day in range(each.first, each.last + 1)
    ]
    assert said == [(day, hours.weekly.get(day, ())) for day in range(7)]
