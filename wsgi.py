"""The application object for gunicorn and the `flask` command."""

import os
import sys

from config import SettingsError, load
from intake.app import create_app
from intake.core.encryption import KeyRingError
from intake.screening.errors import InstrumentError

CANNOT_START = 3
"""The exit status at which gunicorn gives up instead of starting its worker again and again."""

try:
    app = create_app(load(os.environ))
except (SettingsError, KeyRingError, InstrumentError) as error:
    print(error, file=sys.stderr)  # noqa: T201
    sys.exit(CANNOT_START)
