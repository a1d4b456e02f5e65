"""A page as people have it before them: wide and narrow, in the dark, in their own colors."""

from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.journeys.conftest import DESKTOP

WITH_AXE = {"java_script_enabled": True, "bypass_csp": True}
"""axe is a script, which our pages would refuse."""
STANDARD = """runOnly: {
    type: "tag",
    values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"],
}"""
LAYOUT = 'runOnly: { type: "rule", values: ["target-size", "scrollable-region-focusable"] }'
"""All that a phone can change, but for the colors, which it leaves alone."""
NARROW = {"width": 320, "height": 640}
"""Also what is left of a desktop's 1280 pixels at four times the size (WCAG 2.2, 1.4.10)."""
COLORS = {
    "in the dark": {"color_scheme": "dark"},
    "with more contrast": {"contrast": "more"},
    "in forced colors": {"forced_colors": "active"},
}
PLAIN = {"color_scheme": "light", "contrast": "no-preference", "forced_colors": "none"}

SPACED = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important;
        word-spacing: .16em !important } p { margin-block-end: 2em !important }`);
    document.adoptedStyleSheets = [sheet];
    const width = document.documentElement.scrollWidth;
    document.adoptedStyleSheets = [];
    return width;
}"""
"""The width of the page with the spacing of text that people may set (WCAG 2.2, 1.4.12)."""

TOO_PALE = """() => {
    const parse = (color) => color.match(/[\\d.]+/g).map(Number);
    const light = (color) => {
        const [r, g, b] = parse(color).map((part) => part / 255)
            .map((part) => (part <= .04045 ? part / 12.92 : ((part + .055) / 1.055) ** 2.4));
        return .2126 * r + .7152 * g + .0722 * b + .05;
    };
    const behind = (element) => {
        const { backgroundColor: color } = getComputedStyle(element);
        const isSolid = (parse(color)[3] ?? 1) === 1;
        return isSolid || !element.parentElement ? color : behind(element.parentElement);
    };
    const pale = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const element = texts.currentNode.parentElement;
        const words = texts.currentNode.data.trim();
        if (!words || element.closest("svg, option, .vh, .skip")) continue;
        if (!element.checkVisibility()) continue;
        const { color } = getComputedStyle(element);
        const [more, less] = [light(color), light(behind(element))].sort((a, b) => b - a);
        if (more / less < 4.5) pale.push(words);
    }
    return pale;
}"""
"""Words that do not stand out from what is behind them by 4.5 to 1 (WCAG 2.2, 1.4.3).

It knows backgrounds of boxes only: that is all our pages have. axe knows more, and takes long."""


def check(page: Page) -> None:
    """Fail unless the page can be read and used in each of these states."""
    page.evaluate(Axe().axe_script)
    page.set_viewport_size(DESKTOP["viewport"])
    _judge(page, STANDARD)
    _check_colors(page)
    page.set_viewport_size(NARROW)
    _judge(page, LAYOUT)
    assert page.evaluate(SPACED) == NARROW["width"], f"{page.url} scrolls sideways"


def _judge(page: Page, rules: str) -> None:
    options = f'{{ resultTypes: ["violations"], {rules} }}'
    found = page.evaluate(f"axe.run({options}).then(({{violations}}) => ({{violations}}))")
    results = AxeResults(found)
    assert not results.violations_count, f"{page.url}\n{results.generate_report()}"


def _check_colors(page: Page) -> None:
    for state, media in COLORS.items():
        page.emulate_media(**PLAIN | media)
        assert page.evaluate(TOO_PALE) == [], f"{page.url} {state}"
    page.emulate_media(**PLAIN)
