"""Turning a message into subject, text and HTML, in an environment that reaches nothing else.

The templates see the stored words and numbers of one message and no more: no request, no clinic,
no record, not even the usual globals of Jinja. What is not in the context cannot get into a mail.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, PrefixLoader, StrictUndefined
from jinja2.defaults import DEFAULT_NAMESPACE
from jinja2.sandbox import ImmutableSandboxedEnvironment

from intake.core.i18n import catalog
from intake.notifications.texts import OwnWords

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "templates" / "emails"

Value = str | int | float
NOTHING_OWN = OwnWords()


@dataclass(frozen=True)
class Rendered:
    """The words of one mail; the subject is a single line."""

    subject: str
    text: str
    html: str


def render(
    name: str, context: Mapping[str, Value], language: str, *, own: OwnWords = NOTHING_OWN
) -> Rendered:
    """The mail `name` in a language, such as "en", with the clinic's own words, if it has any.

    Raises jinja2.TemplateError when a template is missing, wrong or asks for a value that the
    context does not hold, and TypeError when the context holds more than words and numbers.
    """
    for key, value in context.items():
        if not isinstance(value, Value):
            raise TypeError(f"{key} of a mail's context is neither words nor a number")
    environment = _environment(language)
    words = {"own_opening": own.opening, "own_closing": own.closing}
    values = {**context, "language": language, **words}

    def part(ending: str) -> str:
        return environment.get_template(f"emails/{name}.{ending}").render(values)

    return Rendered(
        subject=" ".join(part("subject.txt").split()),
        text=_plain_lines(part("txt")),
        html=part("html"),
    )


@lru_cache(maxsize=8)
def _environment(language: str) -> Environment:
    environment = ImmutableSandboxedEnvironment(
        loader=PrefixLoader({"emails": FileSystemLoader(TEMPLATES)}),
        undefined=StrictUndefined,
        auto_reload=False,  # or each mail looks at the date of eight files
        autoescape=lambda name: name is not None and name.endswith(".html"),
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    for name in DEFAULT_NAMESPACE:
        del environment.globals[name]
    # The extension adds these methods by name, which type checkers cannot see.
    environment.install_gettext_translations(catalog(language), newstyle=True)  # type: ignore[attr-defined]
    return environment


def _plain_lines(text: str) -> str:
    """Text with at most one empty line between paragraphs and one line break at its end."""
    lines = "\n".join(line.rstrip() for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip() + "\n"
