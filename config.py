"""Typed settings, read once at start from the environment and from `INSTANCE/settings.env`.

The environment wins over the file. A wrong or missing setting stops the start with its name;
values are never shown, since they may be secrets.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

ENVIRONMENTS = ("development", "production")
SITES = ("patient", "staff", "both")
SWITCH = ("on", "off")
SMTP_SECURITY = ("starttls", "tls", "none")


class SettingsError(Exception):
    """One or more settings are missing or wrong; the message names each and says what to do."""


@dataclass(frozen=True, kw_only=True)
class Smtp:
    """Where mail is handed over, and in whose name."""

    host: str
    port: int
    security: str
    username: str | None
    password: str | None
    sender: str
    timeout: int = 10
    """Seconds for each step of the SMTP conversation; must stay below the worker's lease."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything the software needs to know that is not the clinic's own business."""

    environment: str
    instance: Path
    database_url: str
    keys_file: Path
    base_url: str
    """Scheme and host that patients use; links in mails are made from it and nothing else."""
    staff_base_url: str
    sites: str
    smtp: Smtp
    is_environment_given: bool
    """Whether INTAKE_ENV was set, rather than assumed for a command."""
    from_command_line: bool
    """Whether a `flask` command runs, rather than a web server."""
    trusted_proxies: int
    """How many proxies in front of us may be believed about the client's address and scheme."""
    log_level: str
    quarantines: bool
    """Whether what is sent too fast or too often for people is kept apart; traps always are."""
    backups: Path
    """The folder into which backups are written; best on another disk."""
    bounces: Path | None
    """A Maildir, or a file in mbox form, with mails that came back; None to read none."""

    @property
    def is_production(self) -> bool:
        """Whether real patients are served."""
        return self.environment == "production"

    @property
    def uses_https(self) -> bool:
        """Whether cookies may be Secure and carry the `__Host-` prefix."""
        return self.base_url.startswith("https://")

    @property
    def has_instance(self) -> bool:
        """Whether the instance folder and its keys are there, as after `keys create`."""
        return self.instance.is_dir() and self.keys_file.exists()

    @property
    def trusted_hosts(self) -> list[str]:
        """The host names requests may ask for."""
        names = {urlsplit(url).hostname or "" for url in (self.base_url, self.staff_base_url)}
        if not self.is_production:
            names |= {"localhost", "127.0.0.1", "[::1]"}
        return sorted(names)


def load(environ: Mapping[str, str]) -> Settings:
    """The settings of this process.

    `environ` is the process environment. Raises SettingsError naming every setting that is wrong.
    """
    instance = Path(environ.get("INSTANCE") or "instance").resolve()
    reader = _Reader({**read_file(instance / "settings.env"), **environ})
    settings = _read(reader, instance)
    if settings.is_production:
        _demand_production_safety(reader, settings)
    if reader.problems:
        raise SettingsError("\n".join(["The settings are not right:", *reader.problems]))
    return settings


def _read(reader: _Reader, instance: Path) -> Settings:
    environment = reader.environment()
    in_development = environment == "development"
    local_url = f"http://{reader.text('HOST', '127.0.0.1')}:{reader.text('PORT', '5000')}"
    quarantine = "off" if in_development else "on"
    base_url = reader.url("INTAKE_BASE_URL", local_url if in_development else None)
    return Settings(
        environment=environment,
        instance=instance,
        database_url=_with_driver(
            reader.text("INTAKE_DATABASE_URL", f"sqlite:///{instance / 'intake.db'}")
        ),
        keys_file=Path(reader.text("INTAKE_KEYS_FILE", str(instance / "keys.json"))),
        base_url=base_url,
        staff_base_url=reader.url("INTAKE_STAFF_BASE_URL", base_url),
        sites=reader.choice("INTAKE_SITES", SITES, "both"),
        smtp=_read_smtp(reader, in_development=in_development),
        is_environment_given=bool(reader.values.get("INTAKE_ENV")),
        from_command_line=reader.values.get("FLASK_RUN_FROM_CLI") == "true",
        trusted_proxies=reader.whole_number("INTAKE_TRUSTED_PROXIES", 0),
        log_level=reader.text("INTAKE_LOG_LEVEL", "INFO").upper(),
        quarantines=reader.choice("INTAKE_QUARANTINE", SWITCH, quarantine) == "on",
        backups=Path(reader.text("INTAKE_BACKUPS", str(instance / "backups"))),
        bounces=Path(path) if (path := reader.values.get("INTAKE_BOUNCES")) else None,
    )


