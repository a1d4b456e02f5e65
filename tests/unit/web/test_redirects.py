"""Where a request may send people: only to a path of this site."""

import pytest

from intake.web.redirects import local_path


@pytest.mark.parametrize(
    "path", ["/", "/learn", "/request/start?from=check", "/a%20b/#c", "/a//b", "/a?b=/../c"]
)
def test_it_keeps_a_path_of_this_site(path: str) -> None:
    assert local_path(path, "/default") == path


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "learn",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "\t//evil.example",
        "/\n/evil.example",
        "/a\r\nSet-Cookie: x=1",
        " //evil.example",
        "https://evil.example",
        "https:evil.example",
        "https:/evil.example",
        "javascript:alert(1)",
        "/a b",
        "/\x00",
        "/é",
        "/\u2028",
        "/learn\n",
        "/staff/../request/leave",
        "/staff/.%2E/request",
        "/staff/..",
    ],
)
def test_it_refuses_every_way_out(value: str | None) -> None:
    assert local_path(value, "/default") == "/default"
