"""Requests that change something, sent by pages of other sites."""

import pytest
from flask import Flask

from tests.browse import Browser

OWN = "http://localhost"


def status(client: Browser, headers: dict[str, str]) -> int:
    return client.client.post("/appearance", data={"theme": "dim"}, headers=headers).status_code


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": OWN},
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "same-origin", "Origin": OWN},
        {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
    ],
)
def test_it_takes_what_our_own_pages_send(client: Browser, headers: dict[str, str]) -> None:
    assert status(client, headers) == 303


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": OWN},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://other.localhost"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "http://localhost:8080"},
        {"Origin": "null"},
        {"Origin": ""},
    ],
)
def test_it_refuses_what_other_sites_send(client: Browser, headers: dict[str, str]) -> None:
    assert status(client, headers) == 403


def test_links_from_other_sites_open(client: Browser) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    assert client.get("/", headers=headers).status == 200


@pytest.mark.parametrize(("origin", "expected"), [("https://localhost", 303), (OWN, 303)])
def test_a_proxy_that_ends_tls_unsaid_locks_nobody_out(
    make_app, origin: str, expected: int
) -> None:
    app: Flask = make_app(INTAKE_BASE_URL="https://localhost")
    response = app.test_client().post("/appearance", headers={"Origin": origin})
    assert response.status_code == expected


def test_a_patient_page_may_not_change_the_staff_site(make_app) -> None:
    app: Flask = make_app(
        INTAKE_BASE_URL="https://patient.example", INTAKE_STAFF_BASE_URL="https://staff.example"
    )
    response = app.test_client().post(
        "/appearance",
        base_url="https://staff.example",
        headers={"Origin": "https://patient.example"},
    )
    assert response.status_code == 403
