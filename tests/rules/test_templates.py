"""Every template is used, safe and small."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "templates"
PAGES = sorted(
    path for path in TEMPLATES.rglob("*.html") if path.relative_to(TEMPLATES).parts[0] != "emails"
)
MAILS = sorted((TEMPLATES / "emails").glob("*.html"))
NAMED = re.compile(r"""["']([\w/.-]+\.(?:html|txt))["']""")
IMPORTED = re.compile(r'{%-?\s*from\s+"[^"]+"\s+import\s+([\w ,]+?)\s*(?:with context\s*)?-?%}')


def name(path: Path) -> str:
    return str(path.relative_to(TEMPLATES))


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_it_has_no_inline_code_and_trusts_nothing(path):
    text = re.sub(r"{#.*?#}", "", path.read_text(), flags=re.S)
    assert not re.search(r"<style|<script(?![^>]*src=)|\sstyle=|\son\w+=|javascript:", text)
    assert not re.search(r"\|\s*safe|autoescape|Markup", text)


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_it_uses_what_it_imports(path):
    text = path.read_text()
    for names in IMPORTED.findall(text):
        for imported in names.split(","):
            word = imported.split(" as ")[-1].strip()
            assert len(re.findall(rf"\b{word}\b", text)) > 1, f"{word} is not used"


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_it_is_at_most_110_lines(path):
    assert len(path.read_text().splitlines()) <= 110


def test_every_template_is_used():
    sources = [*ROOT.glob("intake/**/*.py"), *TEMPLATES.rglob("*.*")]
    used = {found for path in sources for found in NAMED.findall(path.read_text())}
    unused = [name(path) for path in PAGES if name(path) not in used]
    built = ("errors/", "security/")  # chosen by name at run time
    assert [path for path in unused if not path.startswith(built)] == []


@pytest.mark.parametrize("path", MAILS, ids=name)
def test_every_mail_has_a_subject_a_text_and_an_html_part(path):
    for ending in (".subject.txt", ".txt"):
        assert path.with_name(path.stem + ending).is_file()


def test_every_mail_that_is_asked_for_has_templates():
    calls = re.compile(r'(?:enqueue|_tell|_news|_tell_staff|_send|daily\.send)\(\s*"(\w+)"')
    sources = [path.read_text() for path in ROOT.glob("intake/**/*.py")]
    asked = {name for source in sources for name in calls.findall(source)}
    assert asked == {path.stem for path in MAILS}
