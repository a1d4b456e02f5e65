"""Codes of an authenticator app, by the published examples."""

import base64
from datetime import UTC, datetime, timedelta

import pytest

from intake.accounts.app_codes import WrongCode, address_of, counter_of, in_groups, new_secret

SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("second", "code"), [(59, "287082"), (1111111109, "081804"), (2000000000, "279037")]
)
def test_codes_are_those_of_rfc_6238(second: int, code: str) -> None:
    now = datetime.fromtimestamp(second, UTC)
    assert counter_of(SECRET, code, last=-1, now=now) == second // 30


@pytest.mark.parametrize(("late", "is_taken"), [(-30, True), (30, True), (-31, False), (60, False)])
def test_a_phone_may_be_half_a_minute_off(late: int, is_taken: bool) -> None:
    now = datetime.fromtimestamp(1111111080, UTC) + timedelta(seconds=late)
    if is_taken:
        assert counter_of(SECRET, "081804", last=-1, now=now)
    else:
        with pytest.raises(WrongCode):
            counter_of(SECRET, "081804", last=-1, now=now)


@pytest.mark.parametrize("code", ["", "28708", "2870820", "abcdef", "２８７０８２", "287 083"])
def test_what_is_no_code_is_refused(code: str) -> None:
    with pytest.raises(WrongCode):
        counter_of(SECRET, code, last=-1, now=datetime.fromtimestamp(59, UTC))


def test_an_app_is_told_for_whom_and_where_it_is() -> None:
    secret = new_secret()
    assert len(base64.b32decode(secret)) == 20
    assert in_groups(secret).replace(" ", "") == secret
    address = address_of(secret, email="desk@example.com", issuer="Clinic: North")
    assert address.startswith("otpauth://totp/")
    assert f"secret={secret}" in address
