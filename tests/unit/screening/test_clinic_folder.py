"""A clinic's own data files: what they may add, and what is refused."""

import json
from pathlib import Path

import pytest

from intake.screening.catalog import load_catalog, read_catalog, use_own
from intake.screening.errors import InstrumentError
from intake.screening.plan import Plan, plan_for
from intake.screening.scoring import score
from tests.unit.screening.documents import (
    MISSING,
    changed,
    data,
    midas_with_words,
    own_instrument,
)


class TestClinicFolder:
    def write(self, folder: Path, document: object, name: str = "own.json") -> Path:
        path = folder / name
        path.write_text(
            document if isinstance(document, str) else json.dumps(document), encoding="utf-8"
        )
        return path

    def plan(self, folder: Path, conditions: list[str], language: str = "en") -> Plan:
        catalog = read_catalog(folder)
        return plan_for(catalog, conditions, language=language, offers_asq=True, offers_gad7=True)

    def test_a_clinic_can_add_an_instrument(self, tmp_path: Path) -> None:
        self.write(tmp_path, own_instrument())
        catalog = read_catalog(tmp_path)
        assert catalog["sleep"].clean({"hours": 7}) == {"hours": 7}
        assert "sleep" not in load_catalog()

    def test_it_is_there_for_the_whole_process(self, tmp_path: Path) -> None:
        self.write(tmp_path, own_instrument())
        use_own(tmp_path)
        assert "sleep" in load_catalog()
        use_own(tmp_path / "nowhere")
        assert "sleep" not in load_catalog()

    @pytest.mark.parametrize(
        ("asked_of", "conditions", "is_asked"),
        [
            (["everyone"], [], True),
            (["ptsd", "migraine"], ["migraine"], True),
            (["ptsd"], ["depression"], False),
        ],
    )
    def test_it_says_of_whom_it_is_asked(
        self, tmp_path: Path, asked_of: list[str], conditions: list[str], is_asked: bool
    ) -> None:
        self.write(tmp_path, own_instrument() | {"asked_of": asked_of})
        asked = {each.id for each in self.plan(tmp_path, conditions).screening}
        assert ("sleep" in asked) == is_asked

    def test_it_is_not_asked_in_a_language_it_has_no_words_in(self, tmp_path: Path) -> None:
        self.write(tmp_path, own_instrument())
        plan = self.plan(tmp_path, [], language="es")
        assert "sleep" in plan.not_offered
        assert "sleep" not in {each.id for each in plan.screening}

    @pytest.mark.parametrize("asked_of", [MISSING, [], ["everybody"], ["everyone", "sadness"]])
    def test_one_that_would_be_asked_of_nobody_is_refused(
        self, tmp_path: Path, asked_of: object
    ) -> None:
        self.write(tmp_path, changed(own_instrument(), ("asked_of",), asked_of))
        with pytest.raises(InstrumentError, match="must name some of everyone, depression") as no:
            read_catalog(tmp_path)
        assert no.value.place == "asked_of"

    def test_one_without_words_is_refused(self, tmp_path: Path) -> None:
        self.write(tmp_path, data("midas") | {"asked_of": ["migraine"]})
        with pytest.raises(InstrumentError, match="items: have no words to ask with"):
            read_catalog(tmp_path)

    def test_its_items_add_up_and_nothing_is_made_up(self, tmp_path: Path) -> None:
        self.write(tmp_path, own_instrument())
        sleep = read_catalog(tmp_path)["sleep"]
        assert score(sleep, {"hours": 7, "rested": "no"}).as_dict() == {
            "total": 9,
            "band": "poor",
            "complete": True,
            "answered": 2,
            "partial_sum": 9,
            "at_least_band": "poor",
        }
        assert score(sleep, {"hours": 7}).as_dict() == {
            "total": None,
            "band": None,
            "complete": False,
            "answered": 1,
            "partial_sum": 7,
            "at_least_band": "good",
        }

    def test_bands_that_end_too_early_are_refused(self, tmp_path: Path) -> None:
        self.write(tmp_path, changed(own_instrument(), ("bands", 1, "max"), 25))
        with pytest.raises(InstrumentError, match="bands: end before the highest total, 26"):
            read_catalog(tmp_path)

    def test_a_clinic_with_permission_can_bring_the_words_of_midas(self, tmp_path: Path) -> None:
        self.write(tmp_path, midas_with_words())
        assert read_catalog(tmp_path)["midas"].languages == ("en",)

    def test_words_cannot_come_with_another_way_to_count(self, tmp_path: Path) -> None:
        path = self.write(tmp_path, changed(midas_with_words(), ("items", 0, "scored"), False))
        with pytest.raises(InstrumentError, match="is there already and differs") as caught:
            read_catalog(tmp_path)
        assert (caught.value.file, caught.value.place) == (str(path), "id")

    def test_a_built_in_instrument_cannot_be_replaced(self, tmp_path: Path) -> None:
        self.write(tmp_path, data("asq"))
        with pytest.raises(InstrumentError, match="asq is there already"):
            read_catalog(tmp_path)

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
            read_catalog(tmp_path)

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
            read_catalog(tmp_path)
        assert str(caught.value).startswith(f"{path}: ")
        assert reason in str(caught.value)

    def test_a_file_that_is_no_text_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "own.json").write_bytes(b"\xff\xfe\x00")
        with pytest.raises(InstrumentError, match=r"own\.json: cannot be read"):
            read_catalog(tmp_path)

    def test_a_folder_that_is_not_there_is_an_error(self, tmp_path: Path) -> None:
        with pytest.raises(InstrumentError, match="is not a folder"):
            read_catalog(tmp_path / "nowhere")
