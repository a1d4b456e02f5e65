"""Values read from the database that hardly change, kept for a few seconds in each process."""

import time
from collections.abc import Callable
from typing import Any, TypeVar

from flask import current_app

Value = TypeVar("Value")

SECONDS = 5.0
"""How long a process may go by an old value after another process changed it."""


def remembered(name: str, load: Callable[[], Value]) -> Value:
    """The value of that name, loaded anew when it is more than a few seconds old."""
    values: dict[str, tuple[float, Any]] = current_app.extensions.setdefault("remembered", {})
    until, value = values.get(name, (0.0, None))
    if until < time.monotonic():
        value = load()
        values[name] = (time.monotonic() + SECONDS, value)
    found: Value = value
    return found


def forget() -> None:
    """Load everything anew at the next question; for whoever has just changed it."""
    current_app.extensions.pop("remembered", None)
