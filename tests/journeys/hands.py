"""How people work a page: with a mouse or finger, or with the keyboard alone."""

from playwright.sync_api import Locator

from tests.processes import wait_for

MOST_TABS = 400


class Mouse:
    """Points and clicks."""

    def press(self, control: Locator) -> None:
        """Press a button or follow a link."""
        control.click()

    def tick(self, answer: Locator) -> None:
        """Choose one answer of a question."""
        answer.check()

    def type(self, box: Locator, text: str) -> None:
        if box.get_attribute("type") in ("date", "time"):  # part by part, in the local order
            box.click()
            box.press_sequentially(text)
        else:
            box.fill(text)

    def choose(self, select: Locator, option: str) -> None:
        select.select_option(option)


class Keyboard:
    """Uses Tab, Space, the arrows, Enter and letters; nothing is ever pointed at."""

    def press(self, control: Locator) -> None:
        self._tab_to(control)
        control.page.keyboard.press("Enter")

    def tick(self, answer: Locator) -> None:
        if answer.get_attribute("type") == "radio":
            self._move_to_radio(answer)
        else:
            self._tab_to(answer)
        if not answer.is_checked():
            answer.page.keyboard.press("Space")
        wait_for(answer.is_checked, "the answer to be chosen")

    def type(self, box: Locator, text: str) -> None:
        self._tab_to(box)
        box.page.keyboard.type(text)

    def choose(self, select: Locator, option: str) -> None:
        self._tab_to(select)
        select.page.keyboard.type(option)

    def _tab_to(self, control: Locator) -> None:
        self._tab_until(control, "(control) => control === document.activeElement")

    def _move_to_radio(self, radio: Locator) -> None:
        """Tab stops once at a question; the arrows lead from answer to answer."""
        self._tab_until(radio, "(radio) => radio.name === document.activeElement.name")
        element = radio.element_handle()
        for _ in range(MOST_TABS):
            if element.evaluate("(radio) => radio === document.activeElement"):
                return
            radio.page.keyboard.press("ArrowDown")
        raise AssertionError("the arrows never came to this answer")

    def _tab_until(self, control: Locator, here: str) -> None:
        control.wait_for()
        element = control.element_handle()  # found once: a role is slow to look up
        for _ in range(MOST_TABS):
            if element.evaluate(here):
                return
            control.page.keyboard.press("Tab")
        raise AssertionError(f"Tab never came to {control}")
