"""A pause of online booking: how long it lasts, and its words."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from intake.clinic.clinic import ClinicSettingsError
from intake.clinic.document import read_clinic, write_clinic
from intake.clinic.pause import Pause
from tests.clinics import REAL

MIDNIGHT_IN_CHICAGO = datetime(2026, 12, 1, 6, 0, tzinfo=UTC)


def test_it_ends_when_its_date_begins_in_the_clinic():
    clinic = replace(REAL, booking_pause=Pause(until=date(2026, 12, 1)))
    assert clinic.is_paused(MIDNIGHT_IN_CHICAGO.replace(hour=5, minute=59))
    assert not clinic.is_paused(MIDNIGHT_IN_CHICAGO)


def test_without_a_date_it_lasts_and_without_a_pause_there_is_none():
    assert replace(REAL, booking_pause=Pause()).is_paused(MIDNIGHT_IN_CHICAGO)
    assert not REAL.is_paused(MIDNIGHT_IN_CHICAGO)


def test_it_survives_being_written_and_read():
    clinic = replace(REAL, booking_pause=Pause({"es": "Nos mudamos."}, date(2026, 12, 1)))
    assert read_clinic(write_clinic(clinic)) == clinic
    assert clinic.booking_pause is not None
    assert clinic.booking_pause.message("es") == "Nos mudamos."
    assert clinic.booking_pause.message("en") == ""


@pytest.mark.parametrize("wrong", [{"until": "soon"}, {"messages": "We move."}, "yes"])
def test_what_makes_no_sense_is_refused(wrong):
    with pytest.raises(ClinicSettingsError):
        read_clinic({**write_clinic(REAL), "booking_pause": wrong})
