"""Every template is used, safe and small."""

import re
from pathlib import Path

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


def test_pages_have_no_inline_code_and_trust_nothing():
    inline = r"<style|<script(?![^>]*src=)|\sstyle=|\son\w+=|javascript:"
    found = re.compile(rf"{inline}|\|\s*safe|autoescape|Markup")
    texts = {name(path): re.sub(r"{#.*?#}", "", path.read_text(), flags=re.S) for path in PAGES}
    assert {page: found.findall(text) for page, text in texts.items() if found.search(text)} == {}


def test_pages_use_what_they_import():
    assert [f"{name(path)}: {word}" for path in PAGES for word in unused(path.read_text())] == []


def unused(text: str) -> list[str]:
    imported = [each for names in IMPORTED.findall(text) for each in names.split(",")]
    words = [each.split(" as ")[-1].strip() for each in imported]
    return [word for word in words if len(re.findall(rf"\b{word}\b", text)) < 2]


def test_pages_have_at_most_110_lines():
    assert [name(path) for path in PAGES if len(path.read_text().splitlines()) > 110] == []


def test_every_template_is_used():
    sources = [*ROOT.glob("intake/**/*.py"), *TEMPLATES.rglob("*.*")]
    used = {found for path in sources for found in NAMED.findall(path.read_text())}
    names = {name(path) for path in PAGES} - used
    built = ("errors/", "security/", "development/components/")  # chosen by name at run time
    assert [path for path in names if not path.startswith(built)] == []


def test_every_mail_has_a_subject_a_text_and_an_html_part():
    parts = [path.with_suffix(ending) for path in MAILS for ending in (".subject.txt", ".txt")]
    assert [name(path) for path in parts if not path.is_file()] == []


def test_every_mail_that_is_asked_for_has_templates():
    calls = re.compile(r'(?:enqueue|_?post|_tell|_news|_tell_staff|_send|daily\.send)\(\s*"(\w+)"')
    sources = [path.read_text() for path in ROOT.glob("intake/**/*.py")]
    asked = {name for source in sources for name in calls.findall(source)}
    assert asked == {path.stem for path in MAILS}
