"""Which site loads what."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

LOADED = """
import os, sys
from config import load
from intake.app import create_app
app = create_app(load(os.environ))
print(" ".join(sorted(sys.modules)))
print(" ".join(rule.rule for rule in app.url_map.iter_rules()))
"""


def start(sites: str, instance: Path) -> tuple[set[str], set[str]]:
    """Modules and addresses of a site in a fresh process."""
    environ = {"INTAKE_ENV": "development", "INTAKE_SITES": sites, "INSTANCE": str(instance)}
    done = subprocess.run(
        [sys.executable, "-c", LOADED],
        env={"PATH": os.environ["PATH"], **environ},
        capture_output=True,
        text=True,
        check=True,
    )
    modules, rules = done.stdout.splitlines()
    return set(modules.split()), set(rules.split())


def test_a_site_for_patients_only_never_loads_the_sign_in_code(tmp_path: Path) -> None:
    modules, rules = start("patient", tmp_path)
    assert not {"flask_security", "flask_login", "webauthn"} & modules
    assert not {name for name in modules if name.startswith("intake.staff")}
    assert not [rule for rule in rules if rule.startswith("/staff")]


def test_a_site_on_sqlite_never_loads_what_only_postgresql_needs(tmp_path: Path) -> None:
    modules, _rules = start("both", tmp_path)
    assert not {"sqlalchemy.dialects.postgresql", "psycopg"} & modules


@pytest.mark.parametrize("sites", ["staff", "both"])
def test_the_staff_site_stands_alone_or_beside_the_other(tmp_path: Path, sites: str) -> None:
    modules, rules = start(sites, tmp_path)
    assert "flask_security" in modules
    assert {"/staff/", "/staff/sign-in"} <= rules
    assert ("/request/start" in rules) == (sites == "both")
