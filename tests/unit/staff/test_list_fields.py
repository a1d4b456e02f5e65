"""Fields for several things in one box."""

from intake.patient.places import US_STATES as OFFERED
from intake.staff.list_fields import US_STATES


def test_staff_can_name_every_state_that_patients_can() -> None:
    assert {code for code, _name in OFFERED if code != "other"} == US_STATES
