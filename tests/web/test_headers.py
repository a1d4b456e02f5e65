"""Security headers of pages, errors and static files."""

import pytest
from flask import Flask, Response

from intake.web.headers import CONTENT_POLICY
from tests.browse import PUBLIC, Browser

HTTPS = {"INTAKE_BASE_URL": "https://intake.example"}
ADDRESS = "https://intake.example"


@pytest.fixture(scope="module")
def https_app(make_app) -> Flask:
    """An application that people reach by https, with views that write headers of their own."""
    app: Flask = make_app(**HTTPS)

    @app.get("/test/own-policy")
    def own_policy() -> Response:
        return Response("", headers={"Content-Security-Policy": "default-src 'none'; sandbox"})

    @app.get("/test/malformed")
    def malformed() -> Response:
        return Response("", headers={"Cache-Control": "private=True, no-store=True"})

    return app


@pytest.mark.parametrize("path", ["/", "/nowhere", "/request/start", "/health", "/staff/nowhere"])
def test_every_answer_has_the_headers(client: Browser, path: str) -> None:
    headers = client.client.get(path).headers
    assert headers["Content-Security-Policy"] == CONTENT_POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"
    assert {"camera=()", "microphone=()", "geolocation=()"} <= set(
        headers["Permissions-Policy"].split(", ")
    )
    assert "Server" not in headers
    assert "Access-Control-Allow-Origin" not in headers


def test_the_policy_allows_nothing_inline_and_nobody_else() -> None:
    sources = {source for rule in CONTENT_POLICY.split("; ") for source in rule.split()[1:]}
    assert sources == {"'none'", "'self'"}
    assert {"base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'"} <= set(
        CONTENT_POLICY.split("; ")
    )


def test_browsers_ask_again_for_a_public_page(client: Browser) -> None:
    for path in PUBLIC:
        assert client.client.get(path).headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("path", ["/nowhere", "/request/start", "/request/call-me", "/health"])
def test_no_other_page_is_kept(client: Browser, path: str) -> None:
    assert client.client.get(path).headers["Cache-Control"] == "no-store"


def test_a_malformed_cache_header_is_replaced(https_app: Flask) -> None:
    response = https_app.test_client().get("/test/malformed", base_url=ADDRESS)
    assert response.headers["Cache-Control"] == "no-store"


def test_a_view_may_have_a_policy_of_its_own(https_app: Flask) -> None:
    response = https_app.test_client().get("/test/own-policy", base_url=ADDRESS)
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


@pytest.mark.parametrize("path", ["/health", "/nowhere", "/", "static"])
def test_https_is_kept_to_for_a_year_at_least(https_app: Flask, path: str) -> None:
    path = https_app.jinja_env.globals["asset"]("patient.css") if path == "static" else path
    header = https_app.test_client().get(path, base_url=ADDRESS).headers
    age, subdomains = header["Strict-Transport-Security"].split("; ")
    assert int(age.removeprefix("max-age=")) >= 31_536_000
    assert subdomains == "includeSubDomains"


def test_plain_http_makes_no_promise_of_https(client: Browser) -> None:
    assert "Strict-Transport-Security" not in client.client.get("/").headers


def test_static_files_are_guarded_too(app: Flask, client: Browser) -> None:
    for name in ("patient.css", "ahn.woff2", "icon.svg"):
        headers = client.client.get(app.jinja_env.globals["asset"](name)).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "immutable" in headers["Cache-Control"]


def test_the_theme_cookie_goes_by_https_only(https_app: Flask) -> None:
    client = https_app.test_client()
    response = client.post("/appearance", data={"theme": "dim"}, base_url=ADDRESS)
    assert "Secure" in response.headers["Set-Cookie"]
