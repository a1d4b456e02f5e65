"""Counting what somebody does, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from intake.core.db import db, unit_of_work
from intake.web.limits import Allowance, Limit, LimitReached, are_unused, give_back, spend
from tests.factories import MONDAY_MORNING as NOW

THREE = Limit("three", burst=3, every=timedelta(seconds=10))


def count(who="one", now=NOW, limit=THREE):
    with unit_of_work():
        spend(limit, who, now=now)


def counted(who="one", now=NOW, most=99):
    """How many more are allowed."""
    for number in range(most):
        try:
            count(who, now)
        except LimitReached:
            return number
    return most


def test_so_many_are_allowed_at_once(app):
    assert counted() == 3


def test_one_more_is_allowed_each_time_some_time_has_passed(app):
    counted()
    assert counted(now=NOW + timedelta(seconds=9.9)) == 0
    assert counted(now=NOW + timedelta(seconds=10)) == 1
    assert counted(now=NOW + timedelta(hours=9)) == 3


def test_it_says_how_many_seconds_to_wait(app):
    counted()
    with pytest.raises(LimitReached) as caught:
        count(now=NOW + timedelta(seconds=4))
    assert (caught.value.code, caught.value.retry_after) == (429, 6)


def test_trying_in_vain_does_not_make_it_longer(app):
    counted()
    for _ in range(20):
        counted()
    assert counted(now=NOW + timedelta(seconds=10)) == 1


def test_people_and_limits_do_not_count_for_each_other(app):
    counted()
    assert counted("two") == 3
    count(limit=Limit("other", burst=1, every=timedelta(days=1)))


def test_what_is_given_back_is_free_again(app):
    counted()
    with unit_of_work():
        give_back(THREE, "one")
        give_back(THREE, "nobody")
    assert counted() == 1


def test_giving_back_never_allows_more_than_the_limit(app):
    count()
    with unit_of_work():
        give_back(THREE, "one", times=50)
    assert counted() == 3


def test_what_is_rolled_back_does_not_count(app):
    with pytest.raises(ZeroDivisionError), unit_of_work():
        spend(THREE, "one", now=NOW)
        raise ZeroDivisionError
    assert counted() == 3


def test_it_is_exact_when_many_count_at_the_same_moment(app):
    def try_it(_number):
        with app.app_context():
            try:
                count()
            except LimitReached:
                return 0
            finally:
                db.session.remove()
            return 1

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(try_it, range(24))) == 3


def test_a_clock_that_is_set_back_shuts_nobody_out(app):
    counted()
    assert counted(now=NOW - timedelta(hours=1)) == 3


def test_nobody_can_be_read_from_the_table(app):
    count("203.0.113.7")
    (key,) = db.session.scalars(select(Allowance.key))
    assert "203.0.113.7" not in key
    assert len(key) == 64


def test_what_limits_nobody_any_more_is_due_to_be_deleted(app):
    count("early")
    count("late", now=NOW + timedelta(seconds=5))
    kept = select(Allowance).where(~are_unused(now=NOW + timedelta(seconds=12)))
    assert len(db.session.scalars(kept).all()) == 1
