"""/health and /ready: open to probes of this machine by a local name, and to nobody else by it."""

import pytest
from flask import Flask

from intake.core.key_file import create_key_file

PUBLIC = "intake.quiet-harbor.test"
LOCAL = ("127.0.0.1:8000", "localhost", "[::1]:8000")
OPEN = ("/health", "/ready")
FOREIGN = ("evil.test", "127.0.0.1.evil.test", "127.0.0.1@evil.test", "[::1", "", "10.0.0.7")


@pytest.fixture(scope="module")
def production(make_app, tmp_path_factory) -> Flask:
    keys_file = tmp_path_factory.mktemp("keys") / "keys.json"
    create_key_file(keys_file)
    return make_app(
        INTAKE_ENV="production",
        INTAKE_KEYS_FILE=str(keys_file),
        INTAKE_BASE_URL=f"https://{PUBLIC}",
        INTAKE_SMTP_HOST="mail.quiet-harbor.test",
        INTAKE_MAIL_FROM="desk@quiet-harbor.test",
        INTAKE_TRUSTED_PROXIES="1",
    )


@pytest.fixture
def status(production: Flask):
    def ask(path: str, host: str, *, peer: str = "127.0.0.1", **headers: str) -> int:
        environ = {"REMOTE_ADDR": peer, "HTTP_HOST": host, **headers}
        return production.test_client().get(path, environ_overrides=environ).status_code

    return ask


@pytest.mark.parametrize("host", [*LOCAL, PUBLIC])
@pytest.mark.parametrize("peer", ["127.0.0.1", "::1", "127.8.8.8", "::ffff:127.0.0.1"])
def test_this_machine_asks_by_any_local_name(status, host, peer):
    assert status("/health", host, peer=peer) == 200
    assert status("/ready", host, peer=peer) == 503  # its database has no tables yet


@pytest.mark.parametrize("path", OPEN)
@pytest.mark.parametrize("host", FOREIGN)
def test_other_names_are_refused_also_from_this_machine(status, path, host):
    assert status(path, host) == 400


@pytest.mark.parametrize("path", OPEN)
@pytest.mark.parametrize("peer", ["10.0.0.7", "203.0.113.9", "2001:db8::1", "", "::ffff:10.0.0.7"])
def test_another_machine_does_not_get_by_with_a_local_name(status, path, peer):
    assert status(path, LOCAL[0], peer=peer) == 400


@pytest.mark.parametrize(
    "header", ["HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA"]
)
def test_whoever_asks_through_a_proxy_does_not_either(status, header):
    assert status("/health", LOCAL[0], **{header: "127.0.0.1"}) == 400


@pytest.mark.parametrize("path", ["/", "/health/", "/request/start", "/staff/sign-in"])
@pytest.mark.parametrize("host", LOCAL)
def test_every_other_page_wants_the_public_name(status, path, host):
    assert status(path, host) == 400
