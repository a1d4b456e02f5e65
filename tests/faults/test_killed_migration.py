import signal
import subprocess

import pytest

from intake.ops import readiness_problem
from tests.processes import Installation


@pytest.mark.parametrize("statements", [1, 20])
def test_a_killed_migration_can_be_run_again(empty_clinic, statements):
    assert migrate(empty_clinic, dies_after=statements) == -signal.SIGKILL
    with empty_clinic.app.app_context():
        assert "db upgrade" in readiness_problem()
    empty_clinic.prepare()
    with empty_clinic.app.app_context():
        assert readiness_problem() is None


def migrate(clinic: Installation, *, dies_after: int) -> int:
    process = clinic.run(
        "-m", "tests.faults.killed_migration", str(dies_after), output=subprocess.DEVNULL
    )
    return process.wait(30)
