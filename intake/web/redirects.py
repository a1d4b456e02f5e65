"""Redirects that stay on our own site (OWASP ASVS 5.0, 3.7.2)."""

import re

# One slash, then printable ASCII without spaces and backslashes. Browsers read "//host" and
# "/\host" as another site, and drop tabs and line breaks before they read; none gets through.
_LOCAL = re.compile(r"/(?!/)[!-\[\]-~]*", re.ASCII)

# "/staff/../request" begins with "/staff/", but browsers go to "/request"; "%2e" is a dot to them.
_CLIMBS = re.compile(r"[^?#]*/(?:\.|%2e){1,2}(?:[/?#]|$)", re.IGNORECASE)


def local_path(value: str | None, default: str) -> str:
    """The path if it is one of this site, else the default. For what a request asks to go to."""
    if value is None or not _LOCAL.fullmatch(value) or _CLIMBS.match(value):
        return default
    return value
