"""Words guard: what a validated instrument says must not change by accident, not by a character.

A failure here means that wording, options, introductions or licence lines were edited. Official
words are restored from the source the data file cites. Our own may change, together with the
instrument's version, so that stored answers can be read beside the questions they answered.
"""

import hashlib
import json
from collections.abc import Iterator

import pytest

from intake.screening.instrument import Instrument
from intake.screening.item import Item
from tests.unit.screening.answers import CATALOG

FINGERPRINTS = {
    ("asq", "1.0"): {
        "(frame)": "55827e476563f60a",
        "q1": "649a0fa2693288db",
        "q2": "125a2fc0c3799be4",
        "q3": "f96b3fc33a743f3c",
        "q4": "418f318c4b999d15",
        "q5": "32d016e4dfd84e5e",
    },
    ("gad7", "1.0"): {
        "(frame)": "470a30f93233435e",
        "q1": "5dce952afa45a937",
        "q2": "92d09d769bea055c",
        "q3": "723b9d1a2a4ee8ef",
        "q4": "74954a0d16a7e472",
        "q5": "2072ce3a12533133",
        "q6": "e8813c3c6583b212",
        "q7": "94b686b7afb086f6",
    },
    ("headache_burden", "1.0"): {
        "(frame)": "f1926fd00c090239",
        "headache_days": "3bb9be8f4e7a5ab4",
        "migraine_days": "0dd44eed5b73ad16",
        "over_3_months": "b2f87721d32de976",
        "limited_days": "7851415cb952f50a",
        "usual_pain": "d1f7cac4133d24e4",
        "triptan_days": "10982291c05f4978",
        "simple_days": "813cc8c921a338b6",
        "diagnosed": "37242db4ade389de",
        "emergency_now": "aec76de0fda8257d",
    },
    ("history", "1.0"): {
        "(frame)": "6cd9b5216c6b8fb0",
        "conditions": "96ccf824e001adae",
        "diagnosed_by_depression": "2ae3df2a281066f3",
        "diagnosed_by_chronic_pain": "f53679582702d189",
        "diagnosed_by_ptsd": "a7a7d057028b11b0",
        "diagnosed_by_migraine": "4b15bdd892d86cdf",
        "diagnosed_by_other": "85391cbe0d4e0571",
        "ad_trials": "1b4db4cecb349b29",
        "ad_classes": "125d9f189ed31c4c",
        "ad_effect_ssri": "2790ac890a422cc8",
        "ad_effect_snri": "52fbc5ce2ac699cc",
        "ad_effect_bupropion": "9298f9051052c2e8",
        "ad_effect_mirtazapine_trazodone": "a664d2649e4d85c2",
        "ad_effect_tricyclic": "a255cf1cfed6f002",
        "ad_effect_maoi": "d7019635bae14654",
        "ad_effect_added_medicine": "5520d86ad9be0f10",
        "ad_effect_tms": "50964b3a5067ec1a",
        "ad_effect_ect": "13c6f9119431b544",
        "ad_effect_ketamine": "e1df5b2db826e969",
        "ad_effect_talk_therapy": "b07adea81bfb44f0",
        "pain_treatments": "4d13043f48dc2fbc",
        "ptsd_treatments": "1af4676bc2cca9cf",
        "migraine_treatments": "bc2f12b83f40dd29",
        "current_provider": "dd2096d7b848ca87",
        "provider_name": "1aebaf5f529a4950",
        "provider_phone": "f6c37fd688156d6b",
        "provider_contact": "46bcd795b91aa87d",
        "pay": "7dd8a0f584470066",
        "heard": "ad49f1ff77999803",
        "anything_else": "a93a260dd9ab117d",
    },
    ("ketamine_safety_screen", "1.0"): {
        "(frame)": "b83e9a32f2f3f90c",
        "bp": "6683e73c17ec2ad2",
        "heart": "d3b7fd9d8fedded6",
        "stroke": "83c35089e3a7f00b",
        "vascular": "0897d5c69db64586",
        "recent_event": "2a6d25a2a33c35ae",
        "icp": "b7f5a499c0fa484b",
        "eye": "1dbe9d0098ed7908",
        "psychosis": "b902e5e6ec4c34dd",
        "mania": "29bc9e2262ed65aa",
        "substance": "b1c028ea0651ac3e",
        "ketamine_misuse": "b331fe0255879fdd",
        "liver": "07808a5111d7bdd0",
        "bladder": "b5e1655cbb81e866",
        "kidney": "024558afd44f7604",
        "thyroid": "d0c53e3127be59db",
        "porphyria": "302e6614e7913a16",
        "seizure": "49e4dce5e66cab83",
        "breathing": "1a310db18684e5bd",
        "pregnant": "b4c101e699562b76",
        "breastfeeding": "3ff655be005272c2",
        "allergy": "19bf96f3d2ea1320",
        "prior_ketamine": "089d9856d7020ee5",
        "driver": "c22396a5892ed368",
        "med_classes": "c0072d73fa564524",
        "med_list": "3922b4852521fec1",
    },
    ("midas", "1.0"): {
        "(frame)": "7524de267083e900",
        "q1": "964b423a0eb0a0d5",
        "q2": "964b423a0eb0a0d5",
        "q3": "964b423a0eb0a0d5",
        "q4": "964b423a0eb0a0d5",
        "q5": "964b423a0eb0a0d5",
        "a": "964b423a0eb0a0d5",
        "b": "94d38d133d525afe",
    },
    ("pain_profile", "1.0"): {
        "(frame)": "969f029dc92140de",
        "duration": "a1aea62c7ecc5c56",
        "sites": "d9bb379f377aa0b5",
        "cause": "0a55fb4db1b80b2c",
        "opioid_now": "f0d5b85ee6e0936b",
    },
    ("pc_ptsd_5", "1.0"): {
        "(frame)": "ac188992203b12a7",
        "exposure": "378e6f28143a5ef4",
        "q1": "15d88d5046d0b4b7",
        "q2": "e3195a6d387d835d",
        "q3": "7f7bdcc0b0dc94af",
        "q4": "5fdbd7c1f3750650",
        "q5": "2eea2de8acb59c59",
    },
    ("peg", "1.0"): {
        "(frame)": "fd9cb306cf07ab58",
        "p": "9c06a31758fd4b5c",
        "e": "e432c95f0146b505",
        "g": "69f0ed9e9c21deeb",
    },
    ("phq9", "1.0"): {
        "(frame)": "ce8f5ab0fe31b328",
        "q1": "b2444f54149b3aea",
        "q2": "dc56af49ece5e910",
        "q3": "ffad9fe71360b8f5",
        "q4": "9ab53241bedf569d",
        "q5": "68e10abb365ab127",
        "q6": "d9d41265c5452fc7",
        "q7": "33d78a59112f714a",
        "q8": "b4591b73948c03bd",
        "q9": "40336a58c43fff4c",
        "q10": "49a77b847deaa396",
    },
}


