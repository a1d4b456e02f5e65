"""Smaller answers for pages that are the same for everyone, and none at all for unchanged ones.

A compressed page that holds a secret beside words of a stranger tells the secret by its size
(breachattack.com). These pages hold none. Pages of the staff site do, and are long; they are
compressed where a link from elsewhere cannot bring words of its own: asked for by an address
without a query.
"""

import gzip
from collections.abc import Callable
from functools import lru_cache, partial
from hashlib import sha256

import brotli  # type: ignore[import-untyped]
from flask import Flask, Response, request

from intake.web.headers import ASKED_AGAIN

ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "br": brotli.compress,
    "gzip": partial(gzip.compress, mtime=0),
    "identity": bytes,
}
"""The smallest first. Each makes the same of the same, in every process."""
MOST_PAGES = 500
FASTEST = 1
"""Of the levels of gzip: a sixth of a millisecond for a full queue, which shrinks to a seventh."""


def init_compression(app: Flask) -> None:
    """Compress pages, and answer 304 to a browser that has the same one for everyone."""

    @app.after_request
    def compress(response: Response) -> Response:
        if response.headers.get("Cache-Control") == ASKED_AGAIN:
            content, tag = encoded(response.get_data(), encoding := best_encoding())
            _replace(response, content, encoding)
            response.set_etag(tag)
            response.make_conditional(request)
        elif _is_plain_page_for_staff(response) and request.accept_encodings.quality("gzip") > 0:
            _replace(response, gzip.compress(response.get_data(), FASTEST, mtime=0), "gzip")
        return response


def _is_plain_page_for_staff(response: Response) -> bool:
    is_plain = request.method == "GET" and not request.query_string
    is_page = response.mimetype == "text/html" and not response.is_streamed
    return is_plain and is_page and request.path.startswith("/staff/")


def _replace(response: Response, content: bytes, encoding: str) -> None:
    response.set_data(content)
    response.vary.add("Accept-Encoding")
    if encoding != "identity":
        response.content_encoding = encoding


def best_encoding() -> str:
    """The best encoding that this browser takes."""
    accepts = request.accept_encodings
    return next((name for name in ENCODERS if accepts.quality(name) > 0), "identity")


@lru_cache(MOST_PAGES)
def encoded(page: bytes, encoding: str) -> tuple[bytes, str]:
    """The page in this encoding, and a tag that names exactly these bytes."""
    content: bytes = ENCODERS[encoding](page)
    return content, sha256(content).hexdigest()[:16]
