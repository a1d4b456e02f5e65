"""Where a request that changes something comes from (OWASP ASVS 5.0, 3.5.3).

It stands beside the CSRF token: a page of another site is refused even if it got hold of one.
"""

from urllib.parse import urlsplit

from flask import Flask, abort, current_app, request

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
OWN_SITES = frozenset({"same-origin", "none"})
"""Values of Sec-Fetch-Site, which pages cannot forge: from our page, or by the user's own hand."""


def init_origin_check(app: Flask) -> None:
    """Answer 403 to whatever another site tries to change here, before any view runs."""
    app.before_request(_refuse_foreign_changes)


def comes_from_us() -> bool:
    """Whether the browser says that the request comes from a page of this site.

    False if it says nothing: that is no reason to refuse, but none to show back what was sent.
    """
    return request.headers.get("Sec-Fetch-Site") in OWN_SITES or _has_own_origin()


def comes_from_elsewhere() -> bool:
    """Whether the browser says that the request comes from a page of another site."""
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    # "null" is no origin: browsers that hide it still say where a page belongs in Sec-Fetch-Site.
    if origin in (None, "null"):
        return site == "cross-site" or (site is None and origin == "null")
    return site == "cross-site" or not _has_own_origin()


def _refuse_foreign_changes() -> None:
    if request.method not in SAFE_METHODS and comes_from_elsewhere():
        abort(403)


def _has_own_origin() -> bool:
    return request.headers.get("Origin") in own_origins()


def own_origins() -> set[str]:
    """The origin of this request, and the configured one of the same host.

    A proxy that ends TLS may not tell us so; then the request looks like plain http.
    """
    configured = (current_app.config[name] for name in ("PATIENT_BASE_URL", "STAFF_BASE_URL"))
    same_host = {url for url in configured if urlsplit(url).netloc == request.host}
    return {request.host_url.rstrip("/")} | {_origin(url) for url in same_host}


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
