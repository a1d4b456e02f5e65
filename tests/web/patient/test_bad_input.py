"""Whatever arrives: a clear page or a field error, never a fault, nothing typed lost."""

import pytest

from tests.web.patient import journey

ODD_TEXTS = [
    "O’Brien-Ñandú",
    "李小龍",
    "محمد",
    "a\x00b",
    "\u202eevil\u200d\ufeff",
    "\ud800x",
    "x" * 10_000,
    "長" * 10_000,
    "a\r\nBcc: somebody@example.org",
    "{{ 7 * 7 }}<script>alert(1)</script>",
]


@pytest.mark.parametrize("text", ODD_TEXTS, ids=range(len(ODD_TEXTS)))
@pytest.mark.parametrize("name", ["given_name", "phone", "email", "dob_year"])
def test_any_text_in_any_field_gives_a_page(client, name, text):
    journey.to_contact(client)
    raw = text.encode("utf-8", "surrogatepass")
    page = client.submit(**{**journey.CONTACT, name: raw})
    assert page.status in (200, 413)
    assert b"<script>alert" not in page.body


def test_a_text_that_is_too_long_is_kept_with_an_error(client):
    journey.to_contact(client)
    page = client.submit(**{**journey.CONTACT, "given_name": "x" * 10_000})
    assert page.fields()["given_name"] == ["x" * 10_000]
    assert "characters or fewer" in page.text


@pytest.mark.parametrize(
    "name",
    ["\u2060\u00ad", "\u3164", "\u200e\u200f", "   ", "\u200d\u2060", "\u0301\u034f", "\u2800"],
    ids=["joiner", "filler", "marks", "blank", "emoji-joiner", "accents", "braille"],
)
def test_a_name_that_shows_nothing_is_no_name(client, name):
    journey.to_contact(client)
    page = client.submit(**journey.CONTACT | {"given_name": name, "family_name": name})
    assert page.path == "/request/contact"
    assert "Enter your first name" in page.text
    assert "Enter your last name" in page.text


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "en",
            (
                "Enter your first name in letters",
                "Enter your last name in letters",
                "Enter a name in letters, or leave this empty",
            ),
        ),
        (
            "es",
            (
                "Escriba su nombre con letras",
                "Escriba sus apellidos con letras",
                "Escriba un nombre con letras, o deje esto en blanco",
            ),
        ),
    ],
)
def test_a_name_without_letters_is_explained(client, language, words):
    journey.to_contact(client)
    names = dict.fromkeys(("given_name", "family_name", "preferred_name"), "\u200d")
    client.get(f"/request/contact?lang={language}")
    page = client.submit(**journey.CONTACT | names)
    assert all(each in page.text for each in words)


@pytest.mark.parametrize(
    "phone", ["3125550198", "+1 (312) 555-0198", "312.555.0198 ext 4", "1-312-555-0198"]
)
def test_phone_numbers_are_taken_in_any_format(client, phone):
    journey.to_contact(client)
    assert client.submit(**{**journey.CONTACT, "phone": phone}).path == "/request/safety"


@pytest.mark.parametrize("day", [("2", "30", "1985"), ("13", "1", "1985"), ("x", "1", "1985")])
def test_dates_that_do_not_exist_are_explained(client, day):
    journey.to_contact(client)
    parts = dict(zip(("dob_month", "dob_day", "dob_year"), day, strict=True))
    assert "Date of birth must be a real date" in client.submit(**{**journey.CONTACT, **parts}).text


@pytest.mark.parametrize("instrument", ["asq", "history", "nothing", "..", "phq9%00", "midas"])
def test_instruments_that_are_not_asked_do_not_exist(client, instrument):
    journey.to_screening(client)
    assert client.get(f"/request/screening/{instrument}").status == 404


@pytest.mark.parametrize("path", ["screening/midas", "more/midas", "screening/nothing"])
def test_answers_to_what_is_not_asked_are_refused(client, path):
    journey.to_screening(client)
    assert client.post(f"/request/{path}", {"q1": "3"}).status == 404


def test_invented_answers_are_refused(client):
    journey.to_safety(client)
    page = client.submit(**{**journey.NO_THOUGHTS, "q1": "maybe"})
    assert "Select one of the answers on this page" in page.text


def test_fields_that_no_form_has_are_ignored(client):
    journey.to_contact(client)
    extra = {"status": "closed", "level_rank": "0", "id": "1", "cookie_hash": "x"}
    assert client.submit(**journey.CONTACT, **extra).path == "/request/safety"


@pytest.mark.parametrize(("fields", "status"), [(150, 303), (250, 413), (20_000, 413)])
def test_a_form_of_countless_fields_is_refused(client, fields, status):
    journey.to_contact(client)
    extra = {f"f{number}": "" for number in range(fields)}
    sent = {**journey.CONTACT, **extra, "csrf_token": client.token}
    assert client.client.post("/request/contact", data=sent).status_code == status


def test_a_body_that_is_too_large_is_refused(client):
    journey.to_contact(client)
    assert client.post("/request/contact", {"given_name": "x" * 300_000}).status == 413


@pytest.mark.parametrize(
    "query", ["zone=Mars/Base", "zone=%00", "day=9999-99-99", "day=0001-01-01"]
)
def test_any_address_of_the_times_page_works(client, query):
    journey.to_times(client)
    assert client.get(f"/request/times?{query}").status == 200


@pytest.mark.parametrize("slot", ["1-000101010000", "0-202612031530", "9999999-209912031530", "x"])
def test_times_that_cannot_be_had_are_explained(client, slot):
    journey.to_times(client)
    page = client.submit(slot=slot, channel="phone")
    assert page.status in (200, 409)
    assert page.path == "/request/times"
