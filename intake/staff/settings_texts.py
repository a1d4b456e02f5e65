"""Settings: the clinic's own words in mails to patients; preview, test and history of them."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, NamedTuple

from flask import Response, abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.validators import ValidationError

from intake.accounts.permissions import Permission
from intake.clinic.clinic import Clinic
from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.db import unit_of_work
from intake.core.i18n import LANGUAGES
from intake.notifications.models import MailText
from intake.notifications.outbox import enqueue
from intake.notifications.own_words import history, latest
from intake.notifications.render import Rendered, render
from intake.notifications.texts import LONGEST, SAFE, Text, TextRefused, check
from intake.scheduling.mail_texts import (
    TEXTS,
    WITHOUT_QUESTIONS,
    TextChanged,
    example,
    placeholders,
    save_text,
)
from intake.staff.actors import name_of
from intake.staff.guard import blueprint, requires, staff_user
from intake.staff.settings import Versus, by_me, differences, frame, sent_version
from intake.staff.words import LANGUAGES as LANGUAGE_WORDS
from intake.staff.words import MESSAGES, when
from intake.web.fields import TextAreaField
from intake.web.forms import Form

MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"
"""Mails style themselves inline, so their HTML is shown alone, without scripts or an origin."""
MOST_VERSIONS = 20


class TextForm(Form):
    """A clinic's own words for one mail in one language."""

    opening = TextAreaField(
        "Words at the beginning", rows=4, optional=True, mark_optional=False, max_length=LONGEST
    )
    closing = TextAreaField(
        "Words at the end", rows=4, optional=True, mark_optional=False, max_length=LONGEST
    )

    def validate_opening(self, field: TextAreaField) -> None:
        """Only what may go out."""
        _check(field)

    def validate_closing(self, field: TextAreaField) -> None:
        """Only what may go out."""
        _check(field)


class Cell(NamedTuple):
    """One mail in one language, in the list."""

    href: str
    words: str
    small: str
    failed: bool


class Version(NamedTuple):
    """One line of the history."""

    number: int
    who: str
    opening: str
    closing: str
    failed: str


@blueprint.get("/settings/texts")
@requires(Permission.MANAGE_SETTINGS)
def settings_texts() -> ResponseReturnValue:
    """The mails to patients, and which of them hold words of the clinic."""
    clinic, now = current_clinic(), clock.now()
    own = {(each.name, each.language): each for each in latest()}
    languages = _languages(clinic)
    rows = [
        (MESSAGES[name], [_cell(name, code, own.get((name, code)), clinic) for code in languages])
        for name in TEXTS
    ]
    return render_template(
        "staff/settings_texts.html",
        rows=rows,
        languages=[LANGUAGE_WORDS[code] for code in languages],
        **frame("staff.settings_texts", now=now),
    )


@blueprint.get("/settings/text")
@requires(Permission.MANAGE_SETTINGS)
def settings_text() -> ResponseReturnValue:
    """The words of one mail; `again` puts an earlier version into the form, to save it anew."""
    name, language = _asked(
        request.args.get("mail", next(iter(TEXTS))), request.args.get("language")
    )
    return _page(name, language, again=request.args.get("again", 0, type=int))


@blueprint.post("/settings/text")
@requires(Permission.MANAGE_SETTINGS)
def save_mail_text() -> ResponseReturnValue:
    """Save the words, look at them, go back to the built-in ones, or send a test of the saved."""
    name, language = _asked(request.form.get("mail", ""), request.form.get("language"))
    match request.form.get("do"):
        case "test":
            return _send_test(name, language)
        case "reset":
            return _save(name, language, TextForm.fill({"opening": "", "closing": ""}))
    form = TextForm()
    if not form.validate_on_submit():
        return _page(name, language, form=form, has_errors=True, status=400)
    if request.form.get("do") == "look":
        return _page(name, language, form=form, look=True)
    return _save(name, language, form)


@blueprint.post("/settings/text/look")
@requires(Permission.MANAGE_SETTINGS)
def look_at_mail() -> ResponseReturnValue:
    """What was written, as a mail program shows it."""
    name, language = _asked(request.form.get("mail", ""), request.form.get("language"))
    form = TextForm()
    if not form.validate_on_submit():
        return _page(name, language, form=form, has_errors=True, status=400)
    response = Response(_rendered(name, language, form).html, mimetype="text/html")
    response.headers["Content-Security-Policy"] = MAIL_POLICY
    return response


