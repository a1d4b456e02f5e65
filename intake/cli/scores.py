"""Scores and triage on the command line: for trying the rules, without a clinic."""

import sys
from collections.abc import Callable

import click

from intake.screening.command import says_nothing, score_json, triage_json
from intake.screening.errors import InputError

BAD_INPUT = 2


@click.command()
@click.argument("instrument")
def score(instrument: str) -> None:
    """Score answers to INSTRUMENT: one JSON object in, one out."""
    _answer(lambda text: score_json(instrument, text))


@click.command()
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
