"""The application object for gunicorn and the `flask` command."""

import os
import sys

from config import SettingsError, load
from intake.app import create_app
from intake.core.encryption import KeyRingError
from intake.screening.errors import InstrumentError

try:
    app = create_app(load(os.environ))
except (SettingsError, KeyRingError, InstrumentError) as error:
    sys.exit(str(error))
