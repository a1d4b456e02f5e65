"""Which addresses count as one network."""

from ipaddress import ip_address

import pytest

from intake.web.limits import network_of


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::"),
        ("2001:db8:1:3::1", "2001:db8:1:3::"),
    ],
)
def test_a_household_is_one_network(address: str, network: str) -> None:
    assert network_of(ip_address(address)) == network
