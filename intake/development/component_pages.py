"""Every component in every state, to look at; registered in development only."""

from flask import Blueprint, abort, current_app, render_template

from intake.development.specimens import specimens

blueprint = Blueprint("dev_components", __name__, url_prefix="/dev/components")

PAGES = {
    "fields": "Fields",
    "answers": "Answers to choose from",
    "parts": "Parts of a page",
    "staff": "Staff pages",
}
"""What each page shows, by the last word of its address."""


@blueprint.get("/")
@blueprint.get("/<page>")
def show(page: str = "fields") -> str:
    """One page of components."""
    if page not in PAGES or (page == "staff" and "staff" not in current_app.blueprints):
        abort(404)
    return render_template(
        f"development/components/{page}.html", page=page, pages=PAGES, forms=specimens()
    )
