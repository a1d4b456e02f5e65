"""Walking the patient's way in tests, page by page."""

from tests.browse import Browser, Page

START = {"conditions": ["chronic_pain"], "for_whom": "me", "age18": "yes"}

CONTACT = {
    "given_name": "Dana",
    "family_name": "O’Neill-Ñandú",
    "dob_month": "3",
    "dob_day": "27",
    "dob_year": "1985",
    "phone": "(312) 555-0198",
    "email": "dana@example.org",
    "state": "IL",
    "contact_by": ["call", "email"],
    "voicemail_ok": "name_only",
    "best_time": "any",
    "consent_privacy": "yes",
}

NO_THOUGHTS = {"q1": "no", "q2": "no", "q3": "no", "q4": "no"}


def to_contact(client: Browser, **start: object) -> Page:
    client.get("/request/start")
    return client.submit(**{**START, **start})


def to_safety(client: Browser, **start: object) -> Page:
    to_contact(client, **start)
    return client.submit(**CONTACT)


def to_screening(client: Browser, **start: object) -> Page:
    to_safety(client, **start)
    return client.submit(**NO_THOUGHTS)


def skip_to(client: Browser, path: str) -> Page:
    """Skip page after page until the one asked for."""
    assert client.page is not None
    for _ in range(12):
        if client.page.path.split("?")[0] == path:
            return client.page
        client.submit("skip")
    raise AssertionError(f"never came to {path}")


def to_times(client: Browser, **start: object) -> Page:
    to_screening(client, **start)
    return skip_to(client, "/request/times")


def choose_time(client: Browser) -> Page:
    """Choose the first free time."""
    assert client.page is not None
    radios = [item for item in client.page.all("input") if item.get("name") == "slot"]
    return client.submit(slot=radios[0].get("value"), channel="phone")


def to_check(client: Browser, **start: object) -> Page:
    to_times(client, **start)
    return choose_time(client)


def to_done(client: Browser, **start: object) -> Page:
    to_check(client, **start)
    return client.submit()
