"""`flask --app wsgi demo`: fill a development clinic with made-up requests."""

import click
from flask import current_app

from intake.clinic.clinic import Clinic
from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.instance import demand_instance
from intake.development.demo import writing
from intake.development.demo.plan import Order
from intake.exports import counting

PRODUCTION = "This is a production clinic: no made-up requests are written here."


@click.command()
@click.option("--submissions", type=click.IntRange(1, 2_000_000), required=True, help="How many.")
@click.option("--seed", type=click.IntRange(0), default=1, help="The same seed, the same people.")
@click.option("--add", is_flag=True, help="Also where there are requests already.")
def demo(submissions: int, seed: int, *, add: bool) -> None:
    """Write made-up requests of the past two years. A run that was stopped goes on."""
    settings = current_app.config["SETTINGS"]
    if settings.is_production:
        raise click.ClickException(PRODUCTION)
    demand_instance(settings)
    clinic = current_clinic()
    try:
        plan = writing.make_plan(_order(submissions, seed, clinic, add=add), clinic)
    except writing.NotHere as error:
        raise click.ClickException(str(error)) from None
    with click.progressbar(length=plan.order.total, label="Requests") as progress:
        progress.update(plan.order.done)
        for number in writing.write(plan):
            progress.update(number)
    days = counting.every_day(clinic, now=plan.order.now)
    counted = counting.count_anew(days, clinic, now=plan.order.now)
    with click.progressbar(counted, length=len(days), label="Figures ") as progress:
        for _day in progress:
            pass
    writing.tell_database()
    click.echo(f"{plan.order.total} requests are there.")


def _order(submissions: int, seed: int, clinic: Clinic, *, add: bool) -> Order:
    """The order to carry out: one that was interrupted, or a new one. Raises NotHere."""
    begun = writing.unfinished()
    if begun and (begun.seed, begun.total) == (seed, submissions):
        return begun
    if writing.has_requests() and not add:
        hint = f" --submissions {begun.total} --seed {begun.seed} goes on." if begun else ""
        raise writing.NotHere(f"There are requests here. To write more beside them: --add.{hint}")
    return writing.new_order(seed, submissions, clinic, as_of=clock.now().isoformat())
