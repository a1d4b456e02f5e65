"""Production starts only when somebody would act on what people tell it."""

import json
import logging
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from intake.clinic.clinic import EXAMPLE_CLINIC
from intake.clinic.document import OPTIONAL, write_clinic
from intake.clinic.pause import Pause
from intake.clinic.service import current_clinic, fresh_clinic, save_clinic
from intake.core.db import unit_of_work
from tests.clinics import REAL
from tests.factories import MONDAY_MORNING

ROOT = Path(__file__).parents[3]
EXAMPLE_VALUES = ("+13125550142", "@example.com", "Priya")
NEEDED = ("safety_contact", "backup_contact", "acute_response_minutes")


@pytest.fixture
def started(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The programs that were started in place of the command; production from here on."""
    settings = replace(app.config["SETTINGS"], environment="production")
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    programs: list[str] = []
    monkeypatch.setattr(os, "execve", lambda program, *_: programs.append(program))
    return programs


@pytest.fixture
def run(app: Flask, started: list[str]):
    return lambda *arguments: app.test_cli_runner().invoke(args=list(arguments))


def settle(**changes: Any) -> None:
    with unit_of_work():
        save_clinic(replace(REAL, **changes), now=MONDAY_MORNING)


def written(folder: Path, **changes: Any) -> str:
    file = folder / "clinic.json"
    file.write_text(json.dumps({**write_clinic(REAL), **changes}))
    return str(file)


serving = pytest.mark.parametrize("command", [("serve",), ("worker", "--once")])


@serving
def test_the_example_clinic_is_refused_in_one_line_without_a_value(run, started, command) -> None:
    result = run(*command)
    assert result.exit_code == 1
    assert "safety_contact is still the example's" in result.stderr
    assert "flask --app wsgi clinic setup FILE" in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert not any(value in result.stderr for value in EXAMPLE_VALUES)
    assert started == []


@serving
@pytest.mark.parametrize("name", NEEDED)
def test_what_is_not_settled_is_named(run, started, command, name: str) -> None:
    settle(**{name: None})
    result = run(*command)
    assert result.exit_code == 1
    assert f"Not ready for patients: {name} is missing." in result.stderr
    assert started == []


def test_a_settled_clinic_starts(run, started, caplog: pytest.LogCaptureFixture) -> None:
    settle()
    assert run("worker", "--once").exit_code == 0
    run("serve")
    assert len(started) == 1
    assert "ASQ" not in caplog.text


@serving
def test_a_clinic_that_switched_the_screen_off_starts_and_it_is_logged(
    run, command, caplog: pytest.LogCaptureFixture
) -> None:
    settle(offers_asq=False, safety_contact=None, backup_contact=None)
    with caplog.at_level(logging.WARNING):
        assert run(*command).exit_code == 0
    assert "switch the suicide screen (ASQ) off" in caplog.text


def test_development_starts_with_the_example(app: Flask) -> None:
    assert app.test_cli_runner().invoke(args=["worker", "--once"]).exit_code == 0


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"phone_number": "+13125550142"}, "phone_number"),
        ({"staff_recipients": ["a@quiet-harbor.test", "desk@example.com"]}, "staff_recipients"),
        ({"backup_contact": write_clinic(EXAMPLE_CLINIC)["backup_contact"]}, "backup_contact"),
        ({"providers": ["Dr. First Example"]}, "providers"),
    ],
)
def test_a_settings_file_that_was_not_edited_is_refused(
    run, tmp_path: Path, changes: dict[str, Any], name: str
) -> None:
    result = run("clinic", "setup", written(tmp_path, **changes))
    assert result.exit_code == 1
    assert f"still the example's: {name}." in result.stderr
    assert not any(value in result.stderr for value in EXAMPLE_VALUES)
    assert current_clinic().phone_number == EXAMPLE_CLINIC.phone_number


def test_an_unfinished_settings_file_is_kept_with_a_warning(run, tmp_path: Path) -> None:
    result = run("clinic", "setup", written(tmp_path, backup_contact=None))
    assert result.exit_code == 0
    assert "backup_contact is missing" in result.stderr


def test_the_way_to_a_first_start(tmp_path: Path) -> None:
    """The real processes, from an empty folder on."""

    def python(*arguments: str) -> subprocess.CompletedProcess[str]:
        environ = {
            "PATH": os.environ["PATH"],
            "INSTANCE": str(tmp_path / "instance"),
            "INTAKE_ENV": "production",
            "INTAKE_BASE_URL": "https://intake.quiet-harbor.test",
            "INTAKE_SMTP_HOST": "mail.quiet-harbor.test",
            "INTAKE_MAIL_FROM": "desk@quiet-harbor.test",
        }
        return subprocess.run(
            [sys.executable, *arguments],
            check=False,
            cwd=ROOT,
            env=environ,
            capture_output=True,
            text=True,
        )

    def flask(*arguments: str) -> subprocess.CompletedProcess[str]:
        return python("-m", "flask", "--app", "wsgi", *arguments)

    assert flask("keys", "create").returncode == 0
    refused = flask("serve")
    assert refused.returncode == 1
    assert "Run: flask --app wsgi db upgrade" in refused.stderr
    assert flask("db", "upgrade").returncode == 0
    gunicorn = python("-c", "import wsgi")
    assert gunicorn.returncode == 3
    assert "The clinic is not set up yet" in gunicorn.stderr
    assert flask("clinic", "setup", written(tmp_path)).returncode == 0
    assert python("-c", "import wsgi").returncode == 0


def test_what_a_file_leaves_out_stays_as_it_was_set_on_the_site(run, tmp_path) -> None:
    settle(booking_pause=Pause({"en": "We move."}), change_recipients=("c@quiet-harbor.test",))
    path = Path(written(tmp_path, name="Quiet Harbor"))
    document = json.loads(path.read_text())
    path.write_text(json.dumps({key: document[key] for key in set(document) - set(OPTIONAL)}))
    assert run("clinic", "setup", str(path)).exit_code == 0
    clinic = fresh_clinic()
    assert (clinic.name, clinic.changes_to) == ("Quiet Harbor", ("c@quiet-harbor.test",))
    assert clinic.booking_pause == Pause({"en": "We move."})
    assert clinic.backup_contact == REAL.backup_contact
