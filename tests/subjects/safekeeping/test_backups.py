"""The restore drill: a backup made while people write, put back onto either database."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import text

from intake.audit import log
from intake.cli.backups import backup, restore_backup
from intake.core.db import db, is_postgresql, unit_of_work
from intake.core.encryption import key_ring
from intake.safekeeping.folder import opened
from intake.safekeeping.making import REVISION, lines_of, make, snapshot
from intake.safekeeping.restoring import IsLive, restore
from intake.safekeeping.tables import dump, kept_tables
from intake.scheduling.models import Provider
from intake.submissions.models import Submission
from tests import factories, postgres

NOW = factories.MONDAY_MORNING
TYPED = ("Dana", "Whitfield", "dana@example.org", "5550198", "depression", "Riverbend", "desk@")


@pytest.fixture
def other(database: str, app: Flask, make_app, request: pytest.FixtureRequest) -> Flask:
    """An empty installation with the same key file, on the other kind of database."""
    keys = {"INTAKE_KEYS_FILE": str(app.config["SETTINGS"].keys_file)}
    if database == "sqlite":
        address = request.getfixturevalue("postgresql_server")
        keys["INTAKE_DATABASE_URL"] = postgres.create_database(address)
    return make_app(**keys)


@pytest.fixture
def run(app: Flask, tmp_path: Path):
    def invoke(command, *arguments: object) -> Result:
        to = ("--to", tmp_path) if command is backup else ()
        return app.test_cli_runner().invoke(command, [str(each) for each in (*to, *arguments)])

    return invoke


def made(folder: Path) -> Path:
    return make(folder, key_ring(), now=NOW, keep=9).path


def contents() -> dict[str, list[str]]:
    """All rows as a backup would hold them, but for the entry that says what was restored."""
    with snapshot() as connection:
        found = {each.name: list(dump(connection, each)) for each in kept_tables(connection)}
    found["audit_log"] = [line for line in found["audit_log"] if "database restored" not in line]
    return found


def test_a_backup_comes_back_on_the_other_database(app, other, tmp_path) -> None:
    submission = factories.sent()
    before, path = contents(), made(tmp_path)
    with other.app_context():
        checked = restore(path, key_ring(), replace=False, now=NOW)
        assert contents() == before
        assert db.session.get(Submission, submission.id).contact["contact"]["given_name"] == "Dana"
        walk = log.verify({checked.audit_head.seq: checked.audit_head.chain})
        assert walk.fault is None
        assert walk.head.seq == checked.audit_head.seq + 1
        with unit_of_work() as session:
            session.add(Provider(name="Dr. New", time_zone="America/Chicago"))
        factories.sent()
        db.session.remove()
        db.engine.dispose()


def test_a_backup_replaces_a_live_database_only_when_told(app, tmp_path) -> None:
    factories.sent()
    before, path = contents(), made(tmp_path)
    factories.sent()
    with pytest.raises(IsLive):
        restore(path, key_ring(), replace=False, now=NOW)
    assert contents() != before
    restore(path, key_ring(), replace=True, now=NOW)
    assert contents() == before


def test_it_holds_one_moment_while_people_write(app) -> None:
    with snapshot() as connection:
        connection.scalar(REVISION)
        factories.sent()
        *_, last = lines_of(connection)
    assert json.loads(last)["counts"]["submissions"] == 0
    assert db.session.scalar(text("SELECT count(*) FROM submissions")) == 1


@pytest.mark.sqlite
def test_nothing_typed_can_be_found_in_the_file(app, tmp_path) -> None:
    factories.sent()
    raw = made(tmp_path).read_bytes()
    assert not [word for word in TYPED if word.encode() in raw]


@pytest.mark.sqlite
def test_faults_of_the_database_are_told_and_cost_no_older_backup(run, tmp_path) -> None:
    submission = factories.sent()
    assert run(backup).exit_code == 0
    (good,) = tmp_path.iterdir()
    with unit_of_work() as session:
        sealed = bytearray(submission.contact_sealed)
        sealed[-1] ^= 1
        session.execute(text("UPDATE submissions SET contact_sealed = :it"), {"it": bytes(sealed)})
    result = run(backup, "--keep", 1)
    assert result.exit_code == 3
    assert "1 of submissions.contact_sealed do not open" in result.stderr
    assert good.exists()
    assert [path.name.endswith(".faulty") for path in sorted(tmp_path.iterdir())].count(True) == 1


def test_a_log_that_was_tampered_with_is_told(app, tmp_path) -> None:
    with unit_of_work() as session:
        if is_postgresql():
            session.execute(text("SET LOCAL session_replication_role = replica"))
        else:
            session.execute(text("DROP TRIGGER audit_log_no_update"))
        session.execute(text("UPDATE audit_log SET actor = 'x' WHERE seq = 2"))
    checked = make(tmp_path, key_ring(), now=NOW, keep=1).checked
    assert "entry 2 does not fit" in checked.faults[0]


@pytest.mark.sqlite
def test_the_commands_keep_check_refuse_and_replace(run, app, tmp_path) -> None:
    for day in (1, 2):
        make(tmp_path, key_ring(), now=NOW - timedelta(days=day), keep=9)
    result = run(backup, "--keep", 2)
    assert (result.exit_code, "Older ones deleted: 1" in result.stdout) == (0, True)
    _, latest = sorted(tmp_path.iterdir())
    assert latest.stat().st_mode & 0o777 == 0o600
    assert "It needs the keys" in run(restore_backup, latest, "--check").stdout
    refused = run(restore_backup, latest)
    assert (refused.exit_code, "give --replace" in refused.stderr) == (1, True)
    assert "db upgrade" in run(restore_backup, latest, "--replace").stdout
    latest.write_bytes(latest.read_bytes()[:-1])
    damaged = run(restore_backup, latest, "--replace")
    assert (damaged.exit_code, "Nothing was changed" in damaged.stderr) == (1, True)


@pytest.mark.sqlite
def test_tables_of_a_newer_version_are_refused_and_nothing_is_lost(run, tmp_path) -> None:
    factories.sent()
    for revision in ("9999", "0001"):
        with unit_of_work() as session:
            session.execute(text(f"UPDATE alembic_version SET version_num = '{revision}'"))
        if revision == "9999":
            path = made(tmp_path)
    result = run(restore_backup, path, "--replace")
    assert (result.exit_code, "Use a newer one" in result.stderr) == (1, True)
    assert db.session.scalar(text("SELECT count(*) FROM submissions")) == 1


@pytest.mark.sqlite
def test_a_table_that_has_changed_is_named_and_nothing_is_lost(run, tmp_path) -> None:
    with unit_of_work() as session:
        session.execute(text("ALTER TABLE providers ADD COLUMN extra INTEGER"))
    result = run(restore_backup, made(tmp_path), "--replace")
    assert (result.exit_code, "The table providers does not take" in result.stderr) == (1, True)
    assert db.session.scalar(text("SELECT count(*) FROM providers")) == 2


@pytest.mark.sqlite
def test_two_backups_at_once_do_not_disturb_each_other(run, tmp_path) -> None:
    with opened(tmp_path):
        assert "Another process" in run(backup).stderr
    (tmp_path / "intake-20261123T160000Z.backup.partial").touch()
    assert run(backup).exit_code == 0
    assert [path.suffix for path in tmp_path.iterdir()] == [".backup"]
