"""All fields are sealed anew while everything runs, however often that is killed."""

import os
import random
import signal
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event, text

from intake.audit import log
from intake.cli.backups import backup
from intake.core import clock
from intake.core.db import db, unit_of_work
from intake.core.encryption import key_ring, open_json, seal_json
from intake.core.tokens import new_id
from intake.safekeeping import rotation
from intake.submissions import search
from intake.submissions.models import Submission
from tests import factories

KILLS = 6


@pytest.fixture(autouse=True)
def keys(app: Flask) -> Iterator[Path]:
    """The key file, which is put back as it was."""
    path, ring = app.config["SETTINGS"].keys_file, app.extensions["key_ring"]
    before = path.read_bytes()
    yield path
    path.write_bytes(before)
    key_ring(at_once=True)
    app.extensions["key_ring"] = ring


@pytest.fixture
def run(app: Flask, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("intake.cli.keys.SECONDS", -1)
    return lambda *arguments: app.test_cli_runner().invoke(args=["keys", *arguments])


def old_enough(path: Path) -> None:
    """Let the key file look as if it had not changed for a while."""
    then = (clock.now() - timedelta(minutes=6)).timestamp()
    os.utime(path, (then, then))


def test_all_fields_are_sealed_with_the_new_key_and_say_the_same(run, keys: Path) -> None:
    submission = factories.sent()
    version, contact = submission.version, submission.contact
    result = run("rotate")
    assert result.exit_code == 0, result.output
    assert "Added the key k2" in result.stdout
    db.session.expire_all()
    assert submission.contact_sealed.startswith(b"\x02k2")
    assert (submission.version, submission.contact) == (version, contact)
    assert rotation.fields_to_seal() == 0
    assert search.found("whitfield", "").rows == [submission]
    assert log.verify().fault is None
    assert keys.stat().st_mode & 0o777 == 0o600
    assert "Added the key k3" in run("rotate").stdout


def test_a_rotation_that_is_killed_again_and_again_goes_on(run, keys, monkeypatch) -> None:
    before = {each.id: each.contact for each in (factories.sent() for _ in range(6))}
    monkeypatch.setattr(rotation, "BATCH", 3)
    rotation.begin(keys, now=clock.now())
    left, deaths = rotation.fields_to_seal(), 0
    db.session.remove()
    for number in range(KILLS):
        deaths += killed_after(random.Random(number).randint(1, 12))
        assert rotation.fields_to_seal() <= left
        assert {each.id: each.contact for each in db.session.query(Submission)} == before
        db.session.remove()
    assert deaths > KILLS / 2
    result = run("rotate")
    assert "Going on with the key k2" in result.stdout
    assert rotation.fields_to_seal() == 0


@pytest.mark.sqlite
def test_other_processes_open_at_once_what_was_sealed_with_a_new_key(app, make_app, keys) -> None:
    other, row_id = make_app(INTAKE_KEYS_FILE=str(keys)), new_id()
    with other.app_context():
        assert key_ring().primary == "k1"
    rotation.begin(keys, now=clock.now())
    sealed = seal_json("words", "notes", "body", row_id)
    with other.app_context():
        assert open_json(sealed, "notes", "body", row_id) == "words"
        assert key_ring().primary == "k2"


@pytest.mark.sqlite
def test_what_does_not_open_is_told_and_stays(run) -> None:
    submission = factories.sent()
    with unit_of_work() as session:
        damaged = submission.contact_sealed[:-1]
        session.execute(text("UPDATE submissions SET contact_sealed = :it"), {"it": damaged})
    result = run("rotate")
    assert result.exit_code == 1
    assert "Fields that do not open, and stay as they are: 1." in result.stderr
    assert db.session.scalar(text("SELECT contact_sealed FROM submissions")) == damaged


@pytest.mark.sqlite
def test_a_key_is_retired_only_when_nothing_needs_it(run, app, keys: Path, tmp_path) -> None:
    submission = factories.sent()
    folder = app.config["SETTINGS"].backups
    assert "Run first: flask --app wsgi keys rotate" in run("retire", "k1").stderr
    app.test_cli_runner().invoke(backup)
    run("rotate")
    assert "Wait five minutes" in run("retire", "k1").stderr
    old_enough(keys)
    assert f"Backups in {folder} that need k1: 1." in run("retire", "k1").stderr
    with unit_of_work() as session:
        was = session.connection().scalar(text("SELECT contact_sealed FROM submissions"))
        old = b"\x02k1" + was[3:]
        session.execute(text("UPDATE submissions SET contact_sealed = :it"), {"it": old})
    assert "Fields are sealed with k1" in run("retire", "k1", "--despite-backups").stderr
    with unit_of_work() as session:
        session.execute(text("UPDATE submissions SET contact_sealed = :it"), {"it": was})
    result = run("retire", "k1", "--despite-backups")
    assert result.exit_code == 0, result.output
    assert list(key_ring(at_once=True).fields) == ["k2"]
    db.session.expire_all()
    assert submission.contact["contact"]["given_name"] == "Dana"
    for path in folder.iterdir():
        path.unlink()


def killed_after(statements: int) -> bool:
    """Rotate in a process of its own that is killed after so many statements; whether it was."""
    child = os.fork()
    if child == 0:
        db.engine.dispose(close=False)  # the connections are those of the tests
        said = count(1)

        @event.listens_for(db.engine, "after_cursor_execute")
        def die(*_: object) -> None:
            if next(said) == statements:
                os.kill(os.getpid(), signal.SIGKILL)

        for _ in rotation.seal_anew():
            pass
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])
