"""Smaller answers for pages that are the same for everyone, and none at all for unchanged ones.

Only these pages: they hold no token and nothing of anybody's, so their size tells nobody anything
(a compressed page that holds a secret beside words of a stranger would: breachattack.com).
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


def init_compression(app: Flask) -> None:
    """Compress such pages, and answer 304 to a browser that has the same one."""

    @app.after_request
    def compress(response: Response) -> Response:
        if response.headers.get("Cache-Control") != ASKED_AGAIN:
            return response
        encoding = best_encoding()
        content, tag = encoded(response.get_data(), encoding)
        response.set_data(content)
        response.vary.add("Accept-Encoding")
        if encoding != "identity":
            response.content_encoding = encoding
        response.set_etag(tag)
        response.make_conditional(request)
        return response


def best_encoding() -> str:
    """The best encoding that this browser takes."""
    accepts = request.accept_encodings
    return next((name for name in ENCODERS if accepts.quality(name) > 0), "identity")


@lru_cache(MOST_PAGES)
def encoded(page: bytes, encoding: str) -> tuple[bytes, str]:
    """The page in this encoding, and a tag that names exactly these bytes."""
    content: bytes = ENCODERS[encoding](page)
    return content, sha256(content).hexdigest()[:16]
