import json
import subprocess
from itertools import pairwise

from sqlalchemy import select

from intake.audit import log
from intake.core.db import db, unit_of_work
from intake.scheduling import queries
from intake.scheduling.models import BLOCKING, Appointment, ConsultationType
from tests.faults.racer import ROUNDS
from tests.processes import Installation, wait_for

RACERS = 4


def test_racing_processes_never_overlap(clinic):
    make_neighbors_overlap(clinic)
    results = race(clinic, "everywhere")
    assert sum(len(each["won"]) for each in results) >= 4
    assert sum(each["lost"] for each in results) >= 40
    with clinic.app.app_context():
        kept = appointments()
        assert not overlaps(kept)
        assert {str(each.submission_id): key(each) for each in kept} == ends(results)
        assert log.verify().fault is None


def test_as_many_as_providers_get_a_time_that_all_want_at_the_same_moment(clinic):
    results = race(clinic, "together")
    with clinic.app.app_context():
        providers = len(queries.timetable().calendars)
        assert not overlaps(appointments())
    assert sum(len(each["won"]) for each in results) == ROUNDS * providers
    assert sum(each["lost"] for each in results) == ROUNDS * (RACERS - providers)


def make_neighbors_overlap(clinic: Installation) -> None:
    """Half an hour every quarter of an hour: who takes a time takes its neighbors too."""
    with clinic.app.app_context(), unit_of_work():
        kind = db.session.scalars(select(ConsultationType)).one()
        kind.minutes, kind.step_minutes = 30, 15


def race(clinic: Installation, how: str) -> list[dict]:
    """Run all racers; one that ends in anything but a win or SlotTaken fails the test."""
    racers = clinic.run("-m", "tests.faults.racer", how, str(RACERS), output=subprocess.PIPE)
    wait_for(lambda: len(list(clinic.folder.glob("ready-*"))) == RACERS, "the racers")
    (clinic.folder / "go").touch()
    written = racers.communicate(timeout=60)[0].decode()
    assert json.loads(written.splitlines()[-1]) == [0] * RACERS, written
    return [json.loads(file.read_text()) for file in clinic.folder.glob("result-*")]


def appointments() -> list[Appointment]:
    blocking = Appointment.status.in_(BLOCKING)
    order = (Appointment.provider_id, Appointment.blocked_from)
    return list(db.session.scalars(select(Appointment).where(blocking).order_by(*order)))


def overlaps(kept: list[Appointment]) -> list[tuple[Appointment, Appointment]]:
    return [
        (one, other)
        for one, other in pairwise(kept)
        if one.provider_id == other.provider_id and one.blocked_until > other.blocked_from
    ]


def key(appointment: Appointment) -> str:
    return f"{appointment.provider_id}-{appointment.starts_at:%Y%m%d%H%M}"


def ends(results: list[dict]) -> dict[str, str]:
    """Where the racers say that their submissions ended up."""
    return {submission: key for each in results for submission, key in each["won"].items()}
