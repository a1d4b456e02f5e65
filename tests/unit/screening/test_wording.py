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
    ("headache_burden", "1.1"): {
        "(frame)": "f1926fd00c090239",
        "headache_days": "45588d8eea0b3ede",
        "migraine_days": "ace3594231015d95",
        "over_3_months": "2d7f26f326083076",
        "limited_days": "f9c2fb44c83f9335",
        "usual_pain": "3723a06ac762b061",
        "triptan_days": "50db35c2ae7f58f0",
        "simple_days": "35fc04e2c8a32321",
        "diagnosed": "a2d68c5dd3393e45",
        "emergency_now": "d1c29fa657f0ad36",
    },
    ("history", "1.1"): {
        "(frame)": "6cd9b5216c6b8fb0",
        "conditions": "8214297201600ea5",
        "diagnosed_by_depression": "7f0e45e34b15f58c",
        "diagnosed_by_chronic_pain": "01f310f4750d79ae",
        "diagnosed_by_ptsd": "dfd7cd6e7f6de55c",
        "diagnosed_by_migraine": "4207ebbf5f002fe7",
        "diagnosed_by_other": "b34906d2b0c6bf3e",
        "ad_trials": "4e3916b6eeea39ca",
        "ad_classes": "1bafa9677912893f",
        "ad_effect_ssri": "81b22a1a56d3fa23",
        "ad_effect_snri": "e792c969f325834e",
        "ad_effect_bupropion": "59537740ff250e08",
        "ad_effect_mirtazapine_trazodone": "be8bf43051ce396c",
        "ad_effect_tricyclic": "ea47a33e7a35922c",
        "ad_effect_maoi": "413baa663b839439",
        "ad_effect_added_medicine": "dd2d2bc5f0d1bcb4",
        "ad_effect_tms": "20f925745577abd0",
        "ad_effect_ect": "d2e6c44173050147",
        "ad_effect_ketamine": "2c42ffcbcf64d4e1",
        "ad_effect_talk_therapy": "c45ddb802872a31c",
        "pain_treatments": "650bb2c0aa8be34e",
        "ptsd_treatments": "27607c62121260d2",
        "migraine_treatments": "c42921b1a0f0e757",
        "current_provider": "4d045a09e7fb6dcc",
        "provider_name": "a4311ef302a7385e",
        "provider_phone": "8274adfd5719cf4d",
        "provider_contact": "43f32b5a244b9794",
        "pay": "5c2fb0932cf6c628",
        "heard": "5378033828b590b2",
        "anything_else": "e1cb25b709a734cf",
    },
    ("ketamine_safety_screen", "1.1"): {
        "(frame)": "4e027bf03926e10f",
        "bp": "6ffc52cf1adf56db",
        "heart": "87080effe2fe135a",
        "stroke": "4c581df7371d0944",
        "vascular": "c0a45f7781276a76",
        "recent_event": "931d7788b60271d0",
        "icp": "335515f133c1c593",
        "eye": "dbe6803304e4f093",
        "psychosis": "510abcf4e0abaa35",
        "mania": "c1a16e7ccfb0f2ef",
        "substance": "b71ce12b6d8b6441",
        "ketamine_misuse": "e5b4beb89affb9d1",
        "liver": "5a132fd990f8e089",
        "bladder": "05fe0b8d7f96fc84",
        "kidney": "7558be3ee8fe4b94",
        "thyroid": "e85f6b7bf9943428",
        "porphyria": "323148c58573ab54",
        "seizure": "129007e31e196f59",
        "breathing": "a1dfbcee5e9441df",
        "pregnant": "cc153be223206960",
        "breastfeeding": "7144bcc37d3db0c7",
        "allergy": "9f2e5f4f177f9901",
        "prior_ketamine": "6344f2b11f6bab82",
        "driver": "0dac263f96fee425",
        "med_classes": "5d9d65f26c2a61e3",
        "med_list": "606c1a476236ef13",
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
    ("pain_profile", "1.1"): {
        "(frame)": "969f029dc92140de",
        "duration": "6a4071ad207e8801",
        "sites": "0de8c3a33808fabe",
        "cause": "704a7e116239b68f",
        "opioid_now": "71ae843f72368df8",
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
