"""A key file of another clinic, or one that lacks a key, is told before anybody is served."""

import pytest
from flask import Flask

from intake.core import key_file
from intake.core.encryption import key_ring
from intake.doctor.machine import keys
from intake.ops import WRONG_KEYS, UnsafeStart, demand_safety, readiness_problem
from tests import factories

pytestmark = pytest.mark.sqlite


def test_a_key_file_of_another_clinic_serves_nobody(app: Flask, make_app) -> None:
    same_database = {"INTAKE_DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"]}
    with make_app(**same_database).app_context():
        assert readiness_problem() == WRONG_KEYS
        assert keys().line.startswith("fail  keys         the key file does not belong")
        with pytest.raises(UnsafeStart, match="key file"):
            demand_safety()


def test_a_key_that_is_missing_is_found_by_the_doctor(app: Flask, tmp_path, make_app) -> None:
    factories.sent()
    path = tmp_path / "keys.json"
    path.write_bytes(app.config["SETTINGS"].keys_file.read_bytes())
    path.chmod(0o600)
    key_file.add_key(path)
    key_file.remove_key(path, "k1")
    given = {"INTAKE_DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"]}
    with make_app(**given, INTAKE_KEYS_FILE=str(path)).app_context():
        assert key_ring().primary == "k2"
        assert "fields are sealed with a key that is not there" in keys().words
        assert readiness_problem() is None
