"""What the product's own data files hold."""

import pytest

from intake.screening.catalog import load_catalog
from intake.screening.instrument import Wording
from intake.screening.item import Item, Kind
from intake.screening.level import Level
from tests.unit.screening.answers import CATALOG

OFFICIAL = ("asq", "gad7", "pc_ptsd_5", "peg", "phq9")
OWN = [item for each in CATALOG.values() if each.wording is Wording.OWN for item in each.items]


def test_it_holds_every_instrument_of_the_product() -> None:
    assert sorted(CATALOG) == [
        *("asq", "gad7", "headache_burden", "history", "ketamine_safety_screen"),
        *("midas", "pain_profile", "pc_ptsd_5", "peg", "phq9"),
    ]
    assert len(CATALOG) == 10
    assert CATALOG["phq9"].id == "phq9"


def test_it_is_read_once() -> None:
    assert load_catalog() is load_catalog()


def test_official_instruments_carry_codes_and_the_line_to_show() -> None:
    for key in OFFICIAL:
        instrument = CATALOG[key]
        assert instrument.wording is Wording.OFFICIAL
        assert instrument.licence.show["en"]
        assert instrument.loinc["panel"]
        assert all(item.loinc for item in instrument.items)


def test_every_answer_of_the_phq9_has_its_code() -> None:
    codes = [option.loinc for option in CATALOG["phq9"].item("q10").options]
    assert codes == ["LA6572-7", "LA6573-5", "LA6575-0", "LA6574-3"]
    assert CATALOG["phq9"].item("q1").answer_list == "LL358-3"


def test_spanish_is_offered_only_where_official_text_exists() -> None:
    assert [key for key in OFFICIAL if "es" in CATALOG[key].languages] == ["gad7", "phq9"]


@pytest.mark.parametrize("item", OWN, ids=lambda item: item.id)
def test_our_own_questions_are_whole_in_spanish(item: Item) -> None:
    """Instruments know their languages by their questions; help and examples may not lag behind."""
    helps = [item.help, *(option.help for option in item.options)]
    assert all("es" in words for words in [item.text, item.examples, *helps] if words)
    for code, examples in item.examples.items():
        assert len(examples) == len(item.examples["en"]), code


def test_midas_is_arithmetic_without_words() -> None:
    midas = CATALOG["midas"]
    assert midas.wording is Wording.NONE
    assert midas.languages == ()
    assert not any(item.text for item in midas.items)


def test_our_own_words_await_a_clinician() -> None:
    own = {key for key in CATALOG if CATALOG[key].wording is Wording.OWN}
    assert own == {"headache_burden", "history", "ketamine_safety_screen", "pain_profile"}
    assert not any(CATALOG[key].reviewed for key in own)


def test_the_safety_screen_never_raises_more_than_a_review() -> None:
    triggers = [t for i in CATALOG["ketamine_safety_screen"].items for t in i.triggers]
    assert {trigger.level for trigger in triggers} == {None, Level.CLINICIAN_REVIEW}


def test_every_medical_question_but_the_list_has_a_trigger() -> None:
    items = CATALOG["ketamine_safety_screen"].items
    assert [item.id for item in items if not item.triggers] == ["med_list"]
    assert len(items) == 25


def test_free_text_is_bounded_and_optional() -> None:
    texts = [i for key in CATALOG for i in CATALOG[key].items if i.kind is Kind.TEXT]
    assert all(item.optional and item.max_length for item in texts)


def test_bands_cover_every_total() -> None:
    assert [CATALOG["phq9"].band(total).id for total in (4, 5, 27)] == [
        *("none_minimal", "mild", "severe")
    ]
    with pytest.raises(ValueError, match="no band"):
        CATALOG["phq9"].band(28)


def test_rules_have_their_order_and_levels() -> None:
    levels = [(key, rule.level) for key, rule in CATALOG.rules.table.items() if rule.level]
    assert levels == [
        ("S1", Level.URGENT_ACUTE),
        ("S2", Level.URGENT_ACUTE),
        ("S3", Level.URGENT),
        ("S4", Level.URGENT),
        ("H1", Level.URGENT),
        ("S5", Level.CLINICIAN_REVIEW),
        ("S6", Level.CLINICIAN_REVIEW),
        ("D1", Level.CLINICIAN_REVIEW),
        ("M1", Level.CLINICIAN_REVIEW),
        ("M2", Level.CLINICIAN_REVIEW),
        ("R0", Level.ROUTINE),
    ]
