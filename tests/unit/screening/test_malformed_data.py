"""A malformed data file is refused, with the place and the reason."""

from typing import Any

import pytest

from intake.screening.errors import ShapeError
from intake.screening.read_instrument import read_instrument
from intake.screening.rules import PLACEHOLDERS, read_rules
from intake.screening.shape import Node
from tests.unit.screening.answers import CATALOG
from tests.unit.screening.documents import MISSING, Place, changed, data

PHQ9 = data("phq9")
SCREEN = data("ketamine_safety_screen")
FREQUENCY = ("option_sets", "phq_freq", "options")


class TestMalformed:
    @pytest.mark.parametrize(
        ("document", "path", "value", "place", "reason"),
        [
            (PHQ9, ("id",), MISSING, "id", "must be text"),
            (PHQ9, ("id",), "../phq9", "id", "letters, digits"),
            (PHQ9, ("version",), " ", "version", "must not be empty"),
            (PHQ9, ("version",), 1, "version", "must be text"),
            (PHQ9, ("titel",), "PHQ-9", "titel", "is not known here"),
            (PHQ9, ("wording",), "good", "wording", "must be one of official, own, none"),
            (PHQ9, ("licence",), MISSING, "licence", "must be an object"),
            (PHQ9, ("licence", "show", "es"), MISSING, "licence.show.es", "licence line"),
            (PHQ9, ("instructions", "english"), "Over", "instructions.english", "language code"),
            (PHQ9, ("loinc", "panel"), "44249-2", "loinc.panel", "not a LOINC code"),
            (PHQ9, ("items",), {}, "items", "must be a list"),
            (PHQ9, ("items",), [], "items", "at least one item"),
            (PHQ9, ("items", 3, "id"), "q1", "items[3].id", "is used twice"),
            (PHQ9, ("items", 3, "kind"), "slider", "items[3].kind", "must be one of choice"),
            (PHQ9, ("items", 3, "options"), "freq", "items[3].options", "must be one of phq_freq"),
            (PHQ9, ("items", 3, "options"), MISSING, "items[3].options", "at least two"),
            (PHQ9, ("items", 3, "kind"), "text", "items[3].options", "has no options"),
            (PHQ9, ("items", 3, "scored"), 1, "items[3].scored", "must be true or false"),
            (PHQ9, ("items", 3, "min"), 0, "items[3].min", "only an item of kind integer"),
            (PHQ9, ("items", 3, "max_length"), 9, "items[3].max_length", "only an item of kind"),
            (PHQ9, ("items", 3, "text"), {}, "items", "no language has the wording"),
            (PHQ9, ("items", 9, "show_if", 0, "sum", 0), "q10", "items[9].show_if[0].sum[0]", ""),
            (
                PHQ9,
                ("items", 9, "show_if", 0, "sum"),
                [],
                "items[9].show_if[0].sum",
                "at least one",
            ),
            (PHQ9, ("items", 9, "show_if", 0, "at_least"), 1.0, "items[9].show_if[0].at_least", ""),
            (PHQ9, ("items", 8, "counts_when_hidden"), [4], "items[8].counts_when_hidden[0]", ""),
            (
                PHQ9,
                ("items", 8, "counts_when_hidden"),
                [True],
                "items[8].counts_when_hidden[0]",
                "",
            ),
            (PHQ9, ("gate", "sum"), ["q2", "q3"], "gate.sum", "must be the first ones"),
            (PHQ9, (*FREQUENCY, 1, "value"), 0, "option_sets.phq_freq.options[1]", "repeats"),
            (PHQ9, (*FREQUENCY, 1, "score"), 2, "option_sets.phq_freq.options[1].score", "own id"),
            (PHQ9, (*FREQUENCY, 1), {"id": "a"}, "option_sets.phq_freq.options[1].label", "label"),
            (
                PHQ9,
                (*FREQUENCY, 1),
                {"id": "a", "label": {"en": "A"}},
                "option_sets.phq_freq.options",
                "mixes numbers and ids",
            ),
            (PHQ9, ("bands", 1, "min"), 6, "bands[1].min", "must be 5"),
            (PHQ9, ("bands", 1, "max"), 3, "bands[1].max", "must be from 5"),
            (PHQ9, ("bands", 1, "max"), None, "bands[2]", "without an upper end"),
            (PHQ9, ("flags", 0, "level"), "red", "flags[0].level", "must be one of note"),
            (SCREEN, ("items", 0, "triggers", 0, "on"), ["yes"], "items[0].triggers[0].on[0]", ""),
            (SCREEN, ("items", 0, "triggers", 0, "on"), [], "items[0].triggers[0].on", "at least"),
            (
                SCREEN,
                ("items", 0, "triggers", 0, "level"),
                "urgent",
                "items[0].triggers[0].level",
                "",
            ),
            (SCREEN, ("sources", "SWISS"), MISSING, "sources.SWISS", "is cited by bp"),
            (SCREEN, ("items", 24, "max_length"), 0, "items[24].max_length", "must be from 1"),
            (data("midas"), ("items", 0, "max"), -1, "items[0].max", "must be from 0"),
            (
                data("pc_ptsd_5"),
                ("option_sets", "yes_no", "options", 0, "score"),
                MISSING,
                "items[1].options",
                "needs a score",
            ),
            (
                data("pc_ptsd_5"),
                ("items", 1, "show_if", 0, "is"),
                [],
                "items[1].show_if[0].is",
                "at least one value",
            ),
        ],
    )
    def test_it_names_the_place_and_the_reason(
        self, document: Any, path: Place, value: object, *, place: str, reason: str
    ) -> None:
        with pytest.raises(ShapeError) as caught:
            read_instrument(Node(changed(document, path, value)))
        assert caught.value.place == place
        assert reason in caught.value.reason

    @pytest.mark.parametrize(
        ("path", "value", "place", "reason"),
        [
            (("rules", 0), MISSING, "rules", "lacks S1"),
            (("rules", 1, "id"), "S1", "rules[1].id", "is used twice"),
            (("rules", 0, "id"), "S9", "rules[0].id", "is not a rule"),
            (("rules", 0, "level"), "high", "rules[0].level", "must be one of note"),
            (("rules", 2, "staff_text"), "ASQ {name}", "rules[2].staff_text", "cannot use {name}"),
            (("rules", 2, "staff_text"), "ASQ {which", "rules[2].staff_text", "unmatched brace"),
        ],
    )
    def test_a_rule_table_with_a_hole_is_refused(
        self, path: Place, value: object, place: str, reason: str
    ) -> None:
        with pytest.raises(ShapeError) as caught:
            read_rules(Node(changed(data("triage_rules"), path, value)))
        assert caught.value.place == place
        assert reason in caught.value.reason

    def test_every_placeholder_is_used(self) -> None:
        for rule in CATALOG.rules.table.values():
            assert all(f"{{{name}}}" in rule.staff_text for name in PLACEHOLDERS[rule.id])