def _check(field: TextAreaField) -> None:
    name, _language = _asked(request.form.get("mail", ""), request.form.get("language"))
    try:
        check(field.data or "", placeholders(name))
    except TextRefused as refusal:
        raise ValidationError(str(refusal)) from None


def _asked(name: str, language: str | None) -> tuple[str, str]:
    """The mail and the language that a page is about; 400 for what no page of ours asks."""
    wanted = language or _languages(current_clinic())[0]
    if name not in TEXTS or wanted not in LANGUAGES:
        abort(400)
    return name, wanted


def _languages(clinic: Clinic) -> list[str]:
    return [code for code in clinic.languages if code in LANGUAGES]


def _save(name: str, language: str, form: TextForm) -> ResponseReturnValue:
    words: dict[str, Any] = {"opening": form.opening.data or "", "closing": form.closing.data or ""}
    try:
        with unit_of_work():
            save_text(name, language, **words, seen=sent_version(), **by_me())
    except TextChanged:
        stored = history(name, language)[0]
        labels = {field.name: field.question for field in form}
        both = differences(labels, _words(stored), form.values())
        return _page(name, language, form=form, both=both, status=409)
    flash("The words are saved." if any(words.values()) else "The built-in words are back.")
    return redirect(url_for("staff.settings_text", mail=name, language=language), code=303)


def _send_test(name: str, language: str) -> ResponseReturnValue:
    """Send an example with the words that are saved to whoever asks, at most one a minute."""
    user, now = staff_user(), clock.now()
    with unit_of_work():
        enqueue(
            name,
            to=user.email,
            context=example(name, current_clinic(), language),
            language=language,
            now=now,
            unique_key=f"text-test:{user.id.hex}:{now:%Y%m%d%H%M}",
        )
    flash(f"An example with the saved words is on its way to {user.email}.")
    return redirect(url_for("staff.settings_text", mail=name, language=language), code=303)


def _rendered(name: str, language: str, form: TextForm) -> Rendered:
    context = asdict(example(name, current_clinic(), language))
    text = Text(name, language, 0, form.opening.data or "", form.closing.data or "")
    return render(name, context, language, own=text.filled(context))


def _page(
    name: str,
    language: str,
    *,
    form: TextForm | None = None,
    has_errors: bool = False,
    look: bool = False,
    both: Sequence[Versus] | None = None,
    again: int = 0,
    status: int = 200,
) -> ResponseReturnValue:
    clinic, past = current_clinic(), history(name, language)
    stored = past[0] if past else None
    earlier = next((each for each in past[1:] if each.version == again), None)
    shown = form or TextForm.fill(_words(earlier or stored))
    page = render_template(
        "staff/settings_text.html",
        form=form if has_errors else None,
        text_form=shown,
        mail=name,
        lang_of_mail=language,
        title=MESSAGES[name],
        language=LANGUAGE_WORDS[language],
        version=stored.version if stored else 0,
        changed=_changed(stored, clinic) if stored else "",
        is_own=bool(stored and (stored.opening or stored.closing)),
        has_questions=name not in WITHOUT_QUESTIONS,
        allowed=[(f"{{{each}}}", SAFE[each]) for each in placeholders(name)],
        preview=None if has_errors else _rendered(name, language, shown),
        is_look=look or both is not None or earlier is not None,
        again=earlier.version if earlier else 0,
        versions=[_version(each, clinic) for each in past[:MOST_VERSIONS]],
        both=both,
        me=staff_user().email,
        **frame("staff.settings_texts", now=clock.now()),
    )
    return make_response(page, status)


def _words(row: MailText | None) -> dict[str, Any]:
    return {"opening": row.opening, "closing": row.closing} if row else {}


def _cell(name: str, language: str, row: MailText | None, clinic: Clinic) -> Cell:
    href = url_for("staff.settings_text", mail=name, language=language)
    if row is None or not (row.opening or row.closing):
        return Cell(href, "Built-in", "", failed=False)
    failed = row.failed_at is not None
    words = "Could not be used" if failed else "Your words"
    return Cell(href, words, _changed(row, clinic), failed)


def _changed(row: MailText, clinic: Clinic) -> str:
    return f"{name_of(row.written_by)}, {when(row.written_at, clinic.tz, clock.now())}"


def _version(row: MailText, clinic: Clinic) -> Version:
    failed = when(row.failed_at, clinic.tz, clock.now()) if row.failed_at else ""
    return Version(row.version, _changed(row, clinic), row.opening, row.closing, failed)
