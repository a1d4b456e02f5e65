"""Languages, and instants in words: always with the zone."""

from datetime import date, datetime, time
from functools import lru_cache
from gettext import NullTranslations
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time, get_timezone_name
from flask import Flask, g, request, session
from flask_babel import Domain, get_locale

from intake.core.extensions import babel

LANGUAGES = {"en": "English"}
"""Languages with complete wording; a clinic may offer fewer."""


def init_languages(app: Flask) -> None:
    """Choose each request's language by link, by what was chosen before, or by the browser."""
    app.config.setdefault("BABEL_TRANSLATION_DIRECTORIES", "intake/translations")
    babel.init_app(app, locale_selector=_choose_language)
    babel.domain_instance = _Catalogs()
    # Templates say `_` dozens of times a page: look the catalog up once.
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: _catalog().gettext(text),
        lambda one, many, count: _catalog().ngettext(one, many, count),
        newstyle=True,
    )
    app.jinja_env.globals["_"] = app.jinja_env.globals["gettext"]


def _catalog() -> NullTranslations:
    """The catalog of the current request's language."""
    if "catalog" not in g:
        g.catalog = babel.domain_instance.get_translations()
    catalog: NullTranslations = g.catalog
    return catalog


class _Catalogs(Domain):  # type: ignore[misc]  # Flask-Babel has no types
    """The catalogs by language. Flask-Babel spells the locale out again for every text it seeks."""

    def get_translations(self) -> NullTranslations:
        chosen = language()
        if chosen not in self.cache:
            self.cache[chosen] = super().get_translations()
        catalog: NullTranslations = self.cache[chosen]
        return catalog


def language() -> str:
    """The language of the current request, such as "en"."""
    locale = get_locale()
    return locale.language if locale else "en"


def _choose_language() -> str:
    if "language" not in g:
        asked = request.args.get("lang")
        if asked in LANGUAGES and asked != session.get("lang"):
            session["lang"] = asked
        chosen = asked if asked in LANGUAGES else session.get("lang")
        g.language = chosen or request.accept_languages.best_match(LANGUAGES) or "en"
    chosen_language: str = g.language
    return chosen_language


def day_text(instant: datetime, tz: ZoneInfo, language: str) -> str:
    """The local date in words, such as "Thursday, December 3"."""
    return _day_words(instant.astimezone(tz).date(), language)


def time_text(instant: datetime, tz: ZoneInfo, language: str) -> str:
    """The local time of day, such as "9:30 am"."""
    local = instant.astimezone(tz)
    return _time_words(time(local.hour, local.minute), language)


@lru_cache(maxsize=64)
def zone_text(tz: ZoneInfo, language: str) -> str:
    """The zone's everyday name, such as "Central Time"."""
    return get_timezone_name(tz, "long", locale=language)


@lru_cache(maxsize=1024)
def _day_words(day: date, language: str) -> str:
    return format_date(day, "EEEE d 'de' MMMM" if language == "es" else "EEEE, MMMM d", language)


@lru_cache(maxsize=1024)  # a page of free times says the same few hours again and again
def _time_words(clock: time, language: str) -> str:
    text = format_time(clock, "h:mm a", locale=language)
    return text.lower().replace("\u202f", " ").replace("\xa0", " ")


def moment_text(instant: datetime, tz: ZoneInfo, language: str) -> str:
    """Date, time and zone in words: "Thursday, December 3, 9:30 am Central Time"."""
    day, time = day_text(instant, tz, language), time_text(instant, tz, language)
    return f"{day}, {time} {zone_text(tz, language)}"
