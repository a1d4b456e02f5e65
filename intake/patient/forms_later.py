"""The forms for people who have begun or sent a request: to come back, to cancel, to take back."""

from intake.core.i18n import lazy_gettext as _l
from intake.web.fields import ChoiceField, ConsentField, DateOfBirthField, EmailField
from intake.web.forms import Form


class CancelForm(Form):
    """Cancelling a call; nobody has to say why."""

    reason = ChoiceField(
        _l("Would you like to tell us why?"),
        choices=(
            ("time", _l("The time does not suit me")),
            ("later", _l("Not now, maybe later")),
            ("elsewhere", _l("I found help somewhere else")),
            ("other", _l("Something else")),
        ),
        optional=True,
    )


class LostLinkForm(Form):
    """Where to send a new link."""

    email = EmailField(
        _l("Email address"),
        hint=_l("The one you gave us with your request."),
        missing=_l("Enter your email address, like name@example.com"),
    )


class BirthdayForm(Form):
    """Who has a mailed link knows the date of birth, too."""

    dob = DateOfBirthField(_l("Date of birth"), hint=_l("For example, 3 27 1985."))


class WithdrawForm(Form):
    """Taking a request back."""

    erase = ConsentField(_l("Please also delete what I told you."), optional=True)
