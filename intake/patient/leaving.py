"""Buttons that end a page of the form before it is finished. They keep what was typed."""

from typing import Any

from flask import Response, request, url_for

from intake.core.i18n import LANGUAGES
from intake.web.appearance import THEMES, remember_theme

NEUTRAL_PAGE = "https://www.weather.gov/"
"""What is seen instead by somebody who comes in while a person answers."""

WAYS_OUT = {"save": "resume.save", "call-me": "call_me.ask"}
"""Where the buttons lead that leave the page."""


def way_out() -> str | None:
    """The address at which somebody wants to go on who does not finish the page they send."""
    if shows_anew():
        return _same_page()
    endpoint = WAYS_OUT.get(_wish())
    return url_for(endpoint) if endpoint else None


def shows_anew() -> bool:
    """Whether somebody only wants the same page in another theme or language."""
    return _wish() in THEMES or _wish() in LANGUAGES


def keep_theme(response: Response) -> Response:
    """Remember the theme that was asked for together with a page that was sent."""
    # Only a page that was read leads on; a body that is too large cannot be asked for its wish.
    if response.status_code == 303 and _wish() in THEMES:
        remember_theme(response, _wish())
    return response


def _wish() -> str:
    return request.form.get("leave", "")


def _same_page() -> str:
    """The address of this page, and of what it shows."""
    asked: dict[str, Any] = {
        name: request.args[name] for name in ("from", "day", "zone") if name in request.args
    }
    if _wish() in LANGUAGES:
        asked["lang"] = _wish()
    return url_for(request.endpoint or "", **(request.view_args or {}), **asked)
