"""`audit verify` says whether the log is whole, and where it is not."""

import pytest

from intake.audit import log
from tests import factories


@pytest.fixture
def verify(app):
    return lambda *heads: app.test_cli_runner().invoke(
        args=["audit", "verify", *(f"--head={each}" for each in heads)]
    )


def test_a_whole_log_ends_with_0_and_its_head(verify):
    factories.sent()
    head = log.head()
    result = verify(head)
    assert result.exit_code == 0
    assert result.stdout == f"{head.seq} entries, each in its place. Head: {head}\n"


@pytest.mark.sqlite
def test_it_says_what_is_wrong_and_ends_with_1(verify):
    published = str(log.head())
    cut_off = verify(f"{int(published.split(':', maxsplit=1)[0]) + 5}:{'a' * 16}")
    assert (cut_off.exit_code, "the end was cut off" in cut_off.stderr) == (1, True)
    other = verify(f"2:{'a' * 16}")
    assert (other.exit_code, "the end was replaced" in other.stderr) == (1, True)
    assert verify("yesterday").exit_code == 2
