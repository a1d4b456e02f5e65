"""Fixtures for faults: an installation whose processes can be killed, on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import postgres
from tests.processes import Installation, installation


@pytest.fixture
def empty_clinic(
    database: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Installation]:
    """An installation before its first start."""
    url = None
    if database == "postgresql":
        url = postgres.create_database(request.getfixturevalue("postgresql_server"))
    folder = tmp_path / "instance"
    folder.mkdir()
    with installation(folder, url) as clinic:
        yield clinic


@pytest.fixture
def clinic(empty_clinic: Installation) -> Installation:
    """An installation with the example clinic in its database; nothing runs yet."""
    empty_clinic.prepare()
    return empty_clinic


@pytest.fixture
def clinic_on_sqlite(tmp_path: Path) -> Iterator[Installation]:
    """An installation before its first start, where the database makes no difference."""
    (tmp_path / "instance").mkdir()
    with installation(tmp_path / "instance") as clinic:
        yield clinic
