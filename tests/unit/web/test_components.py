"""What the macros write: labels, ids, aria, escaping, icons."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import html5lib
import pytest
from flask import Flask
from jinja2 import StrictUndefined
from markupsafe import Markup

from intake.core.i18n import init_languages
from tests.unit.web.forms_for_tests import EveryField, sent

TEMPLATES = Path(__file__).parents[3] / "templates"
COMPONENTS = sorted((TEMPLATES / "components").glob("*.html"))
HOSTILE = '"><script>alert(1)</script>&'

Draw = Callable[..., str]


@pytest.fixture
def draw() -> Iterator[Draw]:
    """Call a macro by its name."""
    app = Flask(__name__, template_folder=str(TEMPLATES))
    app.jinja_env.undefined = StrictUndefined
    init_languages(app, lambda: ["en"])

    def call(macro: str, *args: Any, **kwargs: Any) -> str:
        module = app.jinja_env.get_template(f"components/{macro}.html").module
        return str(getattr(module, macro)(*args, **kwargs))

    with app.test_request_context():
        yield call


def test_a_file_holds_one_documented_macro_of_its_name() -> None:
    for path in COMPONENTS:
        text = path.read_text("utf-8")
        assert re.findall(r"{%-? macro (\w+)\(", text) == [path.stem]
        assert f"{{#- {path.stem}(" in text


def test_a_template_draws_only_icons_that_exist(draw: Draw) -> None:
    text = "".join(path.read_text("utf-8") for path in TEMPLATES.rglob("*.html"))
    names = re.findall(r"""(?:icon|draw)\(["']([\w-]+)""", text)
    names += re.findall(r"""icon(?:_before|_after)?=["']([\w-]+)""", text)
    drawn = {name: draw("icon", name) for name in names}
    assert [name for name, html in drawn.items() if 'd="m' not in html.lower()] == []


@pytest.mark.parametrize("drawing", [("icon", "phone"), ("mark",), ("art",), ("cells",)])
def test_a_drawing_stays_small_without_its_style(draw: Draw, drawing: tuple[str, ...]) -> None:
    (width,) = re.findall(r"<svg[^>]* width=\"(\d+)\"", draw(*drawing))
    assert int(width) <= 48


def test_a_text_field_ties_label_hint_and_error_to_its_input(draw: Draw) -> None:
    html = draw("text_field", sent(name="").name)
    assert '<label for="name">First name</label>' in html
    assert 'id="name-hint"' in html
    assert 'id="name-error"' in html
    assert 'aria-describedby="name-hint name-error" aria-invalid="true"' in html
    assert "required" not in html


def test_an_optional_field_says_so(draw: Draw) -> None:
    assert "(optional)" in draw("text_field", sent().email)


def test_a_date_marks_only_the_part_to_correct(draw: Draw) -> None:
    html = draw("date_field", sent(born_year="").born)
    assert html.count('aria-invalid="true"') == 1
    assert (
        'id="born_year" name="born_year" inputmode="numeric" autocomplete="bday-year" aria-' in html
    )


def test_none_of_these_stands_apart(draw: Draw) -> None:
    html = draw("choices", sent().tried)
    assert html.index('value="b"') < html.index(">or<") < html.index('value="none"')


def test_a_lone_question_has_the_heading_of_the_page(draw: Draw) -> None:
    assert '<legend class="ask"><h1>Voicemail?</h1></legend>' in draw(
        "choice", sent().voicemail, heading=True
    )


def test_a_time_is_read_with_its_day_and_zone(draw: Draw) -> None:
    full = "Tuesday November 24, Central Time"
    day = {"name": "Tuesday", "date": "November 24", "note": "", "full": full}
    html = draw("time_chips", sent().voicemail, [{**day, "times": [("yes", "9:30 am")]}])
    assert 'id="voicemail" value="yes" checked' in html
    assert "9:30 am<span" in html
    assert ", Tuesday November 24, Central Time</span>" in html


def test_a_score_lies_in_its_band(draw: Draw) -> None:
    html = draw("score_row", "PHQ-9", "mood", 17, 27, "Moderately severe", "", [0, 5, 10, 15, 20])
    assert html.count('class="now"') == 1
    assert '<rect class="now" x="200.4" y="12" width="60.0"' in html


def test_the_highest_score_lies_in_the_last_band(draw: Draw) -> None:
    html = draw("score_row", "PHQ-9", "mood", 27, 27, "Severe", "", [0, 5, 10, 15, 20])
    assert re.findall(r'<rect( class="now")? x', html) == ["", "", "", "", ' class="now"']


def test_a_number_in_a_sentence_becomes_a_link(draw: Draw) -> None:
    line = {"text": "Call 911 now.", "number": "911", "href": "tel:911"}
    assert draw("linked", line) == 'Call <a href="tel:911">911</a> now.'


@pytest.mark.parametrize(
    ("macro", "field"),
    [("text_field", "name"), ("text_field", "days"), ("textarea", "story"), ("date_field", "born")],
)
def test_what_people_type_is_never_markup(draw: Draw, macro: str, field: str) -> None:
    form = sent(name=HOSTILE, days=HOSTILE, story=HOSTILE, born_day=HOSTILE)
    html = draw(macro, form[field])
    assert "<script>" not in html
    assert Markup.escape(HOSTILE) in html


@pytest.mark.parametrize(
    ("macro", "field"),
    [
        ("text_field", "name"),
        ("text_field", "days"),
        ("textarea", "story"),
        ("date_field", "born"),
        ("choice", "voicemail"),
        ("choices", "tried"),
        ("select", "state"),
        ("consent", "ok"),
        ("likert", "mood"),
    ],
)
def test_a_wrong_field_is_sound_html_with_unique_ids(draw: Draw, macro: str, field: str) -> None:
    html = draw(macro, broken()[field])
    parser = html5lib.HTMLParser()
    parser.parseFragment(html)
    ids = re.findall(r' id="([^"]+)"', html)
    named = " ".join(re.findall(r'(?:aria-describedby| for)="([^"]+)"', html)).split()
    assert parser.errors == []
    assert len(ids) == len(set(ids))
    assert set(named) <= set(ids)
    assert broken()[field].anchor in ids


def broken() -> EveryField:
    return sent(
        name="", days="x", story="x" * 50, born_year="", voicemail="?", tried="?", state="?",
        ok=None, mood="?",
    )  # fmt: skip