def words(item: Item) -> Iterator[object]:
    yield from (dict(item.text), dict(item.help), {k: list(v) for k, v in item.examples.items()})
    if item.anchors:
        yield from (dict(item.anchors.low), dict(item.anchors.high))
    for option in item.options:
        yield [option.value, option.score, dict(option.label), dict(option.help)]


def frame(instrument: Instrument) -> Iterator[object]:
    yield from (instrument.title, dict(instrument.instructions), dict(instrument.stem))
    yield dict(instrument.licence.show)
    if instrument.preamble:
        yield dict(instrument.preamble.text)
        yield {key: list(value) for key, value in instrument.preamble.examples.items()}


def fingerprint(content: Iterator[object]) -> str:
    text = json.dumps(list(content), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def fingerprints(instrument: Instrument) -> dict[str, str]:
    items = {item.id: fingerprint(words(item)) for item in instrument.items}
    return {"(frame)": fingerprint(frame(instrument)), **items}


@pytest.mark.parametrize("instrument_id", sorted(CATALOG))
def test_wording_changes_only_on_purpose(instrument_id: str) -> None:
    instrument = CATALOG[instrument_id]
    assert fingerprints(instrument) == FINGERPRINTS[instrument_id, instrument.version]


def test_the_five_questions_of_the_asq_stand_as_published() -> None:
    family = "you or your family would be better off if you were dead"
    assert [item.text["en"] for item in CATALOG["asq"].items] == [
        "In the past few weeks, have you wished you were dead?",
        f"In the past few weeks, have you felt that {family}?",
        "In the past week, have you been having thoughts about killing yourself?",
        "Have you ever tried to kill yourself?",
        "Are you having thoughts of killing yourself right now?",
    ]


def test_item_nine_of_the_phq9_stands_as_published() -> None:
    assert dict(CATALOG["phq9"].item("q9").text) == {
        "en": "Thoughts that you would be better off dead or of hurting yourself in some way",
        "es": "Pensamientos de que estaría mejor muerto(a) o de lastimarse de alguna manera",
    }
