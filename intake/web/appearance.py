"""Light or dim screen, as people choose it: a cookie that holds a color and nothing else."""

from flask import Blueprint, current_app, g, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from intake.core.extensions import csrf
from intake.web.redirects import local_path

THEMES = ("light", "dim")
COOKIE = "theme"

_YEAR = 31_536_000  # seconds

blueprint = Blueprint("appearance", __name__)


def chosen_theme() -> str | None:
    """What this browser was told to show; None leaves it to the system."""
    theme = g.get("theme") or request.cookies.get(COOKIE)
    return theme if theme in THEMES else None


def switch_theme(theme: str) -> None:
    """Answer the current request in this theme, whatever the browser remembers."""
    g.theme = theme


@blueprint.post("/appearance")
@csrf.exempt  # type: ignore[untyped-decorator]  # a color needs no token, and so no session
def choose() -> ResponseReturnValue:
    """Remember the theme for a year, and go back to the page where it was chosen."""
    response = redirect(local_path(request.form.get("next"), "/"), 303)
    theme = request.form.get("theme")
    if theme in THEMES:
        remember_theme(response, theme)
    return response


def remember_theme(response: Response, theme: str) -> None:
    """Have this browser keep the theme for a year."""
    response.set_cookie(
        COOKIE,
        theme,
        max_age=_YEAR,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )
