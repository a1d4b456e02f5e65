"""Who did something, by name, from how rows and the audit log name them."""

from uuid import UUID

from intake.accounts.queries import names_of
from intake.scheduling.models import PATIENT


def name_of(actor: str) -> str:
    """The name behind an actor such as "user:<id>" or "patient"."""
    if actor == PATIENT:
        return "the patient"
    kind, _, user_id = actor.partition(":")
    if kind != "user":
        return actor or "somebody"
    return names_of([UUID(user_id)]).get(UUID(user_id), "somebody")
