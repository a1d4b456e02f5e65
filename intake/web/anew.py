"""The same page once more, in another theme or language, exactly as it was filled in.

Whoever asks for that sends the page's form, so that nothing typed is lost; it is answered with the
page and not with a redirect, since what is half typed can be stored nowhere.
"""

from flask import Response, request

from intake.core.i18n import LANGUAGES, switch_language
from intake.web.appearance import THEMES, remember_theme, switch_theme


def wish() -> str:
    """What somebody wants who sends a page by another button than Continue; "" if nothing."""
    form = request.form
    if "leave" not in form:  # most pages ask this several times; `get` raises and catches inside
        return ""
    return form["leave"]


def is_anew() -> bool:
    """Whether the page was only sent to be shown in another theme or language."""
    return request.method == "POST" and (wish() in THEMES or wish() in LANGUAGES)


def switch() -> None:
    """From here on, answer in the theme or language that was asked for."""
    if is_anew() and wish() in THEMES:
        switch_theme(wish())
    elif is_anew():
        switch_language(wish())


def keep_wish(response: Response) -> Response:
    """Remember the theme or language that was asked for together with a page that was sent."""
    # Only a page that was read is answered so; a body that is too large has no wish to ask for.
    if response.status_code in (200, 303) and is_anew():
        switch()
        if wish() in THEMES:
            remember_theme(response, wish())
    return response
