"""The application object for gunicorn and the `flask` command."""

import os
import sys

from config import SettingsError, load
from intake.app import create_app

try:
    app = create_app(load(os.environ))
except SettingsError as error:
    sys.exit(str(error))
