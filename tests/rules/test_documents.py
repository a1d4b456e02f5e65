"""What the documents say of the clinic's file and of each other is true."""

import json
import re
from pathlib import Path

import pytest

from intake.accounts.permissions import ROLES, Permission, permissions_of
from intake.clinic.clinic import EXAMPLE_CLINIC
from intake.clinic.document import read_clinic, refuse_unknown, write_clinic
from intake.clinic.safety import gaps
from intake.scheduling.meeting import NAMES
from intake.staff.words import ROLES as ROLE_WORDS

ROOT = Path(__file__).parents[2]
DOCUMENTS = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("docs/adr/*.md")]
LINK = re.compile(r"\]\(([^)#]*)(?:#([\w-]+))?\)")
FIELD = re.compile(r"^\| `(\w+)` \| (.+) \| `(.+)` \|$", re.MULTILINE)
EXPLAINED = {
    name: json.loads(example)
    for name, _, example in FIELD.findall((ROOT / "docs" / "clinic.md").read_text("utf-8"))
}


def test_every_field_of_the_clinics_file_is_explained_and_no_other() -> None:
    assert set(EXPLAINED) == {*write_clinic(EXAMPLE_CLINIC), *NAMES, "providers"}


def test_the_examples_make_a_clinic_that_may_start() -> None:
    refuse_unknown(EXPLAINED, known=("providers", *NAMES))
    clinic = read_clinic(EXPLAINED)
    assert gaps(clinic) == []
    again = write_clinic(clinic)
    for name in set(again) - {"weekly_hours"}:  # its times are written with seconds
        assert again[name] == EXPLAINED[name]
    assert len(again["weekly_hours"]["0"]) == 2


def test_the_table_of_roles_is_the_one_that_is_checked() -> None:
    text = (ROOT / "docs" / "roles.md").read_text("utf-8")
    table = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    assert table[0] == ["may", *(ROLE_WORDS[role] for role in ROLES)]
    allowed = [[each in permissions_of([role]) for role in ROLES] for each in Permission]
    marks = [["yes" if may else "–" for may in row] for row in allowed]
    assert table[1:] == [[each.value, *row] for each, row in zip(Permission, marks, strict=True)]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_between_documents_lead_somewhere(path: Path) -> None:
    for target, heading in LINK.findall(path.read_text("utf-8")):
        if re.match(r"\w+:", target):
            continue
        file = path.parent / target if target else path
        assert file.exists(), target
        if heading:
            assert heading in headings(file), heading


def test_every_picture_is_shown_and_every_picture_shown_exists() -> None:
    shown = (re.findall(r"images/([\w-]+\.png)", path.read_text("utf-8")) for path in DOCUMENTS)
    taken = {path.name for path in (ROOT / "docs" / "images").iterdir()}
    assert {name for names in shown for name in names} == taken


def headings(file: Path) -> set[str]:
    """The anchors of a document's headings, as code hosts make them."""
    titles = re.findall(r"^#+ (.+)$", file.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}
