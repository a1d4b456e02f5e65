"""How many fields a form may have (OWASP ASVS 5.0, 15.2.2): counted before anything reads them.

Werkzeug bounds the parts of multipart forms only; thousands of tiny fields of an ordinary one would
all be taken apart.
"""

from flask import Flask, abort, request

MOST_FIELDS = 200
"""The largest form of ours, a provider's hours, has less than half of that."""


def init_field_limit(app: Flask) -> None:
    """Answer 413 to forms with more fields, before any view or check reads them."""
    app.before_request(_refuse_many_fields)


def _refuse_many_fields() -> None:
    is_form = request.mimetype == "application/x-www-form-urlencoded"
    if is_form and request.get_data().count(b"&") >= MOST_FIELDS:
        abort(413)
