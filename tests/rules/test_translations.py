"""Every word for patients is translated, and what is compiled is what was translated."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from intake.core.i18n import LANGUAGES, TRANSLATIONS

ROOT = Path(__file__).parents[2]
TRANSLATED = sorted(set(LANGUAGES) - {"en"})
PLACEHOLDER = re.compile(r"%\(\w+\)s")
SAID_BY = {"_": 0, "_l": 0, "gettext": 0, "lazy_gettext": 0, "gettext_in": 1}
"""Functions that translate, and which of their arguments holds the words."""
FOR_STAFF = {"staff", "accounts"}
NEVER = {
    "es": re.compile(
        r"[!¡]|elegible|\bcalific|buen candidato|riesgo|alivio rápido|garantiza|víctima|\bsufr"
        r"|\bpositiv|\bnegativ|\btú\b|\btus?\b|\bti\b|\bcontigo\b",
        re.I,
    )
}
"""No promise, no label, no blame; and nobody is addressed as "tú"."""


@pytest.fixture(scope="module")
def in_the_code(tmp_path_factory: pytest.TempPathFactory) -> set[object]:
    """What is said to patients, gathered with the options that `make messages` uses."""
    line = next(row for row in (ROOT / "Makefile").open() if "pybabel -q extract" in row)
    options = line.split("pybabel", 1)[1].split("-o ")[0].split()
    found = tmp_path_factory.mktemp("messages") / "messages.pot"
    command = [sys.executable, "-m", "babel.messages.frontend", *options, "-o", found, "."]
    subprocess.run(command, cwd=ROOT, check=True)
    with found.open("rb") as file:
        return {message.id for message in read_po(file) if message.id}


def said_in(path: Path) -> Iterator[str]:
    """All words that a module hands to gettext, also where `make messages` does not look."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            place = SAID_BY.get(node.func.id)
            words = node.args[place] if place is not None and len(node.args) > place else None
            if isinstance(words, ast.Constant) and isinstance(words.value, str):
                yield words.value


def test_all_that_is_said_is_gathered(in_the_code: set[object]) -> None:
    """The words of a call inside of an f-string are not: give them a name of their own."""
    gathered = {key[0] if isinstance(key, tuple) else key for key in in_the_code}
    modules = (ROOT / "intake").glob("*/*.py")
    patients = (path for path in modules if path.parent.name not in FOR_STAFF)
    said = {words for path in patients for words in said_in(path)}
    assert len(said) > 100
    assert said <= gathered


def catalog(language: str) -> Catalog:
    with (TRANSLATIONS / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=language, domain="messages")


def messages(language: str) -> list[Message]:
    return [message for message in catalog(language) if message.id]


def versions(message: Message) -> list[tuple[str, str]]:
    """Each form of a message beside its translation."""
    if isinstance(message.id, str):
        return [(message.id, message.string)]
    return list(zip(message.id, message.string, strict=True))


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_catalog_holds_what_the_code_says(language: str, in_the_code: set[object]) -> None:
    """After a change of words: `make messages`, translate what is new, `make messages` again."""
    assert {message.id for message in messages(language)} == in_the_code


@pytest.mark.parametrize("language", TRANSLATED)
def test_nothing_is_untranslated_or_guessed(language: str) -> None:
    for message in messages(language):
        assert not message.fuzzy, message.id
        assert all(said.strip() for _words, said in versions(message)), message.id


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_fill_in_the_same_values(language: str) -> None:
    for message in messages(language):
        for words, said in versions(message):
            assert set(PLACEHOLDER.findall(said)) == set(PLACEHOLDER.findall(words)), words


@pytest.mark.parametrize("language", TRANSLATED)
def test_what_is_compiled_is_what_was_translated(language: str) -> None:
    compiled = BytesIO()
    write_mo(compiled, catalog(language))
    stored = TRANSLATIONS / language / "LC_MESSAGES" / "messages.mo"
    assert stored.read_bytes() == compiled.getvalue(), "run `make messages`"


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_never_promise_or_label(language: str) -> None:
    for message in messages(language):
        for words, said in versions(message):
            assert not NEVER[language].search(said), words


@pytest.mark.parametrize("language", TRANSLATED)
def test_numbers_to_call_are_kept(language: str) -> None:
    """Only the help line's option for the language may come on top."""
    for message in messages(language):
        for words, said in versions(message):
            numbers = re.findall(r"\d{2,}", words)
            assert set(numbers) <= set(re.findall(r"\d{2,}", said)), words
