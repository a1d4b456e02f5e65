"""An application that can only send mail: handing it over needs no database."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

import config
from intake.core.extensions import mail


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    app = Flask("tests")
    app.config["SETTINGS"] = config.load({"INTAKE_ENV": "development", "INSTANCE": str(tmp_path)})
    mail.init_app(app)
    with app.app_context():
        yield app
