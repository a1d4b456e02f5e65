"""Staff accounts."""

from typing import Any

import click
from email_validator import EmailNotValidError, validate_email

from intake.accounts import administration, second_factor
from intake.accounts import service as account_service
from intake.accounts.permissions import ROLES
from intake.accounts.queries import user_by_email
from intake.cli.base import ClinicGroup, settings
from intake.clinic.clinic import ClinicSettingsError
from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.db import unit_of_work

users = ClinicGroup("users", help="Invite staff and let them in.")


@users.command("invite")
@click.argument("email")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice(ROLES))
@click.option("--name", default="", help="What colleagues see; the address if left out.")
def invite(email: str, roles: tuple[str, ...], name: str) -> None:
    """Mail EMAIL a link to choose a password. Give --role once for each role.

    For somebody who has not chosen one yet it mails a fresh link and sets these roles.
    """
    try:
        validate_email(email, check_deliverability=False, test_environment=True)
        with unit_of_work():
            _invite(email, roles, name)
    except account_service.EmailTaken:
        raise click.ClickException(
            f"{email} has an account already. For a new password: users reset {email}"
        ) from None
    except administration.LastHolder as last:
        raise click.ClickException(
            f"Only {email} may {last.permission.value}. Invite somebody else for that first."
        ) from None
    except EmailNotValidError:
        raise click.BadParameter(f"{email} is not an e-mail address.") from None
    except ClinicSettingsError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"An invitation to {email} is on its way.")


def _invite(email: str, roles: tuple[str, ...], name: str) -> None:
    me: dict[str, Any] = {"actor": "command line", "now": clock.now()}
    user, clinic = user_by_email(email), current_clinic()
    if user is None or user.password is not None or not user.active:
        account_service.invite(email, name or email, roles=roles, clinic=clinic, **me)
        return
    seen = administration.version_of(user)
    administration.change_user(user, user.name, roles, seen=seen, **me)
    account_service.invite_again(user, clinic, **me)


@users.command("reset")
@click.argument("email")
def reset(email: str) -> None:
    """Mail EMAIL a link to choose a new password. The old one works until then."""
    try:
        with unit_of_work():
            is_known = account_service.forgot_password(
                email, current_clinic(), actor="command line", now=clock.now()
            )
    except ClinicSettingsError as error:
        raise click.ClickException(str(error)) from None
    if not is_known:
        raise click.ClickException(f"There is no active user {email}.")
    click.echo(f"A link to a new password is on its way to {email}. It works for 30 minutes.")


@users.command("reset-second-factor")
@click.argument("email")
def reset_second_factor(email: str) -> None:
    """Let EMAIL add a new second factor, for the administrator who has lost theirs."""
    user = user_by_email(email)
    if user is None:
        raise click.ClickException(f"There is no user {email}.")
    with unit_of_work():
        second_factor.reset(user, clinic=current_clinic(), actor="command line", now=clock.now())
    click.echo(f"{email} is signed out, and adds a second factor at the next sign-in.")


@users.command("login-link")
@click.argument("email")
def login_link(email: str) -> None:
    """Print a link that signs EMAIL in once. Development only."""
    if settings().is_production:
        raise click.ClickException("Production gives out no sign-in links. Use: users invite")
    user = user_by_email(email)
    if user is None:
        raise click.ClickException(f"There is no user {email}.")
    with unit_of_work():
        click.echo(account_service.sign_in_link(user, now=clock.now()))
