"""The one door to the staff's pages: signed in, and allowed to do what the view is for.

Every view names a permission. One without cannot even be registered.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar, cast

from flask import (
    Blueprint,
    abort,
    current_app,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError

from intake.accounts.devices import this_device
from intake.accounts.models import User
from intake.accounts.permissions import Permission
from intake.accounts.security import SignInForm, signed_in_user, user_with_password
from intake.accounts.sessions import time_left, visit_of
from intake.accounts.unsent import UNSENT_KEY, Unsent, sealed
from intake.audit import log as audit_log
from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.db import unit_of_work
from intake.core.encryption import UnreadableField
from intake.staff.words import ROLES, full_day
from intake.submissions.queries import MOST_COUNTED, Badges, badges
from intake.submissions.turns import Late, late_at
from intake.web.errors import TOKEN
from intake.web.origin import comes_from_us

log = logging.getLogger(__name__)

View = TypeVar("View", bound=Callable[..., Any])

_required: dict[Callable[..., Any], Permission] = {}


class UnguardedView(RuntimeError):
    """A view of the staff site names no permission: a programming error."""


def requires(permission: Permission) -> Callable[[View], View]:
    """Let only users with this permission reach the view. Stands below the route."""

    def mark(view: View) -> View:
        _required[view] = permission
        return view

    return mark


def shows(what: str) -> Callable[[View], View]:
    """Record that somebody looks at patients' data, before the view shows any.

    A look that cannot be recorded is refused. Stands below `requires`.
    """

    def mark(view: View) -> View:
        @wraps(view)
        def recorded(*args: Any, **values: Any) -> ResponseReturnValue:
            _record(what, staff_user(), "")
            answer: ResponseReturnValue = view(*args, **values)
            return answer

        return cast(View, recorded)

    return mark


def _record(action: str, user: User, detail: str) -> None:
    """Record something about the record that the address names, if it names one."""
    about = (request.view_args or {}).get("submission_id")
    with unit_of_work():
        audit_log.record(action, actor=user.actor, now=clock.now(), subject_id=about, detail=detail)


def permission_of(view: Callable[..., Any]) -> Permission | None:
    """The permission that a view asks for."""
    return _required.get(view)


class GuardedBlueprint(Blueprint):
    """A blueprint that takes no view without a permission. Raises UnguardedView."""

    def add_url_rule(
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: Callable[..., Any] | None = None,
        provide_automatic_options: bool | None = None,
        **options: Any,
    ) -> None:
        """Add a view that names its permission."""
        if view_func is None or view_func not in _required:
            raise UnguardedView(rule)
        super().add_url_rule(rule, endpoint, view_func, provide_automatic_options, **options)


blueprint = GuardedBlueprint("staff", __name__, url_prefix="/staff")


ENTRANCE = "staff.queue"
"""Where everybody arrives; who may not see it goes on to what all may see."""


@blueprint.before_request
def admit() -> ResponseReturnValue | None:
    """Send strangers to the sign-in page, and refuse what a user may not do."""
    user = signed_in_user()
    if user is None:
        return _to_sign_in()
    permission = _required.get(current_app.view_functions[request.endpoint or ""])
    if permission is None or not user.may(permission):
        if request.endpoint == ENTRANCE:
            return redirect(url_for("staff.dashboard"), code=303)
        _record("access refused", user, str(request.endpoint))
        abort(403)
    g.staff_user = user
    if request.method == "POST":
        session.pop(UNSENT_KEY, None)  # it is sent now, or given up for something else
    return None


@blueprint.errorhandler(UnreadableField)
def say_that_it_cannot_be_read(error: UnreadableField) -> ResponseReturnValue:
    """A record that was changed outside the system, or whose key is gone, is not shown in part."""
    log.error("A field cannot be read: %s", error)
    return render_template("staff/unreadable.html"), 500


@blueprint.errorhandler(CSRFError)
def ask_to_sign_in_again(error: CSRFError) -> ResponseReturnValue:
    """A form that was left open until the session ended: sign in, rather than an error page.

    What was typed comes back after signing in, to whoever was signed in here last.
    """
    if signed_in_user() is not None:
        page_for_everybody = current_app.error_handler_spec[None][400][CSRFError]
        return current_app.ensure_sync(page_for_everybody)(error)  # type: ignore[no-any-return]
    device = this_device()
    if device is None or not comes_from_us():
        return _to_sign_in()
    kept = sealed(Unsent(request.path, _typed()), device.users[0])
    form = SignInForm(formdata=None, unsent=kept, next=url_for("staff.unsent"))
    return render_template("security/sign_in.html", login_user_form=form), 403


def _typed() -> tuple[tuple[str, str], ...]:
    sent = request.form.items(multi=True)
    return tuple((name, value) for name, value in sent if name != TOKEN and "password" not in name)


def staff_user() -> User:
    """Who asks, in a view of the staff site."""
    user: User = g.staff_user
    return user


def _to_sign_in() -> ResponseReturnValue:
    """To the page of the first thing that is missing, and from there on to what was wanted."""
    wanted = request.full_path.rstrip("?") if request.method == "GET" else url_for(ENTRANCE)
    page = "security.login" if user_with_password() is None else "second_factor.ask"
    return redirect(url_for(page, next=wanted), code=303)


@dataclass(frozen=True)
class NavItem:
    """A link of the main navigation."""

    label: str
    href: str
    icon: str
    current: bool
    count: str = ""
    live: str = ""
    """By which name a script keeps the count true; "" for none."""


@dataclass(frozen=True)
class StaffFrame:
    """What the frame of every staff page shows."""

    name: str
    role: str
    sign_out_href: str
    nav: list[NavItem]
    seconds_left: int
    """How long the session lasts if nothing more is done."""
    paused: str
    """That online booking is paused, and until when; "" while it is not."""


@blueprint.context_processor
def frame() -> dict[str, StaffFrame]:
    """The frame as the layout's variable `staff`."""
    if "staff_user" not in g:
        return {}
    user = staff_user()
    return {
        "staff": StaffFrame(
            name=user.name,
            role=", ".join(ROLES[role] for role in user.role_names if role in ROLES),
            sign_out_href=url_for("security.logout"),
            nav=_nav(user),
            seconds_left=seconds_left(),
            paused=_paused_words(),
        )
    }


