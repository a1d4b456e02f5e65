import json
import stat
from dataclasses import replace

import pytest

from intake.accounts.models import SignInLink
from intake.accounts.service import disable
from intake.clinic.service import current_clinic
from intake.core.db import db, unit_of_work
from intake.development.example import example_user
from intake.notifications.models import Message
from tests import factories
from tests.unit.screening.test_cases import cases


@pytest.fixture
def run(app):
    runner = app.test_cli_runner()

    def invoke(*arguments: str, text: str = ""):
        return runner.invoke(args=list(arguments), input=text)

    return invoke


def test_score_reads_answers_and_prints_the_result(run):
    result = run("score", "peg", text='{"p": 6, "e": 7, "g": 7}')
    assert result.exit_code == 0
    assert json.loads(result.stdout)["sum"] == 20


@pytest.mark.parametrize(
    ("instrument", "text", "words"),
    [
        ("phq9", '{"q1": 4}', "q1"),
        ("phq9", '{"q11": 1}', "q11"),
        ("phq9", '{"q1": true}', "q1"),
        ("phq9", "[]", "object"),
        ("phq9", "{", "JSON"),
        ("phq10", "{}", "phq10"),
        ("phq9", "", "JSON"),
    ],
)
def test_bad_answers_are_refused_in_one_line(run, instrument, text, words):
    result = run("score", instrument, text=text)
    assert result.exit_code == 2
    assert words in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("score",), "'INSTRUMENT'"),
        (("score", "phq9", "asq"), "asq"),
        (("score", "--all", "phq9"), "--all"),
        (("triage", "asq"), "asq"),
    ],
)
def test_wrong_arguments_are_refused_in_one_line(run, arguments, words):
    result = run(*arguments, text="{}")
    assert result.exit_code == 2
    assert words in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('{"conditions": ["nope"]}', "conditions[0]"),
        ('{"screen": {"review": ["not_an_item"], "skipped": ["nope"]}}', "screen.review[0]"),
        ('{"screen": {"skipped": ["\\ud800"]}}', "screen.skipped[0]"),
    ],
)
def test_triage_names_what_it_does_not_know(run, text, place):
    result = run("triage", text=text)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr == f"{place}: is not known here\n"


def test_triage_prints_level_and_rules(run):
    inputs = {"asq": "negative", "phq9": {"total": 7, "q9": 1}, "screen": {}}
    result = run("triage", text=json.dumps(inputs))
    assert json.loads(result.stdout) == {"level": "urgent", "fired": ["S4"]}


def test_the_commands_give_the_published_results(run):
    for instrument, case in (each.values for each in cases()):
        is_triage = instrument == "triage"
        command = ["triage"] if is_triage else ["score", instrument]
        result = run(*command, text=json.dumps(case["inputs" if is_triage else "answers"]))
        assert json.loads(result.stdout) == case["expect"], case["why"]


@pytest.mark.parametrize("text", ["{}", '{"asq": null, "screen": {}, "conditions": []}'])
def test_triage_says_when_nothing_was_answered(run, text):
    result = run("triage", text=text)
    assert json.loads(result.stdout) == {"level": "routine", "fired": ["R0"]}
    assert result.stderr.startswith("Nothing was answered")
    assert run("triage", text='{"asq": "negative"}').stderr == ""


def test_a_sign_in_link_is_printed_in_development(run):
    result = run("users", "login-link", "desk@example.com")
    assert "/staff/link/" in result.stdout
    assert db.session.query(SignInLink).count() == 1


def test_no_sign_in_link_for_a_stranger(run):
    result = run("users", "login-link", "stranger@example.com")
    assert result.exit_code != 0
    assert "no user" in result.stderr


def test_an_invitation_is_queued(run):
    result = run(
        "users", "invite", "new@example.com", "--role", "clinician", "--name", "New Person"
    )
    assert result.exit_code == 0, result.output
    message = db.session.query(Message).one()
    assert (message.name, message.recipient) == ("invitation", "new@example.com")


def test_an_invitation_needs_a_known_role(run):
    assert run("users", "invite", "new@example.com", "--role", "owner").exit_code == 2


def test_the_clinics_settings_can_be_printed_changed_and_stored(run, tmp_path):
    document = json.loads(run("clinic", "show").stdout)
    document |= {"name": "Quiet Harbor Clinic", "providers": ["Dr. New"]}
    file = tmp_path / "clinic.json"
    file.write_text(json.dumps(document))
    result = run("clinic", "setup", str(file))
    assert "Dr. New" in result.stdout
    assert current_clinic().name == "Quiet Harbor Clinic"
    assert factories.free_keys()


