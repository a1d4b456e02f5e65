"""Handing data on from the command line."""

import json

import click

from intake.cli.base import ClinicCommand
from intake.core import clock
from intake.core.db import unit_of_work
from intake.exports.service import hand_over
from intake.submissions.queries import by_reference

ACTOR = "command line"


@click.command(cls=ClinicCommand)
@click.argument("reference")
def export(reference: str) -> None:
    """Print the request REFERENCE as a FHIR R4 bundle. It holds health data, and is recorded."""
    with unit_of_work():
        submission = by_reference(reference.strip().upper())
        if submission is None:
            raise click.ClickException(f"There is no request {reference} that was sent.")
        bundle = hand_over(submission, actor=ACTOR, now=clock.now())
    click.echo(json.dumps(bundle, ensure_ascii=False, indent=1))
