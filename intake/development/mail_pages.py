"""Pages to read the mails that the catcher has kept; registered in development only."""

from io import BytesIO
from pathlib import Path

from flask import Blueprint, Response, abort, current_app, make_response, render_template, send_file

from intake.development.mailbox import CaughtMail, NoSuchMail, newest_mails, read_mail

blueprint = Blueprint("dev_mail", __name__, url_prefix="/dev/mail")

MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"
"""Mails style themselves inline, so their HTML is shown alone, without scripts or an origin."""


@blueprint.get("/")
def index() -> str:
    """All mails, newest first."""
    return render_template("development/mails.html", mails=newest_mails(_folder()))


@blueprint.get("/<name>")
def show(name: str) -> str:
    """One mail: its text, what else it holds, and its headers."""
    return render_template("development/mail.html", mail=_mail_or_404(name))


@blueprint.get("/<name>/html")
def html(name: str) -> Response:
    """The HTML part as a mail program would show it."""
    response = make_response(_mail_or_404(name).html)
    response.headers["Content-Security-Policy"] = MAIL_POLICY
    return response


@blueprint.get("/<name>/attachments/<int:number>")
def attachment(name: str, number: int) -> Response:
    """One attached file, counted from 0, to keep."""
    attachments = _mail_or_404(name).attachments
    if number >= len(attachments):
        abort(404)
    file = attachments[number]
    return send_file(
        BytesIO(file.content), mimetype=file.kind, as_attachment=True, download_name=file.name
    )


def _mail_or_404(name: str) -> CaughtMail:
    try:
        return read_mail(_folder(), name)
    except NoSuchMail:
        abort(404)


def _folder() -> Path:
    instance: Path = current_app.config["SETTINGS"].instance
    return instance / "mail"
