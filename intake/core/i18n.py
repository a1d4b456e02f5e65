"""Languages, and instants in words: always with the zone."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time
from functools import cache, lru_cache
from gettext import NullTranslations
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time, get_timezone_name
from babel.support import Translations
from flask import Flask, current_app, g, has_app_context, has_request_context, request, session
from flask_babel.speaklater import LazyString
from werkzeug.datastructures import LanguageAccept
from werkzeug.exceptions import HTTPException
from werkzeug.http import parse_accept_header

from intake.core.extensions import babel

LANGUAGES = {"en": "English", "es": "Español"}
"""Languages with complete wording, by code, each by its own name; a clinic may offer fewer."""
LOCALES = {"es": "es_US"}
"""Whose way of writing dates and times is used, where it is not that of the language at large."""

TRANSLATIONS = Path(__file__).parents[1] / "translations"


def init_languages(app: Flask, offered: Callable[[], Sequence[str]]) -> None:
    """Choose each request's language by link, by what was chosen before, or by the browser.

    `offered` tells which languages the page asked for comes in, the default first.
    """
    app.extensions["languages_offered"] = offered
    babel.init_app(app, locale_selector=_choose_language)
    # Templates say `_` dozens of times a page: look the catalog up once.
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: _catalog().gettext(text),
        lambda one, many, count: _catalog().ngettext(one, many, count),
        newstyle=True,
    )
    app.jinja_env.globals["_"] = app.jinja_env.globals["gettext"]
    app.jinja_env.globals["page_language"] = language


def _catalog() -> NullTranslations:
    """The catalog of the current request's language."""
    found: NullTranslations | None = g.get("catalog")
    if found is None:
        found = g.catalog = catalog(language())
    return found


@cache
def catalog(language: str) -> NullTranslations:
    """What is said in a language; one without a catalog, such as English, says all as it is."""
    return Translations.load(TRANSLATIONS, [language])


def gettext(words: str, **values: object) -> str:
    """Words in the language of the current request, with values filled in; as they are outside of
    any. Flask-Babel's own looks its catalog up at every call, which takes three times as long."""
    said = _catalog().gettext(words) if has_app_context() else words
    return said % values if values else said


def lazy_gettext(words: str, **values: object) -> LazyString:
    """Words that are said when they are shown, for what is made before a request."""
    return LazyString(gettext, words, **values)


def gettext_in(language: str, words: str, **values: object) -> str:
    """Words in a language that is not the one of the request, such as a patient's."""
    return catalog(language).gettext(words) % values


def switch_language(language: str) -> None:
    """Go on in a language that was asked for with a page that was sent, if it is offered."""
    if language in current_app.extensions["languages_offered"]():
        session["lang"] = g.language = language
        g.pop("catalog", None)


def language() -> str:
    """The language of the current request, such as "en"."""
    return _choose_language() if has_request_context() else "en"


def locale() -> str:
    """Whose way of writing dates and times the current request wants, such as "es_US"."""
    return locale_of(language())


def locale_of(language: str) -> str:
    """Whose way of writing dates and times goes with a language."""
    return LOCALES.get(language, language)


def _choose_language() -> str:
    chosen: str | None = g.get("language")
    if chosen is None:
        offered = current_app.extensions["languages_offered"]()
        asked = _asked_language()
        if len(offered) > 1 and asked in offered and asked != session.get("lang"):
            session["lang"] = asked
        wanted = asked if asked in offered else session.get("lang")
        g.language = wanted if wanted in offered else browser_language(offered)
        chosen = str(g.language)
    return chosen


def _asked_language() -> str | None:
    """What the address asks for, or the language of the page whose form was sent.

    Answers are read in the language they were given in, also if another tab has changed it since.
    """
    try:
        sent = request.form.get("lang") if request.method == "POST" else None
    except HTTPException:  # too large or cut off, which is for whoever wants the rest of the form
        sent = None
    return sent or request.args.get("lang")


def browser_language(offered: Iterable[str] = LANGUAGES) -> str:
    """The one of the languages offered that the browser likes best; else the first."""
    return _best_language(request.headers.get("Accept-Language", ""), tuple(offered))


@lru_cache(maxsize=256)  # browsers send the same few
def _best_language(accepted: str, offered: tuple[str, ...]) -> str:
    return parse_accept_header(accepted, LanguageAccept).best_match(offered) or offered[0]


def day_text(instant: datetime, tz: ZoneInfo, language: str) -> str:
    """The local date in words, such as "Thursday, December 3"."""
    return _day_words(instant.astimezone(tz).date(), language)


def time_text(instant: datetime, tz: ZoneInfo, language: str) -> str:
    """The local time of day, such as "9:30 am"."""
    local = instant.astimezone(tz)
    return _time_words(time(local.hour, local.minute), language)


@lru_cache(maxsize=64)
def zone_text(tz: ZoneInfo, language: str) -> str:
    """The zone's everyday name, such as "Central Time".

    Where clocks never change it says so: "Mountain Time" is another time than Arizona's in summer.
    """
    winter, summer = (datetime(2030, month, 1, tzinfo=tz).utcoffset() for month in (1, 7))
    variant: Literal["standard", "generic"] = "standard" if winter == summer else "generic"
    return get_timezone_name(tz, "long", locale=locale_of(language), zone_variant=variant)


_DAY = {"en": "EEEE, MMMM d", "es": "EEEE d 'de' MMMM"}


@lru_cache(maxsize=1024)
def _day_words(day: date, language: str) -> str:
    return format_date(day, _DAY.get(language, _DAY["en"]), locale_of(language))


@lru_cache(maxsize=1024)  # a page of free times says the same few hours again and again
def _time_words(clock: time, language: str) -> str:
    text = format_time(clock, "h:mm a", locale=locale_of(language))
    return text.lower().replace("\u202f", " ").replace("\xa0", " ")


def moment_text(instant: datetime, tz: ZoneInfo, language: str) -> str:
    """Date, time and zone in words: "Thursday, December 3, 9:30 am Central Time"."""
    day, time = day_text(instant, tz, language), time_text(instant, tz, language)
    return with_zone(f"{day}, {time}", tz, language)


def with_zone(words: str, tz: ZoneInfo, language: str) -> str:
    """A time in words, and its zone after it."""
    return gettext_in(language, "%(time)s %(zone)s", time=words, zone=zone_text(tz, language))
