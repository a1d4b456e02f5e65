"""The key file: making it, and new keys for what is sealed."""

import time

import click
from flask.cli import AppGroup

from intake.cli.base import ClinicCommand, settings
from intake.core import clock
from intake.core.key_file import create_key_file
from intake.core.remember import SECONDS
from intake.safekeeping import rotation

keys = AppGroup("keys", help="The key file, without which nothing can be read.")


@keys.command("create")
def create_keys() -> None:
    """Write a new key file. An existing one is left alone."""
    path = settings().keys_file
    if path.exists():
        raise click.ClickException(f"{path} exists. A new one would make all data unreadable.")
    is_new_folder = not path.parent.exists()
    settings().instance.mkdir(parents=True, exist_ok=True)
    create_key_file(path)
    click.echo(f"Wrote {path}. Keep a copy in a safe place, apart from the backups.")
    if is_new_folder:
        click.echo(
            f"The folder {path.parent} is new. If it should not be, check INSTANCE.", err=True
        )


@keys.command("rotate", cls=ClinicCommand)
def rotate() -> None:
    """Add a key, and seal all fields anew with it, while everything runs.

    Given again after it was stopped, it goes on where it was. The old key stays on the ring.
    """
    begun = rotation.begin(settings().keys_file, now=clock.now())
    click.echo(f"{'Going on with' if begun.is_resumed else 'Added'} the key {begun.key_id}.")
    _seal_anew()
    time.sleep(SECONDS + 1)  # until then other processes may seal with the old key
    _seal_anew()
    left = rotation.finish(settings().keys_file, now=clock.now())
    click.echo("Copy the key file to its safe place NOW: older copies do not open the fields.")
    if left:
        raise click.ClickException(f"Fields that do not open, and stay as they are: {left}.")


def _seal_anew() -> None:
    total = rotation.fields_to_seal()
    with click.progressbar(length=total, label="Fields") as progress:
        for done in rotation.seal_anew():
            progress.update(done)


@keys.command("retire", cls=ClinicCommand)
@click.argument("key_id")
@click.option("--despite-backups", is_flag=True, help="Even if backups need the key.")
def retire(key_id: str, *, despite_backups: bool) -> None:
    """Take the key KEY_ID off the ring, if nothing needs it any more."""
    backups = None if despite_backups else settings().backups
    try:
        rotation.retire(settings().keys_file, key_id, backups=backups, now=clock.now())
    except rotation.StillNeeded as reason:
        raise click.ClickException(str(reason)) from None
    click.echo(f"{key_id} is retired. Older backups need the copy of the key file of their time.")
