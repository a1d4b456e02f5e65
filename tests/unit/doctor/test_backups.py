"""The operator is told how old the last good backup is."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import config
from intake.doctor.machine import backups
from intake.safekeeping.folder import file_name

NOW = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
DEVELOPMENT = {"INTAKE_ENV": "development"}
PRODUCTION = {
    "INTAKE_ENV": "production",
    "INTAKE_BASE_URL": "https://intake.example.com",
    "INTAKE_SMTP_HOST": "mail.example.com",
    "INTAKE_MAIL_FROM": "desk@example.com",
}


def found(folder: Path, hours: list[int], environ: dict[str, str]) -> str:
    for each in hours:
        (folder / file_name(NOW - timedelta(hours=each))).touch()
    settings = config.load({**environ, "INTAKE_BACKUPS": str(folder)})
    return backups(settings, NOW).line


@pytest.mark.parametrize(
    ("hours", "environ", "words"),
    [
        ([50, 20], PRODUCTION, "ok    backups      the last good one is 20 hours old"),
        ([], PRODUCTION, "fail  backups      there is none"),
        ([50], PRODUCTION, "fail  backups      the last good one is 50 hours old"),
        ([], DEVELOPMENT, "note  backups      there is none"),
    ],
)
def test_the_age_is_told(tmp_path, hours, environ, words) -> None:
    assert found(tmp_path, hours, environ).startswith(words)


def test_what_is_faulty_or_half_written_counts_for_nothing(tmp_path) -> None:
    for ending in (".faulty", ".partial"):
        (tmp_path / f"{file_name(NOW)}{ending}").touch()
    assert "there is none" in found(tmp_path, [], PRODUCTION)
