"""Backups, and putting them back."""

import sys
from pathlib import Path

import click
from alembic.util import CommandError
from flask import Flask
from sqlalchemy.exc import OperationalError

from intake.cli.base import ClinicCommand, settings
from intake.core import clock
from intake.core.encryption import key_ring
from intake.safekeeping.checking import Checked, check
from intake.safekeeping.folder import BusyFolder
from intake.safekeeping.making import make
from intake.safekeeping.restoring import IsLive, RestoreFailed, restore
from intake.safekeeping.sealed_file import DamagedBackup, OtherKeys
from intake.safekeeping.tables import RowsRefused

FAULTY = 3
"""Exit code: there is a backup, but the database was not as it should be. 2 is a wrong argument."""


@click.command(cls=ClinicCommand)
@click.option("--to", type=click.Path(path_type=Path), help="Folder, instead of INTAKE_BACKUPS.")
@click.option("--keep", type=click.IntRange(min=1), default=14, show_default=True)
def backup(to: Path | None, keep: int) -> None:
    """Write a sealed backup, check it, and delete all but the latest ones (--keep).

    Everything may run meanwhile. Exits with 0 if it is good, 1 if there is none, 3 if there is one
    but the database has faults.
    """
    try:
        made = make(to or settings().backups, key_ring(), now=clock.now(), keep=keep)
    except (BusyFolder, DamagedBackup) as problem:
        raise click.ClickException(str(problem)) from None
    except OSError as problem:
        raise click.ClickException(f"No backup was made: {problem}") from None
    click.echo(f"{made.path} ({made.path.stat().st_size / 1e6:.1f} MB)")
    _tell(made.checked)
    if made.pruned:
        click.echo(f"Older ones deleted: {made.pruned}.")


@click.command("restore", cls=ClinicCommand)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--check", "only_check", is_flag=True, help="Check FILE; change nothing.")
@click.option("--replace", is_flag=True, help="Delete what the database holds now.")
def restore_backup(file: Path, *, only_check: bool, replace: bool) -> None:
    """Check FILE and put all of it into the database of the settings, SQLite or PostgreSQL."""
    try:
        if only_check:
            _tell(check(file, key_ring()))
            return
        checked = restore(file, key_ring(), replace=replace, now=clock.now())
    except IsLive:
        raise click.ClickException(
            "There is a clinic in this database. To delete it for the backup, give --replace."
        ) from None
    except (RestoreFailed, RowsRefused, DamagedBackup, OtherKeys, OSError) as problem:
        raise click.ClickException(f"{problem} Nothing was changed.") from None
    except CommandError:
        raise click.ClickException(
            "This version of the software does not know the backup's tables. Use a newer one."
        ) from None
    except OperationalError:
        raise click.ClickException(
            "The database does not answer, or something still uses it. Stop web server and worker."
            " Nothing was changed."
        ) from None
    click.echo(f"The database is that of {checked.head.made_at}. All staff sign in anew.")
    click.echo("Now run: flask --app wsgi db upgrade")
    _tell(checked)


def _tell(checked: Checked) -> None:
    """Say what a backup holds; leave if the database had faults."""
    rows = sum(checked.counts.values())
    click.echo(f"Checked: {rows} rows, all sealed fields, {checked.audit_head.seq} audit entries.")
    click.echo(f"Head of the audit log: {checked.audit_head}")
    click.echo(f"It needs the keys {', '.join(checked.head.keys) or 'none'} of the key file.")
    for fault in checked.faults:
        click.echo(f"Fault: {fault}", err=True)
    if checked.faults:
        sys.exit(FAULTY)


def register(app: Flask) -> None:
    """Add the commands. Servers are spared them, and the migrations that they load."""
    app.cli.add_command(backup)
    app.cli.add_command(restore_backup)
