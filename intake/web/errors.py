"""Error pages: what happened to the answers, and what to do. Never a trace, never JSON."""

import logging
from dataclasses import dataclass
from types import TracebackType

from flask import Flask, Response, current_app, g, make_response, render_template, request
from flask.globals import request_ctx
from flask_babel.speaklater import LazyString
from flask_wtf.csrf import CSRFError, generate_csrf
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoFreeConnectionError
from werkzeug.exceptions import (
    HTTPException,
    InternalServerError,
    RequestEntityTooLarge,
    ServiceUnavailable,
)

from intake.core.i18n import browser_language, language
from intake.core.i18n import lazy_gettext as _l
from intake.web.appearance import chosen_theme
from intake.web.origin import comes_from_us
from intake.web.redirects import local_path

log = logging.getLogger("intake.web")

RETRY_AFTER = 30
"""Seconds until it is worth asking again for a database that was locked or gone."""

DATABASE_FAILURES = (OperationalError, InterfaceError, NoFreeConnectionError)

TOKEN = "csrf_token"  # noqa: S105  # a field's name


@dataclass(frozen=True)
class Words:
    """A page: its heading, what happened (to the answers, too), and what to do."""

    title: LazyString
    happened: LazyString
    advice: LazyString


@dataclass(frozen=True)
class Line:
    """A line of help with the number in it."""

    text: LazyString
    number: str
    href: str


US_LINES = (
    Line(_l("In crisis? Call or text 988."), "988", "tel:988"),
    Line(_l("Emergency? Call 911."), "911", "tel:911"),
)
"""The lines of help of the US in the reader's language."""

NEUTRAL = {"clinic": None, "crisis": US_LINES, "languages": ()}
"""What a page shows while the clinic's settings cannot be read."""

STALE = Words(
    _l("Please send that once more"),
    _l("This page was open for a long time, or your browser did not keep our cookie."),
    _l(
        "Go back to the page before this one, load it again, and send it. If you keep seeing this,"
        " allow cookies for this site, or call us."
    ),
)

WORDS = {
    400: Words(
        _l("That did not reach us in one piece"),
        _l("We could not read what your browser sent. The pages you finished before are saved."),
        _l("Go back and try once more. If it happens again, call us."),
    ),
    403: Words(
        _l("You can’t open this page"),
        _l("Nothing was changed, and nothing you sent us before is lost."),
        _l("Go to the start page, or call us if you think this is our mistake."),
    ),
    404: Words(
        _l("We can’t find that page"),
        _l("The address may have a typing mistake in it, or the page has moved."),
        _l("Nothing you sent us is lost. Go to the start page, or call us."),
    ),
    405: Words(
        _l("This page can’t be opened that way"),
        _l("Nothing was changed, and nothing you sent us before is lost."),
        _l("Go to the start page and find your way from there."),
    ),
    410: Words(
        _l("This link no longer works"),
        _l("Links that we send work for a limited time, and some of them only once."),
        _l("Nothing you sent us is lost because of this. Call us and we’ll help."),
    ),
    413: Words(
        _l("That was too much for one page"),
        _l("This page was not saved. The pages you finished before are."),
        _l("Go back, make it shorter, and send it again. You can tell us the rest by phone."),
    ),
    429: Words(
        _l("Please wait a minute"),
        _l(
            "We got a lot of tries in a short time, so we stopped for now. If you were filling in"
            " a page, it is not saved yet. The pages you finished before are."
        ),
        _l("Wait a minute and try again, or call us."),
    ),
    500: Words(
        _l("Something went wrong on our side"),
        _l("It was nothing you did. The page you sent may not be saved. Those before it are."),
        _l("Go back and try once more. If it happens again, call us."),
    ),
    503: Words(
        _l("Our system is not answering right now"),
        _l(
            "If you were filling in a page, it is not saved yet. The pages you finished before are."
        ),
        _l("Wait half a minute and try again, or call us."),
    ),
}

WORTH_REPEATING = frozenset({429, 503})
"""Failures that pass by themselves."""


def register_errors(app: Flask) -> None:
    """Answer every failure with a page."""
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(CSRFError, _stale_form)
    for failure in DATABASE_FAILURES:
        app.register_error_handler(failure, _database_failure)
    app.log_exception = _log_exception  # type: ignore[method-assign]  # Flask's writes the path


def _http_error(error: HTTPException) -> Response:
    cause = error.original_exception if isinstance(error, InternalServerError) else None
    if isinstance(cause, DATABASE_FAILURES):
        return _database_failure(cause)
    status = error.code or 500
    if cause is None:  # or Flask has written about it already
        _log(error)
    words = WORDS.get(status) or WORDS[500 if status >= 500 else 400]
    return _page(error, words, again=status in WORTH_REPEATING)


def _stale_form(error: CSRFError) -> Response:
    _log(error)
    return _page(error, STALE, again=True)


def _database_failure(failure: Exception) -> Response:
    log.error("The database did not answer", exc_info=failure, extra={"status": 503})
    error = ServiceUnavailable(retry_after=RETRY_AFTER)
    return _page(error, WORDS[503], again=True)


def _page(error: HTTPException, words: Words, *, again: bool) -> Response:
    """The page of an error. `again`: whether the same may be sent again, with all that was typed.

    Only what our own page sent is shown back: a form of another site would get our token.
    """
    repeat = again and request.method == "POST" and comes_from_us()
    is_staff = _is_staff()
    page = _render(
        "errors/staff.html" if is_staff else "errors/patient.html",
        words=words,
        reload=_address() if again and request.method == "GET" else "",
        repeat=repeat,
        fields=_fields_to_repeat() if repeat else [],
    )
    response = make_response(page, error.code or 500)
    for name, value in error.get_headers():
        if name.lower() != "content-type":  # Allow, Retry-After
            response.headers[name] = value
    return response


def _is_staff() -> bool:
    return f"{request.path}/".startswith("/staff/")


def _address() -> str:
    return local_path(request.full_path.rstrip("?"), "/")


def _fields_to_repeat() -> list[tuple[str, str]]:
    """A new token, and what was typed; without passwords, which are never shown."""
    try:
        sent = list(request.form.items(multi=True))
    except RequestEntityTooLarge:
        sent = []
    typed = [(name, value) for name, value in sent if name != TOKEN and "password" not in name]
    # Without a session there is no token yet: sending brings up the same page once more, with one.
    return typed if _has_no_session() else [(TOKEN, generate_csrf()), *typed]


def _render(template: str, **values: object) -> str:
    try:
        if not _has_no_session():
            return render_template(template, **values)
    except SQLAlchemyError:
        # Something that is on every page is in the database too. Do without.
        log.info("An error page was drawn without the clinic's settings")
    page = current_app.jinja_env.get_template(template)
    return page.render(NEUTRAL, lang=_language(), theme=chosen_theme(), **values)


def _has_no_session() -> bool:
    """Whether the database failed before the request began: signed-in sessions are kept there."""
    return request_ctx._session is None  # asking for `session` itself would fail


def _language() -> str:
    if _has_no_session():  # and so no language that was chosen before
        g.language = "en" if _is_staff() else browser_language()
    return language()


_ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def _log_exception(exc_info: _ExcInfo) -> None:
    """Say that a request failed. Database failures are told by their own handler."""
    if not isinstance(exc_info[1], DATABASE_FAILURES):
        log.error("A request failed", exc_info=exc_info, extra={"status": 500})


def _log(error: HTTPException) -> None:
    level = logging.ERROR if (error.code or 500) >= 500 else logging.INFO
    log.log(level, "A request was refused: %s", error.name, extra={"status": error.code})
