"""A patient at a browser; every method is a sentence about what they do or see."""

from __future__ import annotations

import re
from collections.abc import Iterator

from playwright.sync_api import Locator, Page, expect

from intake.core.i18n import catalog
from tests.journeys.hands import Keyboard, Mouse
from tests.journeys.requests import begun, new_name
from tests.web.patient import journey

SAFETY = "/request/safety"
QUIET = ("No", "Not at all", "None of these", "None", "0")
"""Answers that raise no flag, and lead to no further questions."""
CONSENT = "I have read how my information is used, and you may contact me about this request."


class Patient:
    """Somebody with a name and an address that nobody else in these tests has.

    The words below are English; in another `language` the page's own translation is looked for.
    """

    def __init__(
        self, page: Page, address: str, hands: Mouse | Keyboard, *, language: str = "en"
    ) -> None:
        self.language = language
        self.page = page
        self.address = address
        self.hands = hands
        self.family_name = new_name()
        self.email = f"{self.family_name.lower()}@example.org"

    def takes_the_whole_way(self, *, skipping: bool = False) -> Iterator[None]:
        """From the start page to the confirmation; pauses at each page before it is filled in."""
        self.opens_the_start_page()
        yield
        self.presses_the_link("Start now")
        self.sees("What would you like help with?")
        yield
        self.says_what_for("Depression")
        yield
        self.says_how_to_be_reached()
        yield
        self.answers_about_safety()
        while not self.is_at("When can you talk?"):
            yield
            if skipping:
                self.skips_these_questions()
            else:
                self.answers_every_question()
        yield
        self.chooses_the_first_free_time()
        yield
        self.sends_the_request()
        yield

    def opens_the_start_page(self) -> None:
        self.page.goto(f"{self.address}/?lang={self.language}")
        expect(self.page.get_by_role("link", name=self.said("Start now"))).to_be_visible()

    def comes_to(self, path: str, condition: str = "depression") -> None:
        """Open a page of a form that is filled in as far as that, which is not what is tested."""
        browser = begun(self.address, self.family_name, conditions=[condition])
        if path != SAFETY:
            browser.submit(**journey.NO_THOUGHTS)
            journey.skip_to(browser, path)
        cookies = browser.client.cookies.items()
        self.page.context.add_cookies(
            [{"name": name, "value": value, "url": self.address} for name, value in cookies]
        )
        self.page.goto(self.address + path)

    def says_what_for(self, *conditions: str) -> None:
        for condition in conditions:
            self.ticks("What would you like help with?", condition)
        self.ticks("Who is this for?", "Me")
        self.ticks("Is that person 18 or older?", "Yes, 18 or older")
        self.continues()
        self.sees("How can we reach you?")

    def says_how_to_be_reached(self) -> None:
        self.types("First name", "Dana")
        self.types("Last name", self.family_name)
        for part, number in (("Month", "3"), ("Day", "27"), ("Year", "1985")):
            self.types(part, number)
        self.types("Phone number", "312 555 0198")
        self.types("Email address", self.email)
        state = self.page.get_by_label(self.said("State you live in"), exact=True)
        self.hands.choose(state, "Illinois")
        self.allows_contact("Call me", "Email me")
        self.continues()
        expect(self.heading).not_to_have_text(self.said("How can we reach you?"))

    def asks_for_a_call(self) -> None:
        """The short way, from the start page to the questions about safety."""
        self.presses_the_link("Ask us to call you")
        self.sees("Ask us to call you")
        self.ticks("What would you like help with?", "Depression")
        self.ticks("Are you 18 or older?", "Yes, 18 or older")
        self.types("First name", "Dana")
        self.types("Last name", self.family_name)
        self.types("Phone number", "312 555 0198")
        self.allows_contact("Call me")
        self.continues()
        self.sees("Your safety")

    def allows_contact(self, *ways: str) -> None:
        for way in ways:
            self.ticks("How may we contact you?", way)
        self.ticks("If we miss you, can we leave a voicemail?", "No, please don’t leave a message")
        self.ticks("When is the best time to call?", "Any time you are open")
        self.hands.tick(self.main.get_by_role("checkbox", name=self.said(CONSENT)))

    def answers_about_safety(self, *, yes_to: int | None = None) -> None:
        """No to every question, but yes to the one with this number."""
        for number, question in enumerate(self.questions(), start=1):
            answer = "Yes" if number == yes_to else "No"
            self.hands.tick(question.get_by_label(answer, exact=True))
        self.continues()
        expect(self.heading).not_to_have_text("Your safety")

    def says_whether_it_is_now(self, answer: str) -> None:
        """The question that a yes about safety leads to."""
        self.sees("One more question about your safety")
        self.hands.tick(self.questions()[0].get_by_label(answer, exact=True))
        self.continues()

    def answers_every_question(self) -> None:
        """Quietly: no, not at all, none."""
        here = self.heading.inner_text()
        for question in self.questions():
            self.hands.tick(_quiet_answer(question))
        for number in self.main.get_by_role("textbox").and_(self.page.locator("[inputmode]")).all():
            self.hands.type(number, "2")
        self.continues()
        expect(self.heading).not_to_have_text(here)

    def skips_these_questions(self) -> None:
        here = self.heading.inner_text()
        self.presses("Skip these for now")
        expect(self.heading).not_to_have_text(here)

    def chooses_the_first_free_time(self) -> None:
        times = self.question("Choose a time")
        self.hands.tick(times.get_by_role("radio").first)
        self.ticks("How would you like to talk?", "Phone")
        self.continues()
        self.sees("Check your answers, then send")

    def sends_the_request(self) -> None:
        self.presses("Send my request")
        self.sees("We have your request")

    @property
    def reference(self) -> str:
        """The reference on the confirmation."""
        found = re.search(r"\b[2-9A-Z]{3}-[2-9A-Z]{4}\b", self.main.inner_text())
        assert found, self.main.inner_text()
        return found[0]

    def sees(self, heading: str) -> None:
        expect(self.heading).to_have_text(self.said(heading))

    def is_at(self, heading: str) -> bool:
        return self.heading.inner_text() == self.said(heading)

    def said(self, words: str) -> str:
        """Words of ours in the patient's language."""
        return catalog(self.language).gettext(words)

    def goes_on(self) -> None:
        """From a page of help back to the form."""
        onward = self.main.get_by_role("link", name=re.compile("continue", re.IGNORECASE))
        self.hands.press(onward)

    def continues(self) -> None:
        self.presses("Continue")

    def presses(self, button: str) -> None:
        self.hands.press(self.page.get_by_role("button", name=self.said(button), exact=True))

    def presses_the_link(self, name: str) -> None:
        self.hands.press(self.main.get_by_role("link", name=self.said(name), exact=True).first)

    def ticks(self, question: str, answer: str) -> None:
        self.hands.tick(self.question(question).get_by_label(self.said(answer), exact=True))

    def types(self, label: str, text: str) -> None:
        self.hands.type(self.page.get_by_label(self.said(label), exact=True), text)

    def question(self, words: str) -> Locator:
        return self.main.get_by_role("group", name=self.said(words), exact=True)

    def questions(self) -> list[Locator]:
        """The questions of this page that are answered by choosing."""
        choices = self.page.locator("[type=radio], [type=checkbox]")
        return self.main.get_by_role("group").filter(has=choices).all()

    @property
    def heading(self) -> Locator:
        return self.page.get_by_role("heading", level=1)

    @property
    def main(self) -> Locator:
        return self.page.get_by_role("main")


def _quiet_answer(question: Locator) -> Locator:
    for words in QUIET:
        answer = question.get_by_label(words, exact=True)
        if answer.count():
            return answer
    return question.locator("[type=radio], [type=checkbox]").first
