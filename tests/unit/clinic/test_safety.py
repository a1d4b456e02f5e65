"""What a clinic must have settled, and by when somebody in danger is called."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from intake.clinic.clinic import EXAMPLE_CLINIC, ClinicSettingsError
from intake.clinic.document import OPTIONAL, read_clinic, write_clinic
from intake.clinic.safety import call_by, example_values, gaps, promised_call
from intake.screening.level import Level
from tests.clinics import REAL


def test_a_clinic_with_everything_settled_has_no_gap():
    assert gaps(REAL) == []
    assert example_values(REAL) == []


NEEDED = ("safety_contact", "backup_contact", "acute_response_minutes")


@pytest.mark.parametrize("name", NEEDED)
def test_what_is_missing_is_named(name):
    assert gaps(replace(REAL, **{name: None})) == [f"{name} is missing"]


@pytest.mark.parametrize(
    "name",
    [
        *("phone_number", "staff_recipients", "on_call_recipients", "reply_to"),
        *("safety_contact", "backup_contact"),
    ],
)
def test_what_is_still_the_examples_is_named_without_its_value(name):
    clinic = replace(REAL, **{name: getattr(EXAMPLE_CLINIC, name)})
    assert gaps(clinic) == [f"{name} is still the example's"]
    assert example_values(clinic) == [name]


def test_one_example_address_among_others_is_enough():
    mixed = replace(REAL, staff_recipients=("a@quiet-harbor.test", "B@Example.com"))
    assert example_values(mixed) == ["staff_recipients"]


def test_a_clinic_that_does_not_ask_needs_none_of_it():
    assert gaps(replace(EXAMPLE_CLINIC, offers_asq=False, safety_contact=None)) == []


@pytest.mark.parametrize(
    ("level", "at", "by"),
    [
        # Monday 10:00 in Chicago, open: minutes later.
        (Level.URGENT_ACUTE, "2026-11-23T16:00", "2026-11-23T16:15"),
        # Ten minutes before closing: still minutes later, not tomorrow.
        (Level.URGENT_ACUTE, "2026-11-23T22:50", "2026-11-23T23:05"),
        # At night: when the clinic opens.
        (Level.URGENT_ACUTE, "2026-11-24T08:00", "2026-11-24T15:00"),
        (Level.URGENT, "2026-11-23T16:00", "2026-11-23T23:00"),
        (Level.URGENT, "2026-11-24T08:00", "2026-11-24T23:00"),
        # Friday night: Monday.
        (Level.URGENT, "2026-11-28T08:00", "2026-11-30T23:00"),
    ],
)
def test_the_target_depends_on_level_and_office_hours(level, at, by):
    instant = datetime.fromisoformat(at).replace(tzinfo=UTC)
    assert call_by(EXAMPLE_CLINIC, level, instant).isoformat() == f"{by}:00+00:00"


@pytest.mark.parametrize(
    ("level", "at", "promised", "when_opening"),
    [
        # Monday 10:00 in Chicago, open: by the end of the day, whatever the target is.
        (Level.URGENT_ACUTE, "2026-11-23T16:00", "2026-11-23T23:00", False),
        # Ten minutes before closing: not before the clinic's own target.
        (Level.URGENT_ACUTE, "2026-11-23T22:50", "2026-11-23T23:05", False),
        (Level.URGENT_ACUTE, "2026-11-24T08:00", "2026-11-24T15:00", True),
        (Level.URGENT, "2026-11-23T16:00", "2026-11-23T23:00", False),
        (Level.URGENT, "2026-11-24T08:00", "2026-11-24T23:00", False),
    ],
)
def test_what_is_promised_is_never_sooner_than_the_target(level, at, promised, when_opening):
    instant = datetime.fromisoformat(at).replace(tzinfo=UTC)
    call = promised_call(EXAMPLE_CLINIC, level, instant)
    assert (call.at.isoformat(), call.when_opening) == (f"{promised}:00+00:00", when_opening)
    assert call.at >= call_by(EXAMPLE_CLINIC, level, instant)


def test_settings_survive_being_written_and_read():
    assert read_clinic(write_clinic(REAL)) == REAL
    bare = replace(REAL, safety_contact=None, backup_contact=None, acute_response_minutes=None)
    assert read_clinic(write_clinic(bare)) == bare


def test_settings_from_before_contacts_can_be_read():
    """They are gaps, which a production start names; nothing else about them is wrong."""
    document = write_clinic(REAL)
    for name in NEEDED:
        del document[name]
    del document["escalation_minutes"]
    assert gaps(read_clinic(document)) == [f"{name} is missing" for name in NEEDED]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"offers_asq": None}, "offers_asq must be true or false"),
        ({"offers_asq": "false"}, "offers_asq must be true or false"),
        ({"offers_gad7": 0}, "offers_gad7 must be true or false"),
        ({"safety_contact": {}}, "safety_contact needs a name"),
        ({"safety_contact": "Dr. A"}, "value"),
        ({"backup_contact": {"name": "B", "phone_number": "+13127446002"}}, "backup_contact needs"),
        ({"backup_contact": {"name": " ", "phone_number": "+1", "email": "b@c.test"}}, "needs"),
        (
            {"backup_contact": {"name": "B", "phone_number": "+13127446002", "email": "b"}},
            "not an e-mail address",
        ),
        (
            {"backup_contact": {"name": "B", "phone_number": "7446002", "email": "b@c.test"}},
            "not a phone number",
        ),
        ({"phone_number": "zq"}, "not a phone number"),
        ({"phone_number": ""}, "not a phone number"),
        ({"acute_response_minutes": 0}, "acute_response_minutes must be 1 or more"),
        ({"escalation_minutes": -5}, "escalation_minutes must be 1 or more"),
        ({"escalation_minutes": "soon"}, "value"),
    ],
)
def test_wrong_settings_are_refused_by_name(change, words):
    with pytest.raises(ClinicSettingsError, match=words):
        read_clinic({**write_clinic(REAL), **change})


def test_what_may_be_left_out_has_a_default_and_all_else_is_asked_for():
    document = write_clinic(REAL)
    for name in document:
        rest = {key: value for key, value in document.items() if key != name}
        if name in OPTIONAL:
            read_clinic(rest)
        else:
            with pytest.raises(ClinicSettingsError, match=name):
                read_clinic(rest)
