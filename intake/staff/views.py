"""Saved views: the queue narrowed down, under a name of one's own."""

from uuid import UUID

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from intake.accounts.permissions import Permission
from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.db import unit_of_work
from intake.staff import filters
from intake.staff.guard import blueprint, requires, staff_user
from intake.submissions import saved_views
from intake.submissions.filters import EVERYTHING, Chosen, read_chosen
from intake.submissions.saved_views import MOST, NameTaken, SavedView, TooMany
from intake.web.fields import TextField
from intake.web.forms import Form

NAME_TAKEN = "You have a view of that name. Choose another name."
TOO_MANY = f"You have {MOST} views, which is as many as there can be. Delete one first."
NOTHING_CHOSEN = "Choose at least one filter before you save a view."


class ViewForm(Form):
    """The name of a view."""

    name = TextField("Name", max_length=40, missing="Give the view a name")


@blueprint.get("/views")
@requires(Permission.SEE_QUEUE)
def views() -> ResponseReturnValue:
    """One's own views, to rename and delete."""
    return _page()


@blueprint.post("/views")
@requires(Permission.SEE_QUEUE)
def save_view() -> ResponseReturnValue:
    """Keep the filters under a name."""
    form, user = ViewForm(), staff_user()
    chosen = filters.allowed(read_chosen(request.form), user, current_clinic())
    if not form.validate_on_submit():
        return _page(form=form, chosen=chosen, status=400)
    if not chosen.given:
        form.name.errors = [NOTHING_CHOSEN]
        return _page(form=form, chosen=chosen, status=400)
    try:
        with unit_of_work():
            saved_views.save(user, form.name.data, chosen.given, now=clock.now())
    except (NameTaken, TooMany) as problem:
        form.name.errors = [NAME_TAKEN if isinstance(problem, NameTaken) else TOO_MANY]
        return _page(form=form, chosen=chosen, status=409)
    return redirect(url_for("staff.queue", **chosen.given), code=303)


@blueprint.post("/views/<uuid:view_id>/rename")
@requires(Permission.SEE_QUEUE)
def rename_view(view_id: UUID) -> ResponseReturnValue:
    """Give a view another name."""
    form = ViewForm()
    if not form.validate_on_submit():
        return _page(form=form, renamed=view_id, status=400)
    try:
        with unit_of_work():
            view = saved_views.view_of(staff_user(), view_id) or abort(404)
            saved_views.rename(view, form.name.data)
    except NameTaken:
        form.name.errors = [NAME_TAKEN]
        return _page(form=form, renamed=view_id, status=409)
    return redirect(url_for("staff.views"), code=303)


@blueprint.post("/views/<uuid:view_id>/delete")
@requires(Permission.SEE_QUEUE)
def delete_view(view_id: UUID) -> ResponseReturnValue:
    """Forget a view; no request is changed."""
    with unit_of_work():
        view = saved_views.view_of(staff_user(), view_id)
        if view is not None:  # None at the second click of two
            flash(f"Deleted the view “{view.name}”.")
            saved_views.remove(view)
    return redirect(url_for("staff.views"), code=303)


def _page(
    *,
    form: ViewForm | None = None,
    chosen: Chosen | None = None,
    renamed: UUID | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    """The list; with what went wrong in saving `chosen` or in renaming `renamed`."""
    user, clinic = staff_user(), current_clinic()
    chosen = chosen or EVERYTHING
    listed = [
        (view, filters.chosen_links(_allowed(view), user, clinic), url_for_view(view))
        for view in saved_views.views_of(user)
    ]
    page = render_template(
        "staff/views.html",
        views=listed,
        form=form,
        chosen=chosen,
        chosen_words=filters.chosen_links(chosen, user, clinic),
        renamed=renamed,
    )
    return make_response(page, status)


def url_for_view(view: SavedView) -> str:
    """The queue as the view shows it."""
    return url_for("staff.queue", **_allowed(view).given)


def _allowed(view: SavedView) -> Chosen:
    """Roles change: a view shows only what its user may still choose."""
    return filters.allowed(read_chosen(view.chosen), staff_user(), current_clinic())
