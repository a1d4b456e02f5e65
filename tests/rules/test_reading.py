"""Our own words are plain: a child of twelve can read each page and mail (US grade 6).

The grade is that of Flesch and Kincaid (1975). It is a smoke alarm, no proof: it counts the words
of a sentence and the syllables of a word, and knows nothing of what they mean.
"""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "templates"
PAGES = [*TEMPLATES.glob("patient/*.html"), TEMPLATES / "errors" / "patient.html"]
MAILS = [*TEMPLATES.glob("emails/*.txt")]
MODULES = [*(ROOT / "intake" / "patient").glob("*.py"), ROOT / "intake" / "web" / "errors.py"]
SAID = re.compile(r'\b(?:_|_l|gettext)\(\s*"((?:[^"\\]|\\.)*)"')
HIGHEST_GRADE = 6
LONGEST_SENTENCE = 27
"""Words."""
ENOUGH = 40
"""Words that a grade can be computed of."""
APPROVED = ("Spravato", "If things get worse", "Ketamine is approved by the FDA")
"""Words of clinicians, which are not ours to shorten."""


def said_in(path: Path) -> list[str]:
    """The sentences that a file says, in its order; a line without a full stop is one, too."""
    texts = [
        text for text in SAID.findall(path.read_text("utf-8")) if not text.startswith(APPROVED)
    ]
    plain = (re.sub(r"%\(\w+\)s", "three", text) for text in texts)
    sentences = (each for text in plain for each in re.split(r"(?<=[.?:])\s+", text))
    return [each for each in sentences if re.search(r"\w", each)]


def words_of(sentence: str) -> list[str]:
    return re.findall(r"[A-Za-z’'-]+|\d+", sentence)


def syllables(word: str) -> int:
    """About how many: groups of vowels, but for a silent e."""
    plain = re.sub(r"[^a-z]", "", word.lower())
    silent = re.sub(r"(?<=[^aeiouyl])e[sd]?$", "", plain)
    return max(1, len(re.findall(r"[aeiouy]+", silent)))


def grade(sentences: list[str]) -> float:
    words = [word for sentence in sentences for word in words_of(sentence)]
    parts = sum(map(syllables, words))
    return 0.39 * len(words) / len(sentences) + 11.8 * parts / len(words) - 15.59


def test_the_grade_tells_hard_words_from_easy_ones() -> None:
    assert grade(["We call you.", "You can say no at any time."]) < 2
    assert grade(["Institutional considerations necessitate multidisciplinary evaluation."]) > 20


@pytest.mark.parametrize("paths", [PAGES, MAILS, MODULES], ids=["pages", "mails", "modules"])
def test_our_words_are_plain(paths: list[Path]) -> None:
    said = {path.name: said_in(path) for path in paths}
    grades = {
        name: round(grade(sentences), 1)
        for name, sentences in said.items()
        if sum(len(words_of(each)) for each in sentences) >= ENOUGH
    }
    assert grades
    assert {name: each for name, each in grades.items() if each > HIGHEST_GRADE} == {}


@pytest.mark.parametrize("paths", [PAGES, MAILS, MODULES], ids=["pages", "mails", "modules"])
def test_a_sentence_holds_one_idea(paths: list[Path]) -> None:
    sentences = [each for path in paths for each in said_in(path)]
    assert [each for each in sentences if len(words_of(each)) > LONGEST_SENTENCE] == []
