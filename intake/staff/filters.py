"""The filters of the queue as links: what can be chosen, what is, and how to leave it out again."""

from collections.abc import Mapping
from typing import NamedTuple

from flask import url_for

from intake.accounts.models import User
from intake.accounts.permissions import Permission
from intake.clinic.clinic import Clinic
from intake.screening.catalog import load_catalog
from intake.screening.plan import HISTORY
from intake.staff.words import CONDITIONS, LANGUAGES, LEVELS, STATUSES
from intake.submissions.filters import FREE, MINE, Chosen
from intake.submissions.models import LEVELS as LEVEL_NAMES

TITLES = {
    "level": "Level",
    "status": "State",
    "holder": "Who has it",
    "condition": "Help with",
    "source": "Heard of us by",
    "language": "Language",
}


class FilterLink(NamedTuple):
    """One value: choosing it, or leaving it out if it is chosen."""

    label: str
    href: str
    current: bool


class FilterGroup(NamedTuple):
    """All values of one thing."""

    title: str
    links: list[FilterLink]


def allowed(chosen: Chosen, user: User, clinic: Clinic) -> Chosen:
    """The choice without what this user may not choose, and without what means nothing."""
    values = values_for(user, clinic)
    kept = {name: value for name, value in chosen.given.items() if value in values.get(name, {})}
    return Chosen(**kept)


def groups(chosen: Chosen, user: User, clinic: Clinic) -> list[FilterGroup]:
    """Everything this user may choose."""
    return [
        FilterGroup(TITLES[name], [_link(chosen, name, *each) for each in values.items()])
        for name, values in values_for(user, clinic).items()
        if len(values) > 1
    ]


def chosen_links(chosen: Chosen, user: User, clinic: Clinic) -> list[FilterLink]:
    """What is chosen, each as a link that leaves it out."""
    values = values_for(user, clinic)
    return [
        FilterLink(f"{TITLES[name]}: {values[name][value]}", _href(chosen, name, ""), current=True)
        for name, value in chosen.given.items()
    ]


def values_for(user: User, clinic: Clinic) -> dict[str, Mapping[str, str]]:
    """The words of all values by the names of what they narrow down.

    Conditions stand in the queue for everybody; what else was answered is not for everybody.
    """
    values: dict[str, Mapping[str, str]] = {
        "level": dict(zip(LEVEL_NAMES, (tag.label for tag in LEVELS), strict=True)),
        "status": {key: STATUSES[key] for key in ("new", "contacting", "booked", "draft")},
        "holder": {MINE: "Me", FREE: "Nobody"},
        "condition": CONDITIONS,
        "language": {key: LANGUAGES.get(key, key) for key in clinic.languages},
    }
    if user.may(Permission.SEE_ANSWERS):
        values["source"] = _sources()
    return values


def _sources() -> dict[str, str]:
    item = next(each for each in load_catalog()[HISTORY].items if each.id == "heard")
    return {option.id: option.label["en"] for option in item.options}


def _link(chosen: Chosen, name: str, value: str, label: str) -> FilterLink:
    is_chosen = chosen.given.get(name) == value
    return FilterLink(label, _href(chosen, name, "" if is_chosen else value), is_chosen)


def _href(chosen: Chosen, name: str, value: str) -> str:
    return url_for("staff.queue", **{**chosen.given, name: value or None})
