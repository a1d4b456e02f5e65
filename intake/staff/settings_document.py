"""Pages that change some of the clinic's own settings: drawn, checked and saved alike."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from intake.clinic.clinic import Clinic, ClinicSettingsError
from intake.clinic.document import write_clinic
from intake.clinic.service import (
    LastChange,
    SettingsChanged,
    UnsafeSettings,
    change_settings,
    fingerprint,
    fresh_clinic,
    last_change,
)
from intake.core import clock
from intake.core.db import unit_of_work
from intake.staff.actors import name_of
from intake.staff.settings import Versus, by_me, differences, frame
from intake.staff.settings_history import changes_of
from intake.staff.words import when
from intake.web.fields import Question, Stored
from intake.web.forms import Form

UNSAFE = (
    "With this change the clinic could not start again, since nobody would be told of danger, or"
    " nobody would call. Fill in what was there: {missing}."
)
NEEDED = {
    "safety_contact": "who answers for people in danger",
    "backup_contact": "who is told when a flag stays open",
    "acute_response_minutes": "the minutes until a call",
}


class SettingsForm(Form):
    """Some of the clinic's settings, named as in its file."""

    settings: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def of(cls, clinic: Clinic) -> Self:
        """The form as it shows what is stored."""
        return cls.fill(cls.shown(write_clinic(clinic)))

    @classmethod
    def shown(cls, document: Mapping[str, Any]) -> dict[str, Stored]:
        """The form's values for the values of the clinic's file."""
        return {name: document[name] for name in cls.settings}

    def wanted(self) -> dict[str, Any]:
        """The values for the clinic's file; trusted only after validation."""
        return dict(self.values())


@dataclass(frozen=True)
class DocumentPage:
    """One page of settings: its view, its template, its form, and what else its template shows."""

    endpoint: str
    template: str
    form: type[SettingsForm]
    more: Callable[[Clinic], dict[str, Any]]

    def show(self) -> ResponseReturnValue:
        """The settings as they are."""
        return self._page(self.form.of(fresh_clinic()))

    def save(self) -> ResponseReturnValue:
        """Save what was sent; the page again if it makes no sense or somebody was faster."""
        form = self.form()
        if not form.validate_on_submit():
            return self._page(form, has_errors=True, status=400)
        try:
            with unit_of_work():
                change_settings(form.wanted(), seen=request.form.get("seen", ""), **by_me())
        except SettingsChanged:
            now = self.form.of(fresh_clinic()).values()
            both = differences(_labels(form), now, form.values())
            return self._page(form, both=both, status=409)
        except (ClinicSettingsError, UnsafeSettings) as refusal:
            form.form_errors = [_words_of(refusal)]
            return self._page(form, has_errors=True, status=400)
        flash("The settings are saved.")
        return redirect(url_for(self.endpoint), code=303)

    def _page(
        self,
        form: SettingsForm,
        *,
        has_errors: bool = False,
        both: Sequence[Versus] | None = None,
        status: int = 200,
    ) -> ResponseReturnValue:
        clinic, now = fresh_clinic(), clock.now()
        changed = last_change(form.settings)
        page = render_template(
            self.template,
            form=form if has_errors else None,
            settings_form=form,
            seen=fingerprint(clinic, form.settings),
            changed=_changed_words(changed, clinic) if changed else "",
            both=both,
            history=changes_of(form.settings, _labels(form), clinic),
            **self.more(clinic),
            **frame(self.endpoint, now=now),
        )
        return make_response(page, status)


def _changed_words(changed: LastChange, clinic: Clinic) -> str:
    return f"{name_of(changed.actor)}, {when(changed.at, clinic.tz, clock.now())}"


def _labels(form: SettingsForm) -> dict[str, str]:
    """What the fields are called where they stand side by side, whatever their heading."""
    return {
        field.short_name: f"{field.topic}: {field.question}" if field.topic else field.question
        for field in form
        if isinstance(field, Question)
    }


def _words_of(refusal: ClinicSettingsError | UnsafeSettings) -> str:
    if isinstance(refusal, ClinicSettingsError):
        return str(refusal)
    names = [each.partition(" ")[0] for each in str(refusal).split(", ")]
    return UNSAFE.format(missing=", ".join(NEEDED.get(name, name) for name in names))
