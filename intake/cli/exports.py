"""Handing data on from the command line."""

import json

import click

from intake.cli.base import ClinicCommand, ClinicGroup
from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.db import unit_of_work
from intake.exports import counting
from intake.exports.service import hand_over
from intake.submissions.queries import by_reference

ACTOR = "command line"


@click.command(cls=ClinicCommand)
@click.argument("reference")
@click.option(
    "--with-consent",
    is_flag=True,
    help="They agreed in writing that what they said about alcohol and drugs is handed on.",
)
def export(reference: str, *, with_consent: bool) -> None:
    """Print the request REFERENCE as a FHIR R4 bundle. It holds health data, and is recorded."""
    with unit_of_work():
        submission = by_reference(reference.strip().upper())
        if submission is None:
            raise click.ClickException(f"There is no request {reference} that was sent.")
        bundle = hand_over(
            submission, current_clinic(), has_agreed=with_consent, actor=ACTOR, now=clock.now()
        )
    click.echo(json.dumps(bundle, ensure_ascii=False, indent=1))


figures = ClinicGroup("figures", help="The counted figures of the reports.")


@figures.command("count")
def count() -> None:
    """Count every day anew. The worker does so by itself; this is for data written past it."""
    clinic, now = current_clinic(), clock.now()
    days = counting.every_day(clinic, now=now)
    counted = counting.count_anew(days, clinic, now=now)
    with click.progressbar(counted, length=len(days), label="Days") as progress:
        for _day in progress:
            pass
    click.echo(f"{len(days)} days were counted.")