def _read_smtp(reader: _Reader, *, in_development: bool) -> Smtp:
    return Smtp(
        host=reader.text("INTAKE_SMTP_HOST", "127.0.0.1" if in_development else None),
        port=reader.whole_number("INTAKE_SMTP_PORT", 1025 if in_development else 587),
        security=reader.choice(
            "INTAKE_SMTP_SECURITY", SMTP_SECURITY, "none" if in_development else "starttls"
        ),
        username=reader.values.get("INTAKE_SMTP_USERNAME") or None,
        password=reader.values.get("INTAKE_SMTP_PASSWORD") or None,
        sender=reader.text("INTAKE_MAIL_FROM", "clinic@example.com" if in_development else None),
        timeout=reader.whole_number("INTAKE_SMTP_TIMEOUT", 10),
    )


def _demand_production_safety(reader: _Reader, settings: Settings) -> None:
    for name, url in (
        ("INTAKE_BASE_URL", settings.base_url),
        ("INTAKE_STAFF_BASE_URL", settings.staff_base_url),
    ):
        if url and not url.startswith("https://"):
            reader.complain(name, "must start with https://; plain http is refused in production")
    if settings.smtp.security == "none" and settings.smtp.host not in ("127.0.0.1", "localhost"):
        reader.complain("INTAKE_SMTP_SECURITY", "must be starttls or tls for a remote mail server")


def _with_driver(url: str) -> str:
    """PostgreSQL addresses get the driver that is installed."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def read_file(path: Path) -> dict[str, str]:
    """The settings of a file of `NAME=value` lines; none if it does not exist."""
    if not path.is_file():
        return {}
    lines = (line.strip() for line in path.read_text("utf-8").splitlines())
    pairs = (line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    return {name.strip(): value.strip() for name, value in pairs}


class _Reader:
    """Reads single values and collects what is wrong with them."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = values
        self.problems: list[str] = []

    def complain(self, name: str, mend: str) -> None:
        self.problems.append(f"  {name} {mend}")

    def environment(self) -> str:
        # A command typed on a fresh machine may run as development; a web server may not, since
        # development hands out sign-in links.
        from_command_line = self.values.get("FLASK_RUN_FROM_CLI") == "true"
        default = "development" if from_command_line else None
        return self.choice("INTAKE_ENV", ENVIRONMENTS, default)

    def text(self, name: str, default: str | None) -> str:
        value = self.values.get(name) or default
        if value is None:
            self.complain(name, "is missing")
        return value or ""

    def choice(self, name: str, allowed: tuple[str, ...], default: str | None) -> str:
        value = self.values.get(name) or default
        if value not in allowed:
            self.complain(name, "must be one of " + ", ".join(allowed))
        return value or ""

    def whole_number(self, name: str, default: int) -> int:
        value = self.values.get(name) or str(default)
        if not (value.isascii() and value.isdigit()):
            self.complain(name, "must be a whole number")
            return default
        return int(value)

    def url(self, name: str, default: str | None) -> str:
        value = self.text(name, default).rstrip("/")
        if value and not (urlsplit(value).scheme in ("http", "https") and urlsplit(value).hostname):
            self.complain(name, "must be an address like https://intake.example.com")
        return value
