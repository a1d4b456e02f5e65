"""Who is told of each event, and whether that reaches anybody."""

from dataclasses import replace

from intake.clinic.clinic import Clinic
from intake.clinic.recipients import EVENTS, all_addresses, told_of
from tests.clinics import REAL

DESK, CALL = "desk@quiet-harbor.test", "call@quiet-harbor.test"
SAFETY, BACKUP = "a@quiet-harbor.test", "b@quiet-harbor.test"


def addresses(clinic: Clinic) -> dict[str, tuple[str, ...]]:
    return {told.event: told.addresses for told in told_of(clinic, lost=())}


def test_each_event_has_its_own_recipients():
    clinic = replace(
        REAL,
        change_recipients=("c@quiet-harbor.test",),
        digest_recipients=("d@quiet-harbor.test",),
        failure_recipients=("f@quiet-harbor.test",),
    )
    assert addresses(clinic) == {
        "new_submission": (DESK,),
        "urgent": (SAFETY, CALL),
        "escalation": (BACKUP,),
        "appointment_changed": ("c@quiet-harbor.test",),
        "request_withdrawn": ("c@quiet-harbor.test",),
        "erasure_asked": (DESK,),
        "digest": ("d@quiet-harbor.test",),
        "failures": ("f@quiet-harbor.test",),
    }


def test_what_has_no_recipients_goes_to_those_of_new_requests():
    told = addresses(REAL)
    own = ("appointment_changed", "request_withdrawn", "digest", "failures")
    assert {told[each] for each in own} == {(DESK,)}
    assert all_addresses(REAL) == [DESK, SAFETY, CALL, BACKUP]


def test_nobody_gets_what_has_no_address_or_only_lost_ones():
    silent = {
        told.event
        for told in told_of(replace(REAL, backup_contact=None), lost=(DESK, CALL))
        if not told.reaches_somebody
    }
    assert silent == set(EVENTS) - {"urgent"}
