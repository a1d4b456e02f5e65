"""The base form: summary, storage, and reading the request."""

import json

import pytest
from flask import Flask
from wtforms.validators import ValidationError

from intake.core.i18n import init_languages
from intake.web.fields import EmailField, TextField
from intake.web.forms import Form
from tests.unit.web.forms_for_tests import EveryField, sent


def test_a_good_form_has_no_problems() -> None:
    assert sent().error_summary() == []


def test_the_summary_points_at_the_first_wrong_input_in_page_order() -> None:
    form = sent(days="x", born_year="", name="")
    assert form.error_summary() == [
        ("name", "Enter your first name"),
        ("born_year", "Date of birth must include a year"),
        ("days", "Enter a number from 0 to 30"),
    ]


def test_values_survive_storage() -> None:
    values = sent(tried=["b"]).values()
    again = EveryField.fill(json.loads(json.dumps(values)))
    assert again.values() == values
    assert values["born"] == "1985-03-27"
    assert values["mood"] == 1


def test_described_by_names_hint_and_error() -> None:
    assert sent().name.described_by == "name-hint"
    assert sent(name="").name.described_by == "name-hint name-error"
    assert sent().voicemail.described_by == ""


@pytest.fixture
def app() -> Flask:
    app = Flask(__name__)
    init_languages(app, lambda: ["en"])
    return app


class Reach(Form):
    email = EmailField("Email", optional=True)
    name = TextField("Name")

    def validate_email(self, field: EmailField) -> None:
        if not field.data:
            raise ValidationError("Enter an email address, or choose another way")


def test_a_rule_of_the_page_also_sees_an_empty_optional_answer(app: Flask) -> None:
    with app.test_request_context("/", method="POST", data={"name": "Dana"}):
        form = Reach()
        assert not form.validate_on_submit()
    assert form.email.error == "Enter an email address, or choose another way"


def test_an_empty_post_is_not_taken_for_the_stored_answers(app: Flask) -> None:
    with app.test_request_context("/", method="POST"):
        form = Reach(data={"name": "Dana", "email": "dana@example.com"})
        assert not form.validate_on_submit()


def test_a_get_shows_the_stored_answers(app: Flask) -> None:
    with app.test_request_context("/"):
        form = Reach(data={"name": "Dana"})
        assert not form.validate_on_submit()
    assert form.name.shown == "Dana"
