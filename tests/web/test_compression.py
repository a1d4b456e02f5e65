"""What a first visit costs, and a second one; and what is never compressed."""

import gzip

import brotli
import pytest

from tests.browse import PUBLIC, Browser

FIRST_VISIT = 25 * 1024
"""Bytes: page, stylesheet and font, all that a patient's page loads but its icon."""


def opened(client: Browser, path: str, **headers: str):
    """The answer as it is sent, without the checks, which read only what is not compressed."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.client.get(path, headers=names)


@pytest.mark.parametrize("path", PUBLIC)
def test_a_first_visit_is_three_small_files(client: Browser, path: str) -> None:
    links = [each for each in client.get(path).all("link") if each.get("rel") != "icon"]
    assert client.page.all("script") == client.page.all("img") == []
    urls = {path, *(each.get("href") for each in links)}
    assert len(urls) == 3
    sent = [opened(client, url, Accept_Encoding="br").data for url in urls]
    assert sum(map(len, sent)) <= FIRST_VISIT


@pytest.mark.parametrize(
    ("accepted", "encoding", "decode"),
    [
        ("gzip, deflate, br", "br", brotli.decompress),
        ("gzip, br;q=0", "gzip", gzip.decompress),
        ("", None, bytes),
    ],
)
def test_a_page_for_everyone_is_compressed_as_asked(client, accepted, encoding, decode):
    page = opened(client, "/", Accept_Encoding=accepted)
    assert page.headers.get("Content-Encoding") == encoding
    assert "Accept-Encoding" in page.headers["Vary"]
    assert "</html>" in decode(page.data).decode()


def test_an_unchanged_page_is_not_sent_again(client: Browser) -> None:
    first = opened(client, "/", Accept_Encoding="br")
    same = opened(client, "/", Accept_Encoding="br", If_None_Match=first.headers["ETag"])
    assert (same.status_code, same.data) == (304, b"")
    assert same.headers["Cache-Control"] == "private, no-cache"
    other = opened(client, "/", Accept_Encoding="gzip", If_None_Match=first.headers["ETag"])
    assert other.status_code == 200


def test_a_page_for_staff_is_compressed_unless_a_link_could_bring_words(client: Browser) -> None:
    plain = opened(client, "/staff/sign-in", Accept_Encoding="gzip")
    assert "</html>" in gzip.decompress(plain.data).decode()
    assert plain.headers["Cache-Control"] == "no-store"
    for answer in (
        opened(client, "/staff/sign-in?next=/staff/calendar", Accept_Encoding="gzip"),
        client.client.post("/staff/sign-in", headers={"Accept-Encoding": "gzip"}),
        opened(client, "/staff/sign-in"),
    ):
        assert "Content-Encoding" not in answer.headers


@pytest.mark.parametrize("path", ["/request/start", "/request/call-me", "/no-such-page"])
def test_a_page_that_may_hold_a_secret_is_not_compressed(client: Browser, path: str) -> None:
    page = opened(client, path, Accept_Encoding="br, gzip")
    assert "Content-Encoding" not in page.headers
    assert "ETag" not in page.headers
