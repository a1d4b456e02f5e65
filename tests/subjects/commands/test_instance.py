"""The instance folder of real processes: nobody else can read it; no slip makes a second one."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from config import load
from intake.app import create_app
from intake.clinic.document import write_clinic
from intake.core.instance import OTHERS
from tests.clinics import REAL
from tests.processes import Installation, installation, wait_for
from tests.unit.screening.documents import own_instrument

ROOT = Path(__file__).parents[3]
COMMANDS = (
    ("users", "login-link", "desk@example.com"),
    ("users", "invite", "new@example.com", "--role", "clinician"),
    ("users", "reset", "desk@example.com"),
    ("clinic", "show"),
    ("clinic", "holidays", "2027"),
    ("messages", "count"),
    ("serve",),
    ("worker", "--once"),
    ("db", "upgrade"),
)
PRODUCTION = {
    "INTAKE_ENV": "production",
    "INTAKE_BASE_URL": "https://intake.quiet-harbor.test",
    "INTAKE_SMTP_HOST": "127.0.0.1",
    "INTAKE_SMTP_SECURITY": "none",
    "INTAKE_MAIL_FROM": "desk@quiet-harbor.test",
}


def flask(instance: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run a command of a careless user, whose files everybody may read and write."""
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", *arguments],
        check=False,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "INSTANCE": str(instance), **environ},
        capture_output=True,
        text=True,
        umask=0,
    )


def readable_by_others(folder: Path) -> list[str]:
    paths = [folder, *folder.rglob("*")]
    return [str(path) for path in paths if path.stat().st_mode & OTHERS]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_mistyped_instance_is_refused_and_nothing_is_made(tmp_path, command):
    settings = load({"FLASK_RUN_FROM_CLI": "true", "INSTANCE": str(tmp_path / "typo")})
    result = create_app(settings).test_cli_runner().invoke(args=command)
    assert result.exit_code == 1
    assert f"here is no clinic in {tmp_path / 'typo'}" in result.output
    assert "Traceback" not in result.output
    assert len(result.output.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_mistyped_instance_is_refused_by_a_real_process_too(tmp_path):
    result = flask(tmp_path / "typo", "doctor")
    assert result.returncode == 1
    assert f"here is no clinic in {tmp_path / 'typo'}" in result.stdout + result.stderr
    assert "Traceback" not in result.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("environ", [{}, PRODUCTION], ids=["development", "production"])
def test_an_empty_folder_is_no_clinic_either(tmp_path, environ):
    assert flask(tmp_path, "clinic", "show", **environ).returncode == 1
    assert list(tmp_path.iterdir()) == []


def test_a_malformed_instrument_stops_the_start_with_file_place_and_reason(tmp_path):
    folder = tmp_path / "instruments"
    folder.mkdir()
    (folder / "sleep.json").write_text(json.dumps(own_instrument() | {"titel": "Sleep"}))
    result = subprocess.run(
        [sys.executable, "-c", "import wsgi"],
        check=False,
        cwd=ROOT,
        env={"INSTANCE": str(tmp_path), **PRODUCTION},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 3
    assert result.stderr == f"{folder / 'sleep.json'}: titel: is not known here\n"


def test_help_needs_no_clinic(tmp_path):
    result = flask(tmp_path / "none", "users", "invite", "--help")
    assert result.returncode == 0
    assert "Usage" in result.stdout
    assert list(tmp_path.iterdir()) == []


def test_before_the_database_is_made_a_command_says_so(tmp_path):
    assert flask(tmp_path, "keys", "create").returncode == 0
    result = flask(tmp_path, "users", "login-link", "desk@example.com")
    assert result.returncode == 1
    assert result.stderr.splitlines() == [
        "Error: The database does not answer, or is not up to date. Look: flask --app wsgi doctor"
    ]


def test_nobody_else_can_read_what_the_commands_write(tmp_path):
    instance = tmp_path / "made" / "instance"
    file = tmp_path / "clinic.json"
    file.write_text(json.dumps(write_clinic(REAL)))
    for command in (
        ("keys", "create"),
        ("db", "upgrade"),
        ("clinic", "setup", str(file)),
        ("users", "invite", "new@quiet-harbor.test", "--role", "clinician"),
        ("worker", "--once"),
    ):
        result = flask(instance, *command, **PRODUCTION)
        assert result.returncode == 0, result.stderr
        assert readable_by_others(instance) == []
    assert (instance / "intake.db").exists()


def test_the_clinics_own_questions_are_closed_to_others_too(tmp_path):
    folder = tmp_path / "instance" / "instruments"
    folder.mkdir(parents=True)
    (folder / "sleep.json").write_text(json.dumps(own_instrument()))
    for path in (folder.parent, folder, folder / "sleep.json"):
        path.chmod(0o777)
    assert flask(folder.parent, "keys", "create").returncode == 0
    assert readable_by_others(folder.parent) == []


@pytest.fixture
def example(tmp_path):
    """`make run` of the same user."""
    with installation(tmp_path) as clinic:
        clinic.umask = 0
        yield clinic


def test_nobody_else_can_read_what_make_run_writes(example: Installation):
    example.start("everything")
    for path in ("/", "/staff/sign-in"):
        assert example.status(path) == 200
    invited = flask(example.folder, "users", "reset", "desk@example.com", **example.settings)
    assert invited.returncode == 0, invited.stderr
    wait_for(example.mails, "a mail")
    ours = set(example.folder.rglob("*")) - {example.folder / "processes.log"}
    assert {path.name for path in ours} >= {"intake.db-wal", "settings.env", "keys.json", "mail"}
    assert [path for path in ours if path.stat().st_mode & OTHERS] == []


def make_run(instance: Path, *options: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """`make run` where it cannot start, which it says at once."""
    return subprocess.run(
        [sys.executable, "-m", "intake", *options],
        check=False,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "INSTANCE": str(instance), **environ},
        capture_output=True,
        text=True,
        timeout=30,
    )


def test_make_run_makes_nothing_when_its_port_is_taken_or_makes_no_sense(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        for given, said in ((port, f"Port {port} is in use"), ("x", "PORT must be a number")):
            result = make_run(tmp_path / "instance", PORT=given)
            assert result.returncode == 1
            assert result.stderr.startswith(said)
            assert len(result.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_make_run_explains_itself_and_takes_no_options(tmp_path):
    for option, code in (("--help", 0), ("--port=5001", 2)):
        result = make_run(tmp_path / "instance", option, PORT="x")
        assert result.returncode == code
        assert "usage: python -m intake" in result.stdout + result.stderr
    assert list(tmp_path.iterdir()) == []


def test_make_run_says_what_it_does_and_leaves_settings_of_others_alone(example: Installation):
    file = example.folder / "settings.env"
    file.write_text("# mine\nINTAKE_LOG_LEVEL=WARNING\nPORT=1\n")
    example.start("everything")
    lines = file.read_text().splitlines()
    assert lines[-2:] == ["# mine", "INTAKE_LOG_LEVEL=WARNING"]
    assert [line for line in lines if line.startswith("PORT")] == [f"PORT={example.port}"]
    assert "level" not in example.log()  # no line below a warning
    assert [line for line in example.log().splitlines() if line.endswith(" ...")] == [
        f"Preparing the example clinic in {example.folder} ...",
        "Starting web server, mail worker and mail catcher ...",
    ]
