"""A clinic's own data files: what they may add, and what is refused."""

import json
from pathlib import Path
from typing import Any

import pytest

from intake.screening.catalog import load_catalog
from intake.screening.errors import InstrumentError
from tests.unit.screening.documents import changed, data


def own_instrument() -> Any:
    return {
        "id": "sleep",
        "version": "1",
        "title": "Sleep",
        "wording": "own",
        "population": "adults",
        "recall": "last week",
        "licence": {"status": "Our own words."},
        "items": [
            {"id": "hours", "kind": "integer", "text": {"en": "Hours?"}, "min": 0, "max": 24}
        ],
    }


def midas_with_words() -> Any:
    document = data("midas") | {"wording": "official"}
    document["licence"] = {"status": "By permission.", "show": {"en": "Used by permission."}}
    for item in document["items"]:
        item["text"] = {"en": f"The wording of {item['id']}"}
    return document


class TestClinicFolder:
    def write(self, folder: Path, document: object, name: str = "own.json") -> Path:
        path = folder / name
        path.write_text(
            document if isinstance(document, str) else json.dumps(document), encoding="utf-8"
        )
        return path

    def test_a_clinic_can_add_an_instrument(self, tmp_path: Path) -> None:
        self.write(tmp_path, own_instrument())
        catalog = load_catalog(tmp_path)
        assert catalog["sleep"].clean({"hours": 7}) == {"hours": 7}
        assert "sleep" not in load_catalog()

    def test_a_clinic_with_permission_can_bring_the_words_of_midas(self, tmp_path: Path) -> None:
        self.write(tmp_path, midas_with_words())
        assert load_catalog(tmp_path)["midas"].languages == ("en",)

    def test_words_cannot_come_with_another_way_to_count(self, tmp_path: Path) -> None:
        path = self.write(tmp_path, changed(midas_with_words(), ("items", 0, "scored"), False))
        with pytest.raises(InstrumentError, match="is there already and differs") as caught:
            load_catalog(tmp_path)
        assert (caught.value.file, caught.value.place) == (str(path), "id")

    def test_a_built_in_instrument_cannot_be_replaced(self, tmp_path: Path) -> None:
        self.write(tmp_path, data("asq"))
        with pytest.raises(InstrumentError, match="asq is there already"):
            load_catalog(tmp_path)

    def test_triggers_no_rule_would_look_at_are_refused(self, tmp_path: Path) -> None:
        document = own_instrument()
        options = [{"id": "a", "label": {"en": "A"}}, {"id": "b", "label": {"en": "B"}}]
        trigger = {"on": ["a"], "level": "clinician_review", "reason": "A"}
        document["items"] = [
            {"id": "x", "kind": "choice", "text": {"en": "X?"}, "options": options}
            | {"triggers": [trigger]}
        ]
        self.write(tmp_path, document)
        with pytest.raises(InstrumentError, match="only the built-in medical screen has triggers"):
            load_catalog(tmp_path)

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("", "is not valid JSON"),
            ("[1, 2", "is not valid JSON"),
            ("[]", "must be an object"),
            ("null", "must be an object"),
            ('{"id": "a", "id": "b"}', "id: is given twice"),
            ('{"id": NaN}', "NaN is no number"),
        ],
    )
    def test_a_file_that_is_no_instrument_is_named(
        self, tmp_path: Path, text: str, reason: str
    ) -> None:
        path = self.write(tmp_path, text)
        with pytest.raises(InstrumentError) as caught:
            load_catalog(tmp_path)
        assert str(caught.value).startswith(f"{path}: ")
        assert reason in str(caught.value)

    def test_a_file_that_is_no_text_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "own.json").write_bytes(b"\xff\xfe\x00")
        with pytest.raises(InstrumentError, match=r"own\.json: cannot be read"):
            load_catalog(tmp_path)

    def test_a_folder_that_is_not_there_is_an_error(self, tmp_path: Path) -> None:
        with pytest.raises(InstrumentError, match="is not a folder"):
            load_catalog(tmp_path / "nowhere")
