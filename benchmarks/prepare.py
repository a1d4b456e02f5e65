"""Set up the example clinic in the instance folder that the environment names."""

import os

from config import load
from intake.app import create_app
from intake.core import clock
from intake.core.db import unit_of_work
from intake.core.migrations import upgrade
from intake.development.example import create_example

if __name__ == "__main__":
    with create_app(load(os.environ)).app_context():
        upgrade()
        with unit_of_work():
            create_example(now=clock.now())
