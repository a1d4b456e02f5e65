"""Fields for several things in one box."""

import pytest
from werkzeug.datastructures import MultiDict

from intake.patient.places import US_STATES as OFFERED
from intake.staff.list_fields import US_STATES, AddressesField, HelpLinesField
from intake.web.forms import Form


class Both(Form):
    """One of each."""

    addresses = AddressesField("To")
    help = HelpLinesField("Help")


def filled(**typed: str) -> Both:
    form = Both(formdata=MultiDict({"addresses": "a@example.com", "help": "Call 988.", **typed}))
    form.validate()
    return form


def test_staff_can_name_every_state_that_patients_can() -> None:
    assert {code for code, _name in OFFERED if code != "other"} == US_STATES


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("In crisis? Call or text 988.", "988"),
        ("Call 1-800-273-8255 (24/7)", "1-800-273-8255"),
        ("Our own line: (312) 555-0142, by day", "(312) 555-0142"),
        ("Text HOME to 741741", "741741"),
        ("Call 116 123.", "116 123"),
        ("Ring +44 20 7946 0018", "+44 20 7946 0018"),
    ],
)
def test_the_number_to_call_is_found_in_a_line_of_help(line: str, number: str) -> None:
    assert filled(help=line).help.lines == [[line, number]]


@pytest.mark.parametrize("line", ["Help yourself", "Open 24/7", "Call 988 or 911", "x988 " * 30])
def test_a_line_without_one_number_to_call_is_refused(line: str) -> None:
    assert filled(help=line).help.errors


def test_an_address_is_told_once_however_it_is_written() -> None:
    form = filled(addresses="Desk@example.com\nb@example.com\ndesk@example.com")
    assert form.addresses.data == ["Desk@example.com", "b@example.com"]
