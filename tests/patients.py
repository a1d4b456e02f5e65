"""A patient who fills in the form page by page, in any browser of `tests.browse`."""

from intake.patient.forms import NO_SLOT
from tests.browse import Browser, Page

START = {"conditions": ["depression"], "for_whom": "me", "age18": "yes"}
PERSON = {
    "given_name": "Dana",
    "family_name": "Whitfield",
    "phone": "312 555 0198",
    "contact_by": ["call", "email"],
    "voicemail_ok": "name_only",
    "best_time": "any",
    "consent_privacy": "yes",
}
MORE = {
    "dob_month": "3",
    "dob_day": "27",
    "dob_year": "1985",
    "email": "dana@example.org",
    "state": "IL",
}
NO_THOUGHTS = {"q1": "no", "q2": "no", "q3": "no", "q4": "no"}


class Patient:
    """Somebody at a browser. `email` tells one from another."""

    def __init__(self, browser: Browser, email: str = "dana@example.org") -> None:
        self.browser = browser
        self.email = email

    @property
    def page(self) -> Page:
        assert self.browser.page is not None
        return self.browser.page

    def fill_in(self, *, slot: str = NO_SLOT) -> None:
        """Everything up to the check page: no thoughts of suicide, health questions skipped."""
        self.say_what_for()
        self.say_who()
        self.answer_safety()
        while "skip" in self.buttons():
            self.browser.submit("skip")
        self.choose_time(slot)
        assert self.page.path == "/request/check", self.page.text

    def say_what_for(self) -> None:
        self.browser.get("/request/start")
        self.browser.submit(**START)

    def say_who(self) -> None:
        self.browser.submit(**PERSON, **MORE | {"email": self.email})

    def answer_safety(self, **answers: str) -> None:
        self.browser.submit(**NO_THOUGHTS | answers)

    def choose_time(self, slot: str = NO_SLOT) -> None:
        """Choose a slot by its key, or say when one is usually free."""
        days = ["tue-morning", "wed-afternoon"] if slot == NO_SLOT else []
        self.browser.submit(slot=slot, availability=days, channel="phone")

    def free_slots(self) -> list[str]:
        """The keys of the slots this page offers."""
        inputs = (item for item in self.page.all("input") if item.get("name") == "slot")
        return [key for item in inputs if (key := item.get("value", "")) != NO_SLOT]

    def send(self) -> Page:
        """Send the request. Sending it once more is what somebody does who saw no answer."""
        if self.page.path == "/request/check":
            self.browser.submit()
        return self.page

    def buttons(self) -> list[str]:
        """The names of this page's buttons."""
        return [button.get("name", "") for button in self.page.all("button")]
