"""Made-up people: names, ways to reach them, what they want help with. Pure, by chance.

Phone numbers are of the range kept for fiction (555-0100 to 555-0199), addresses at example.org.
"""

from random import Random
from typing import Any

GIVEN = (
    *("Ana", "Ben", "Carla", "Dana", "Elena", "Femi", "Grace", "Hugo", "Inés", "James", "Kezia"),
    *("Luis", "Maya", "Noah", "Olga", "Priya", "Quinn", "Rosa", "Sam", "Tara", "Uma", "Víctor"),
    *("Wendy", "Ximena", "Yusuf", "Zoë", "Andre", "Bridget", "Chen", "Dmitri", "Esther", "Frank"),
    *("Gloria", "Hannah", "Ivan", "Jasmine", "Kevin", "Linda", "Marcus", "Nadia", "Oscar"),
)
FAMILY = (
    *("Abbott", "Baker", "Castillo", "Delgado", "Evans", "Fischer", "García", "Hughes", "Ibrahim"),
    *("Johnson", "Kowalski", "López", "Miller", "Nguyen", "O’Brien", "Patel", "Quigley", "Rivera"),
    *("Smith", "Thompson", "Ueda", "Vasquez", "Whitfield", "Xiong", "Young", "Zimmerman", "Okoro"),
    *("Brown", "Clark", "de la Cruz", "Edwards", "Foster", "Gallagher", "Hernández", "Jackson"),
    *("Kim", "Larsen", "Martínez", "Novak", "Ortiz", "Peterson", "Reyes", "Santos", "Taylor"),
)
AREAS = ("312", "773", "872", "708", "847", "630", "815", "217")
CONDITIONS = ("depression", "chronic_pain", "ptsd", "migraine", "other")
SHARES = (46, 22, 16, 12, 4)
VOICEMAIL = ("clinic", "name_only", "no")
BEST_TIME = ("any", "morning", "afternoon", "evening")
DAYS, PARTS = ("mon", "tue", "wed", "thu", "fri"), ("morning", "afternoon")
WAYS = (["call"], ["call", "email"], ["call", "text", "email"], ["email"])


def start(chance: Random) -> dict[str, Any]:
    """The first page: for one in four it is more than one condition."""
    wanted = chance.choices(CONDITIONS, SHARES, k=2 if chance.random() < 0.25 else 1)
    chosen = [each for each in CONDITIONS if each in wanted]
    return {"conditions": chosen, "for_whom": "me", "age18": "yes"}


def contact(chance: Random) -> dict[str, Any]:
    """The contact page."""
    given, family = chance.choice(GIVEN), chance.choice(FAMILY)
    area, line = chance.choice(AREAS), f"01{chance.randrange(100):02}"
    mailbox = f"{_letters(given)}.{_letters(family)}{chance.randrange(1, 10_000)}"
    return {
        "given_name": given,
        "family_name": family,
        "preferred_name": "",
        "dob": f"{chance.randrange(1944, 2006)}-{chance.randrange(1, 13):02}-"
        f"{chance.randrange(1, 29):02}",
        "phone": f"({area}) 555-{line}",
        "phone_e164": f"+1{area}555{line}",
        "email": f"{mailbox}@example.org",
        "state": "IL",
        "contact_by": list(chance.choices(WAYS, (15, 60, 20, 5))[0]),
        "voicemail_ok": chance.choices(VOICEMAIL, (35, 50, 15))[0],
        "best_time": chance.choices(BEST_TIME, (50, 20, 20, 10))[0],
        "consent_privacy": True,
    }


def times(chance: Random, *, chose: bool, zone: str) -> dict[str, Any]:
    """When the person can talk; `chose` says that they took one of the offered times."""
    parts = {f"{chance.choice(DAYS)}-{chance.choice(PARTS)}" for _ in range(3)}
    return {
        "slot_chosen": chose,
        "availability": [] if chose else sorted(parts),
        "channel": chance.choices(("phone", "video", "in_person"), (70, 20, 10))[0],
        "time_zone": zone,
        "needs": "",
    }


def _letters(name: str) -> str:
    return "".join(each for each in name.lower() if "a" <= each <= "z")
