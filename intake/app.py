"""Putting the application together."""

from importlib import import_module
from pathlib import Path

from flask import Flask, g, request
from jinja2 import StrictUndefined
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import configure_mappers
from werkzeug.middleware.proxy_fix import ProxyFix

from config import Settings
from intake import ops
from intake.clinic.clinic import Clinic, ClinicSettingsError
from intake.clinic.service import current_clinic
from intake.core.db import init_database
from intake.core.extensions import csrf, mail
from intake.core.i18n import LANGUAGES, init_languages, language
from intake.core.key_file import Watch, create_key_file, load_key_file
from intake.core.logs import init_logs
from intake.screening.catalog import load_catalog, use_own
from intake.web import appearance
from intake.web.compression import init_compression
from intake.web.errors import US_LINES, register_errors
from intake.web.field_limit import MOST_FIELDS, init_field_limit
from intake.web.filters import register_filters
from intake.web.headers import init_headers
from intake.web.origin import init_origin_check
from intake.web.sessions import SignedCookies
from intake.web.static import install_static
from intake.web.templates import PageEnvironment

ROOT = Path(__file__).parent.parent
KILOBYTE = 1024

STAFF_PATHS = ("/staff", "/dev/")

SITES = {
    "patient": ("intake.patient",),
    "staff": ("intake.staff",),
    "both": ("intake.patient", "intake.staff"),
}
"""Packages of each site. Named, not imported: a patient site never loads the sign-in code."""


def create_app(settings: Settings) -> Flask:
    """The application for one process; raises KeyRingError when the keys cannot be used."""
    use_own(settings.instance / "instruments")
    load_catalog()  # a malformed instrument stops the start
    app = Flask("intake", root_path=str(ROOT), static_folder=None)
    app.jinja_environment = PageEnvironment
    _configure(app, settings)
    init_logs(app, settings.log_level)
    _load_keys(app, settings)
    init_database(app)
    mail.init_app(app)
    init_field_limit(app)  # before the token is looked for, which reads the form
    csrf.init_app(app)
    app.session_interface = SignedCookies()
    init_languages(app, _languages_offered)
    init_headers(app)
    init_compression(app)
    init_origin_check(app)
    register_errors(app)
    register_filters(app)
    app.context_processor(_page_context)
    app.jinja_env.undefined = StrictUndefined
    app.register_blueprint(ops.blueprint)
    if settings.from_command_line:
        register_tools(app, settings)
    else:
        _register_sites(app, settings)
    if "key_ring" in app.extensions:
        install_static(app, ROOT / "static", settings.instance / "static")
    configure_mappers()  # before the first request, which needs them and would do it
    _trust_proxies(app, settings)
    ops.answer_local_probes(app, settings.base_url)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    app.config.from_mapping(
        SETTINGS=settings,
        PATIENT_BASE_URL=settings.base_url,
        STAFF_BASE_URL=settings.staff_base_url,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        TRUSTED_HOSTS=settings.trusted_hosts,
        MAX_CONTENT_LENGTH=256 * KILOBYTE,
        MAX_FORM_MEMORY_SIZE=256 * KILOBYTE,
        MAX_FORM_PARTS=MOST_FIELDS,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.uses_https,
        SESSION_COOKIE_NAME="__Host-patient" if settings.uses_https else "patient",
        WTF_CSRF_TIME_LIMIT=None,  # a form may be left open for a day; the session ends it
        WTF_CSRF_SSL_STRICT=False,  # web/origin.py checks where a form came from
        MAIL_SERVER=settings.smtp.host,
        MAIL_PORT=settings.smtp.port,
        MAIL_DEFAULT_SENDER=settings.smtp.sender,
    )


def _load_keys(app: Flask, settings: Settings) -> None:
    if settings.from_command_line and not settings.has_instance:
        return  # `keys create` can be run, and a mistyped INSTANCE leaves nothing behind
    if not settings.is_production:
        create_key_file(settings.keys_file)
    ring = load_key_file(settings.keys_file)
    app.extensions.update(key_ring=ring, key_watch=Watch(settings.keys_file))
    app.secret_key = ring.derive("cookies")


def _register_sites(app: Flask, settings: Settings) -> None:
    app.register_blueprint(appearance.blueprint)
    for package in SITES[settings.sites]:
        import_module(f"{package}.site").register(app)
    if not settings.is_production:
        import_module("intake.development.site").register(app)


def register_tools(app: Flask, settings: Settings) -> None:
    """What only commands have. They show no pages: without sites they start faster, and without
    commands a web server is smaller."""
    import_module("intake.cli.commands").register_commands(app)
    import_module("intake.core.migrations").register(app)
    import_module("intake.cli.backups").register(app)
    if not settings.is_production:
        app.cli.add_command(import_module("intake.development.demo.command").demo)


def _trust_proxies(app: Flask, settings: Settings) -> None:
    hops = settings.trusted_proxies
    if hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]


def _page_context() -> dict[str, object]:
    """What every template can use."""
    clinic = _clinic_or_none()
    return {
        "clinic": clinic,
        "crisis": US_LINES if clinic is None or clinic.in_us else clinic.crisis_lines,
        "lang": language(),
        "languages": [(code, LANGUAGES[code]) for code in _languages_offered()],
        "theme": appearance.chosen_theme(),
    }


def _languages_offered() -> tuple[str, ...]:
    """The languages that the page asked for comes in, the default first. Staff read English."""
    if request.path.startswith(STAFF_PATHS):
        return ("en",)
    clinic = _clinic_or_none()
    wanted = clinic.languages if clinic else LANGUAGES
    return tuple(code for code in wanted if code in LANGUAGES) or ("en",)


def _clinic_or_none() -> Clinic | None:
    """The clinic; None on an error page that says that the database cannot be reached."""
    if "clinic" not in g:
        try:
            g.clinic = current_clinic()
        except (ClinicSettingsError, SQLAlchemyError):
            g.clinic = None
    clinic: Clinic | None = g.clinic
    return clinic
