"""A passkey, made and used in a real browser with the authenticator that Chromium has for tests."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, expect

from tests import factories
from tests.processes import Installation
from tests.web.staff.people import PASSWORD, give_password

EMAIL = "key@example.com"


@contextmanager
def finger(page: Page) -> Iterator[None]:
    """Let the device of a page know its owner by a finger."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield
    session.detach()


def by_name(clinic: Installation) -> str:
    """The address by the machine's name: a bare number can have no passkeys."""
    return clinic.address.replace("127.0.0.1", "localhost")


def sees(page: Page, heading: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)


def test_a_passkey_is_made_at_the_first_sign_in_and_signs_in_alone(open_page, clinic) -> None:
    with clinic.app.app_context():
        factories.user(EMAIL, "front_desk")
        give_password(EMAIL)
    page = open_page(java_script_enabled=True)
    with finger(page):
        page.goto(f"{by_name(clinic)}/staff/")
        page.get_by_label("Work email").fill(EMAIL)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        sees(page, "Add a second factor")
        page.get_by_label("Name of the device").fill("Desk")
        page.get_by_role("button", name="Make a passkey").click()
        sees(page, "Keep these ten codes")
        page.get_by_role("link", name="I have kept them").click()
        sees(page, "Work queue")
        page.get_by_role("button", name="Sign out").click()
        page.get_by_role("button", name="Sign in with a passkey").click()
        sees(page, "Work queue")
        page.goto(f"{by_name(clinic)}/staff/account")
        keys = page.get_by_role("table", name="Your passkeys")
        expect(keys.get_by_role("rowheader")).to_contain_text("Used today")
