"""The environment in which pages are drawn, and pages that are drawn only once."""

from collections.abc import Callable, Hashable, MutableMapping
from typing import Any

from flask import current_app, g, request
from flask.templating import Environment
from flask_wtf.csrf import generate_csrf

from intake.core.i18n import language
from intake.web.appearance import chosen_theme

MARK = "\ue000csrf\ue000"
"""Stands for the token in a page that is kept; no page can hold these characters by itself."""
MOST_PAGES = 500


class PageEnvironment(Environment):
    """Templates share one set of globals.

    By itself Jinja lays a map of its own over them for each template, and then compares all their
    names at every import: with one macro per file, a tenth of a page's time.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The globals of a template; a map of its own only where it brings some."""
        return super().make_globals(d) if d else self.globals


def blank_page(version: object, *differences: Hashable, draw: Callable[[], str]) -> str:
    """A page that holds nothing of anybody's: drawn once, then only its token is new.

    It may differ by path, language, theme, whether it changes an answer, and `differences`, and by
    nothing else. `version` is the clinic it was drawn for; with another one, all pages are drawn
    anew.
    """
    drawn_for, pages = current_app.extensions.get("blank_pages", (None, {}))
    if drawn_for is not version or len(pages) >= MOST_PAGES:
        pages = {}
        current_app.extensions["blank_pages"] = (version, pages)
    is_change = request.args.get("from") == "check"  # its link to another language says so, too
    key = (request.path, language(), chosen_theme(), is_change, *differences)
    page: str | None = pages.get(key)
    if page is None:
        page = draw()
        if "csrf_token" in g:
            page = page.replace(g.csrf_token, MARK)
        pages[key] = page
    return page.replace(MARK, generate_csrf()) if MARK in page else page
