"""Security headers of every response (OWASP ASVS 5.0, 3.4 and 14.3.2)."""

from flask import Flask, Response

CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "font-src 'self'",
        "img-src 'self'",
        "script-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
"""Nothing inline, nothing from anybody else. A view may set a policy of its own."""

FOR_PAGES = {
    "Content-Security-Policy": CONTENT_POLICY,
    # Addresses may hold secrets, so other sites see none. Not "no-referrer": browsers would then
    # send "Origin: null" with our own forms, and the check of where a form comes from needs it.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": ", ".join(
        f"{feature}=()"
        for feature in (
            "accelerometer",
            "autoplay",
            "browsing-topics",
            "camera",
            "display-capture",
            "fullscreen",
            "geolocation",
            "gyroscope",
            "magnetometer",
            "microphone",
            "midi",
            "payment",
            "usb",
        )
    ),
    "X-Frame-Options": "DENY",  # for browsers that do not know frame-ancestors
}

NOT_KEPT = "no-store"
ASKED_AGAIN = "private, no-cache"
"""Cache-Control of a page that is the same for everyone: kept, but asked for again each time."""

_TWO_YEARS = 63_072_000  # seconds


def init_headers(app: Flask) -> None:
    """Add the headers to every response of the application, errors included."""
    headers = headers_for_all(app) | FOR_PAGES
    names = frozenset(name.lower() for name in headers)

    @app.after_request
    def add_headers(response: Response) -> Response:
        own = names.intersection(name.lower() for name, _value in response.headers)
        missing = headers.items() if not own else _without(headers, own)
        response.headers.extend(missing)
        # Whatever a library wrote here, a page that may hold answers is not kept anywhere.
        if response.headers.get("Cache-Control") != ASKED_AGAIN:
            response.headers["Cache-Control"] = NOT_KEPT
        return response


def _without(headers: dict[str, str], names: frozenset[str]) -> list[tuple[str, str]]:
    """All headers but those of these names, which the response sets itself."""
    return [(name, value) for name, value in headers.items() if name.lower() not in names]


def headers_for_all(app: Flask) -> dict[str, str]:
    """The headers of everything, static files included."""
    headers = {
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if app.config["SESSION_COOKIE_SECURE"]:  # people reach us by https
        headers["Strict-Transport-Security"] = f"max-age={_TWO_YEARS}; includeSubDomains"
    return headers
