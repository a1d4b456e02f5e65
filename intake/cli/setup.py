"""The clinic's own settings, with which it begins."""

import json
from importlib import import_module
from typing import Any, TextIO

import click

from intake.cli.base import ClinicGroup, settings
from intake.clinic.clinic import EXAMPLE_CLINIC, Clinic, ClinicSettingsError
from intake.clinic.document import OPTIONAL, read_clinic, refuse_unknown, write_clinic
from intake.clinic.safety import EXAMPLE_PROVIDER, example_values, gaps, uses_example_provider
from intake.clinic.service import current_clinic, set_up
from intake.core import clock
from intake.core.db import unit_of_work
from intake.scheduling import meeting
from intake.scheduling.hours import add_providers, close_each, consultation_type, set_places

clinic = ClinicGroup("clinic", help="The clinic's own settings.")


@clinic.command("show")
def show_clinic() -> None:
    """Print the settings, or before the set-up an example to fill in."""
    try:
        document = {**write_clinic(current_clinic()), **_stored_places()}
    except ClinicSettingsError:
        document = {
            **write_clinic(EXAMPLE_CLINIC),
            **dict.fromkeys(meeting.NAMES, ""),
            "providers": [EXAMPLE_PROVIDER],
        }
    click.echo(json.dumps(document, indent=2))


@clinic.command("setup")
@click.argument("file", type=click.File(encoding="utf-8"))
def set_up_clinic(file: TextIO) -> None:
    """Store the settings of FILE (JSON, as `clinic show` prints them).

    New names under "providers" get a calendar with the clinic's hours.
    """
    try:
        document = json.load(file)
        refuse_unknown(document, known=("providers", *meeting.NAMES))
        wanted, places = read_clinic(_left_out() | document), _read_places(document)
    except (json.JSONDecodeError, ClinicSettingsError) as error:
        raise click.ClickException(f"{file.name}: {error}") from None
    if settings().is_production:
        _refuse_example(document, wanted, file.name)
    with unit_of_work():
        set_up(wanted, actor="command line", now=clock.now())
        added = add_providers(document.get("providers", []), wanted)
        told = _set_places(places, wanted)
    click.echo(f"{wanted.name} is set up. Providers added: {', '.join(added) or 'none'}.")
    if told.mailed or told.unmailed:
        click.echo(f"New place of a call: {told.mailed} told by mail, {told.unmailed} get no mail.")
    if settings().is_production and (missing := gaps(wanted)):
        click.echo(f"Nothing can start before this is settled: {', '.join(missing)}.", err=True)


def _left_out() -> dict[str, Any]:
    """What a file need not name, as it is stored: it may have been changed on the staff site."""
    try:
        stored = write_clinic(current_clinic())
    except ClinicSettingsError:
        return {}
    return {name: stored[name] for name in OPTIONAL}


def _stored_places() -> dict[str, str]:
    kind = consultation_type()
    return {name: getattr(kind, name) if kind else "" for name in meeting.NAMES}


def _read_places(document: dict[str, Any]) -> dict[str, str]:
    """Where people meet, as far as the file names it; raises ClinicSettingsError."""
    places = {name: document[name] for name in meeting.NAMES if name in document}
    if not all(isinstance(each, str) for each in places.values()):
        raise ClinicSettingsError("video_link and address must be text.")
    places = {name: " ".join(each.split()) for name, each in places.items()}
    if places.get("video_link") and not meeting.is_video_link(places["video_link"]):
        raise ClinicSettingsError("video_link must begin with https://.")
    if len(places.get("address", "")) > meeting.LONGEST_ADDRESS:
        raise ClinicSettingsError(f"address is longer than {meeting.LONGEST_ADDRESS} characters.")
    return places


def _set_places(places: dict[str, str], wanted: Clinic) -> meeting.Told:
    """Store where people meet, if that is new, and tell whoever was told otherwise."""
    now, kind = clock.now(), consultation_type()
    if kind is None and any(places.values()):
        raise click.ClickException("video_link and address need a name under providers.")
    if kind is None or all(getattr(kind, name) == place for name, place in places.items()):
        return meeting.Told(0, 0)
    before = meeting.places_ahead(now=now)
    set_places(kind, places, actor="command line", now=now)
    return meeting.tell_changes(before, wanted, now=now)


def _refuse_example(document: dict[str, Any], wanted: Clinic, file_name: str) -> None:
    """Real people must not be sent to addresses and numbers that nobody answers."""
    unedited = example_values(wanted)
    if uses_example_provider(document):
        unedited.append("providers")
    if unedited:
        raise click.ClickException(
            f"{file_name}: still the example's: {', '.join(unedited)}. Put in the clinic's own."
        )


@clinic.command("holidays")
@click.argument("year", type=click.IntRange(2026, 2099))
def write_holidays(year: int) -> None:
    """Close the clinic on the US federal holidays of YEAR. Dates that are closed stay as they are.

    Open it again on those you work on: settings, "Closures".
    """
    # Loaded only here: it takes long, and no server needs it.
    known = import_module("intake.scheduling.federal").federal_holidays(year)
    with unit_of_work():
        added = close_each(known, actor="command line", now=clock.now())
    for day, label in added.items():
        click.echo(f"{day:%a, %b %-d, %Y}  {label}")
    click.echo(f"{len(added)} added, {len(known) - len(added)} known already.")
