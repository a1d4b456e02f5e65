"""Where to go on to after signing in or proving who one is."""

from flask import request

from intake.web.redirects import local_path

HOME = "/staff/"


def next_page() -> str:
    """The page of the staff site that was wanted in the first place."""
    wanted = local_path(request.values.get("next"), HOME)
    return wanted if wanted.startswith(HOME) else HOME