def seconds_left(*, is_attended: bool = True) -> int:
    """How many seconds the session lasts if nothing more is done after this request."""
    kept = visit_of(session).kept
    if kept is None:
        return 0
    return int(time_left(kept, clock.now(), is_attended=is_attended).total_seconds())


def _paused_words() -> str:
    clinic = current_clinic()
    if clinic.booking_pause is None or not clinic.is_paused(clock.now()):
        return ""
    until = clinic.booking_pause.until
    return f"Online booking is paused{f' until {full_day(until)}' if until else ''}."


NAV = (
    ("Work queue", "staff.queue", "inbox", Permission.SEE_QUEUE),
    ("Calendar", "staff.calendar", "calendar", Permission.SEE_QUEUE),
    ("Reports", "staff.dashboard", "chart", Permission.SEE_FIGURES),
    ("Settings", "staff.settings_clinic", "sliders", Permission.MANAGE_SETTINGS),
)
"""The main navigation: words, the page they lead to, an icon, and who sees them."""


def counted() -> Badges:
    """How many wait: counted once for all that a page shows."""
    if "counted" not in g:
        g.counted = badges(late_now())
    counts: Badges = g.counted
    return counts


def late_now() -> Late:
    """What counts as overdue while this page is made."""
    if "late" not in g:
        g.late = late_at(clock.now(), current_clinic())
    late: Late = g.late
    return late


def waiting_by_rank() -> dict[int, int]:
    """How many wait, by their rank in the queue."""
    return counted().by_rank


def bounded(count: int) -> str:
    """A count as a badge says it: "14", "99+"; "" for none."""
    return f"{MOST_COUNTED}+" if count > MOST_COUNTED else str(count or "")


def _nav(user: User) -> list[NavItem]:
    waiting = sum(waiting_by_rank().values()) if user.may(Permission.SEE_QUEUE) else 0
    counts = {"staff.queue": bounded(waiting)}
    return [
        NavItem(
            label,
            url_for(endpoint),
            icon,
            _is_in(endpoint),
            count=counts.get(endpoint, ""),
            live="waiting" if endpoint == "staff.queue" else "",
        )
        for label, endpoint, icon, permission in NAV
        if user.may(permission)
    ]


def _is_in(endpoint: str) -> bool:
    """Whether the page asked for is that one or lies below it; below the queue lies all else."""
    address = url_for(endpoint)
    part = "/".join(address.split("/")[:3]) + "/"  # such as /staff/settings/ of its first page
    is_below = request.path.startswith(part) and endpoint != "staff.queue"
    return request.path == address or is_below
