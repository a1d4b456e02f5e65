"""Forged names of slots, wherever a form takes one: a clear answer, never a fault, no booking."""

from itertools import product

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from intake.core.db import db
from intake.scheduling.models import Appointment
from intake.scheduling.queries import read_slot_key
from tests import factories
from tests.appointments import appointment_of, booked, path_of
from tests.browse import Browser
from tests.factories import MONDAY_MORNING
from tests.web.patient import journey
from tests.web.staff.people import let_in

PROVIDERS = ("1", "0", "9", "-1", "999999999", "9" * 20, "\u0661", "", "1-1", "x", "\x00")
STARTS = (
    *("000101010000", "000000000000", "199912312359", "220001010000", "999912312359"),
    *("202602300000", "202611242460", "20261124150", "2026112415000", "2026-11-2415"),
    *("2026112415 0", "\u0662\u0660\u0662\u0666\u0661\u0661\u0662\u0664\u0661\u0665\u0660\u0660"),
    *("", "x" * 12, "-20261124150", "\x00" * 12, "\ud800".encode("utf-8", "surrogatepass") * 12),
)
ODD_TEXTS = ("", "none", "-", "1", "1-" + "1" * 5_000, "{{ 7 * 7 }}", "1-20261124\r\n1500")


def forged() -> list[str | bytes]:
    """Every provider with the same start, every start with the same provider, and odd texts."""
    starts = [each if isinstance(each, bytes) else each.encode() for each in STARTS]
    of_nobody = [f"{each}-202611241500" for each in PROVIDERS if each != "1"]
    return [*of_nobody, *(b"1-" + each for each in starts), *ODD_TEXTS]


@pytest.fixture(autouse=True)
def morning(app: Flask):
    with time_machine.travel(MONDAY_MORNING, tick=False) as now:
        yield now


def taken() -> list[Appointment]:
    return list(db.session.scalars(select(Appointment)))


@pytest.mark.parametrize("start", ["000101010000", "199912312359", "220001010000", "999912312359"])
def test_no_slot_lies_where_local_time_may_not_exist(start: str) -> None:
    assert read_slot_key(f"1-{start}") is None


def test_the_patients_times_explain_a_forged_slot(client: Browser) -> None:
    journey.to_times(client)
    for key in forged():
        page = client.post("/request/times", {"slot": key, "channel": "phone"})
        assert page.status in (200, 409), key
        assert page.path == "/request/times", key
    assert taken() == []


def test_a_call_does_not_move_to_a_forged_slot(client: Browser) -> None:
    submission = booked()
    starts_at = appointment_of(submission).starts_at
    path = path_of(submission) + "/times"
    client.get(path)
    for key in forged():
        assert client.post(path, {"slot": key}).status in (200, 409), key
    assert appointment_of(submission).starts_at == starts_at


@pytest.mark.parametrize("page", ["book", "any-time"])
def test_staff_do_not_book_a_forged_slot(app: Flask, page: str) -> None:
    """Neither with the version on the page nor with another, which shows both versions."""
    submission, desk = factories.sent(), let_in(Browser(app))
    path = f"/staff/submissions/{submission.id}"
    desk.get(path)
    for key, version in product(forged(), (submission.version, 999)):
        answer = desk.post(f"{path}/{page}", {"slot": key, "version": str(version)})
        assert answer.status in (400, 409), (key, version)
    assert taken() == []