def test_where_people_meet_is_stored_and_printed(run, tmp_path):
    file, link = tmp_path / "clinic.json", "https://video.example.test/room"
    document = json.loads(run("clinic", "show").stdout)
    file.write_text(json.dumps(document | {"video_link": link, "address": "12 Harbor Street"}))
    assert run("clinic", "setup", str(file)).exit_code == 0
    stored = json.loads(run("clinic", "show").stdout)
    assert (stored["video_link"], stored["address"]) == (link, "12 Harbor Street")
    file.write_text(json.dumps(document | {"video_link": "http://video.example.test"}))
    assert "video_link must begin with https" in run("clinic", "setup", str(file)).stderr


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"weekly_hours": {}}, "weekly_hours"),
        ({"on_call_recipients": []}, "on_call_recipients"),
        ({"reply_to": "nobody"}, "nobody"),
        ({"time_zone": "Mars/Base"}, "time_zone"),
        ({"escalation_minuts": 5}, "There is no setting escalation_minuts"),
    ],
)
def test_unusable_settings_are_refused(run, tmp_path, change, words):
    document = json.loads(run("clinic", "show").stdout) | change
    file = tmp_path / "clinic.json"
    file.write_text(json.dumps(document))
    result = run("clinic", "setup", str(file))
    assert result.exit_code == 1
    assert words in result.stderr


def test_a_key_file_is_never_overwritten(run, app):
    path = app.config["SETTINGS"].keys_file
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = path.read_bytes()
    assert run("keys", "create").exit_code == 1
    assert path.read_bytes() == before


def test_new_keys_say_where_they_are_and_when_the_folder_is_new(run, app, monkeypatch, tmp_path):
    for folder, is_new in ((tmp_path / "typo", True), (tmp_path, False)):
        settings = replace(app.config["SETTINGS"], keys_file=folder / "keys.json")
        monkeypatch.setitem(app.config, "SETTINGS", settings)
        result = run("keys", "create")
        assert str(folder / "keys.json") in result.stdout
        assert ("check INSTANCE" in result.stderr) == is_new


def test_a_new_password_can_be_sent_to_a_user(run):
    result = run("users", "reset", "Desk@Example.com")
    assert result.exit_code == 0, result.output
    message = db.session.query(Message).one()
    assert (message.name, message.recipient) == ("new_password", "desk@example.com")


def test_the_second_factor_of_the_last_administrator_is_reset_on_the_server(run):
    result = run("users", "reset-second-factor", "Admin@Example.com")
    assert result.exit_code == 0, result.output
    message = db.session.query(Message).one()
    assert (message.name, message.recipient) == ("second_factor_changed", "admin@example.com")
    assert run("users", "reset-second-factor", "nobody@example.com").exit_code == 1


@pytest.mark.parametrize("email", ["nobody@example.com", "disabled@example.com"])
def test_no_new_password_for_whoever_does_not_work_here(run, email):
    user = factories.user("disabled@example.com")
    with unit_of_work():
        disable(user, actor="command line", now=factories.MONDAY_MORNING)
    result = run("users", "reset", email)
    assert result.exit_code == 1
    assert "no active user" in result.stderr
    assert db.session.query(Message).count() == 0


def test_whoever_has_a_password_is_sent_to_the_other_command(run):
    user = factories.user("has@example.com")
    with unit_of_work():
        user.password = "$argon2id$"
    result = run("users", "invite", "has@example.com", "--role", "clinician")
    assert result.exit_code == 1
    assert "users reset has@example.com" in result.stderr


def test_an_invitation_again_sets_roles_but_keeps_the_last_administrator(run):
    for _ in range(2):
        assert run("users", "invite", "desk@example.com", "--role", "auditor").exit_code == 0
    assert example_user("desk@example.com").role_names == ["auditor"]
    result = run("users", "invite", "admin@example.com", "--role", "auditor")
    assert result.exit_code == 1
    assert "Invite somebody else for that first" in result.stderr
    assert example_user("admin@example.com").role_names == ["administrator"]
    assert db.session.query(Message).count() == 2


@pytest.mark.parametrize("command", [("serve",), ("worker", "--once")])
def test_what_runs_for_long_must_be_told_where(run, app, monkeypatch, command):
    """Assuming development here would hand out sign-in links to the world."""
    assumed = replace(app.config["SETTINGS"], is_environment_given=False)
    monkeypatch.setitem(app.config, "SETTINGS", assumed)
    result = run(*command)
    assert result.exit_code == 1
    assert "INTAKE_ENV" in result.stderr


@pytest.mark.parametrize("email", ["notanemail", " "])
def test_an_invitation_needs_an_address(run, email):
    assert run("users", "invite", email, "--role", "clinician").exit_code == 2
