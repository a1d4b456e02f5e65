"""Whether the audit log is whole."""

import sys

import click

from intake.audit import log
from intake.audit.chain import Head, read_head
from intake.cli.base import ClinicGroup

audit = ClinicGroup("audit", help="The chained record of who did what.")


class HeadType(click.ParamType[Head]):
    """An entry's number and the beginning of its chain value."""

    name = "head"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> Head:
        """Read "17:9f2c60d1a4b8e377"; BadParameter for anything else."""
        try:
            return read_head(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


@audit.command("verify")
@click.option("--head", "heads", multiple=True, type=HeadType(), help="From a mail or a backup.")
def verify(heads: tuple[Head, ...]) -> None:
    """Check every entry against the one before it. Exits with 1 if something is wrong.

    Only with --head (from a daily mail, or from the output of a backup) can it be seen whether the
    end was cut off.
    """
    walk = log.verify({each.seq: each.chain for each in heads})
    if walk.fault:
        click.echo(f"The audit log is not whole: {walk.fault}.", err=True)
        sys.exit(1)
    click.echo(f"{walk.head.seq} entries, each in its place. Head: {walk.head}")
