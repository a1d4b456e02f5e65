"""Buttons that end a page of the form before it is finished. They keep what was typed."""

from flask import url_for

from intake.web.anew import wish

NEUTRAL_PAGE = "https://www.weather.gov/"
"""What is seen instead by somebody who comes in while a person answers."""

AWAY = "away"
"""What the button sends that shows something else at once."""
WAYS_OUT = {"save": "resume.save", "call-me": "call_me.ask", AWAY: "wizard.leave"}
"""Where the buttons lead that leave the page."""


def way_out() -> str | None:
    """The address at which somebody wants to go on who does not finish the page they send."""
    endpoint = WAYS_OUT.get(wish())
    return url_for(endpoint) if endpoint else None
