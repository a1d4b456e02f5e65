"""A migration that is killed: `python -m tests.faults.killed_migration N` dies after N statements.

It prints how many statements there were when it lives to the end.
"""

import os
import signal
import sys
from itertools import count

from sqlalchemy import event

import config
from intake.app import create_app
from intake.core.db import db
from intake.core.migrations import upgrade


def main(most: int) -> None:
    """Migrate, until so many statements have run that changed the schema."""
    changes = count(1)

    @event.listens_for(db.engine, "after_cursor_execute")
    def after(_connection, _cursor, statement: str, *_rest: object) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            return
        if next(changes) == most:
            os.kill(os.getpid(), signal.SIGKILL)

    upgrade()
    print(next(changes) - 1)  # noqa: T201


if __name__ == "__main__":
    with create_app(config.load(os.environ)).app_context():
        main(int(sys.argv[1]))
