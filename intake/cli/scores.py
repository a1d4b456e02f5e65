"""Scores and triage on the command line: for trying the rules, without a clinic."""

import sys
from collections.abc import Callable

import click

from intake.screening.command import says_nothing, score_json, triage_json
from intake.screening.errors import InputError

BAD_INPUT = 2


class Filter(click.Command):
    """A command that reads and prints JSON: wrong arguments are one line, like a wrong input."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments; UsageError without the lines on how to call it."""
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            error.ctx = None
            raise


@click.command(cls=Filter)
@click.argument("instrument")
def score(instrument: str) -> None:
    """Score answers to INSTRUMENT: one JSON object in, one out."""
    _answer(lambda text: score_json(instrument, text))


@click.command(cls=Filter)
def triage() -> None:
    """Run the triage rules: one JSON object in, one out. Says so when it holds no answers."""
    _answer(triage_json, remark=lambda text: NOTHING_ANSWERED if says_nothing(text) else "")


NOTHING_ANSWERED = "Nothing was answered: no rule could fire, and that says nothing of the person."


def _answer(run: Callable[[str], str], *, remark: Callable[[str], str] = lambda _: "") -> None:
    raw = sys.stdin.buffer.read()
    try:
        text = raw.decode("utf-8")
        click.echo(run(text))
        if words := remark(text):
            click.echo(words, err=True)
    except UnicodeDecodeError:
        click.echo("the input is not UTF-8 text", err=True)
        sys.exit(BAD_INPUT)
    except InputError as error:
        click.echo(str(error), err=True)
        sys.exit(BAD_INPUT)
