"""A browser without JavaScript for tests: follows forms as they are, checks every page it gets."""

import hashlib
import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import html5lib
from flask import Flask, has_app_context
from lxml import etree
from lxml.etree import _Element as Element
from werkzeug.test import TestResponse

from intake.core.db import db

INLINE = re.compile(rb"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)|javascript:", re.I)
VALID = Path(tempfile.gettempdir(), f"intake-valid-pages-{os.getuid()}")
"""Named after the shapes of pages that a strict parser has found no fault in, for all processes."""
SHAPE = re.compile(rb"<[^>]*>|&[^;\s]*;?")
VALUES = re.compile(rb"=\"[^\"]*\"")
PUBLIC = ("/", "/learn", "/privacy", "/accessibility", "/urgent-help", "/not-for-you")


@dataclass
class Page:
    """What came back: status, words and forms."""

    status: int
    path: str
    body: bytes
    headers: Mapping[str, str]
    tree: Element | None = field(default=None, repr=False)

    @property
    def text(self) -> str:
        """The visible words, with single spaces."""
        if self.tree is None:
            return self.body.decode("utf-8", "replace")
        return " ".join(" ".join(words_of(self.tree)).split())

    def all(self, tag: str) -> list[Element]:
        """All elements of a kind in page order."""
        return list(self.tree.iter(tag)) if self.tree is not None else []

    @property
    def h1(self) -> str:
        """The words of the heading."""
        return " ".join(" ".join(words_of(self.all("h1")[0])).split())

    def fields(self, *asked: str) -> dict[str, list[str]]:
        """What the form that asks this would send as it stands, by name."""
        sent: dict[str, list[str]] = {}
        for name, value in form_values(self.main_form(*asked)):
            sent.setdefault(name, []).append(value)
        return sent

    def main_form(self, *asked: str) -> Element:
        """The form this page is about: the first POST form inside main that asks something of this.

        Without one that does, the first: tests also send what no page asks.
        """
        main = self.all("main")[0]
        forms = [form for form in main.iter("form") if form.get("method") == "post"]
        asking = (form for form in forms if not _names(form).isdisjoint(asked))
        return next(asking, forms[0])

    def links(self) -> list[str]:
        """Where the page's links lead."""
        return [a.get("href", "") for a in self.all("a")]


class Browser:
    """Keeps cookies, follows redirects, and fails on a page that is not as pages must be."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client = app.test_client()
        self.page: Page | None = None
        self.token = ""

    def get(self, path: str, *, headers: Mapping[str, str] | None = None) -> Page:
        """Open a page."""
        return self._take(path, self._open("GET", path, headers=headers))

    def post(self, path: str, data: Mapping[str, object], **options: object) -> Page:
        """Send fields to an address, with the last token seen unless data has one."""
        fields = {"csrf_token": self.token, **data} if self.token else dict(data)
        return self._take(path, self._open("POST", path, data=fields, **options))

    def submit(self, _button: str = "", **answers: object) -> Page:
        """Fill in the page's form, keeping what it holds, and send it. None empties a field."""
        assert self.page is not None
        fields: dict[str, object] = {**self.page.fields(*answers)}
        fields |= {name: value for name, value in answers.items() if value is not None}
        for name in [name for name, value in answers.items() if value is None]:
            fields.pop(name, None)
        if _button:
            fields[_button] = "1"
        action = self.page.main_form(*answers).get("action") or self.page.path
        return self.post(urljoin(self.page.path, action), fields)

    def _open(self, method: str, path: str, **options: object) -> TestResponse:
        """One request as a server runs it: with a context, and so `g` and a session, of its own.

        The test's own session then lets go of what it read before, and sees what was written.
        """
        with self.app.app_context():
            response = self.client.open(path, method=method, **options)
        if has_app_context():
            db.session.rollback()
        return response

    def _take(self, path: str, response: TestResponse) -> Page:
        for _ in range(10):
            if response.status_code not in (302, 303, 307):
                break
            path = urljoin(path, response.headers["Location"])
            assert urlsplit(path).netloc in ("", "localhost"), f"redirect elsewhere: {path}"
            response = self._open("GET", path)
        page = Page(response.status_code, path, response.data, response.headers)
        if response.mimetype == "text/html":
            page.tree = check(page)
            inputs = (item for item in page.all("input") if item.get("name") == "csrf_token")
            self.token = next((item.get("value", "") for item in inputs), self.token)
        self.page = page
        return page


def check(page: Page) -> Element:
    """Fail unless the page is valid and safe as every page must be; returns its tree."""
    where = page.path
    _check_syntax(page.body, where)
    tree = etree.fromstring(page.body.decode(), etree.HTMLParser())
    headings = list(tree.iter("h1"))
    assert len(headings) == 1, f"{where}: {len(headings)} h1"
    heading = " ".join(" ".join(words_of(headings[0])).split())
    title = (next(tree.iter("title")).text or "").removeprefix("Error: ")
    assert title.startswith(heading), f"{where}: title {title!r} does not start with {heading!r}"
    ids = [item.get("id") for item in tree.iter() if item.get("id")]
    assert len(ids) == len(set(ids)), f"{where}: ids twice: {sorted(ids)}"
    _check_labels(tree, where, set(ids))
    assert not INLINE.search(page.body), f"{where}: inline script or style"
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy, f"{where}: {policy}"
    assert "unsafe" not in policy, f"{where}: {policy}"
    if urlsplit(where).path not in PUBLIC:
        assert page.headers["Cache-Control"] == "no-store", f"{where}: may be cached"
    return tree


def _check_syntax(body: bytes, where: str) -> None:
    """Fail on errors of syntax. A strict parser is slow, so each shape of a page is read once."""
    shape = hashlib.blake2b(VALUES.sub(b"", b"".join(SHAPE.findall(body))), digest_size=20)
    known = VALID / shape.hexdigest()
    if known.exists():
        return
    parser = html5lib.HTMLParser(strict=False)
    parser.parse(body, transport_encoding="utf-8")
    faults = [error for error in parser.errors if error[1] != "unknown-element"]
    assert not faults, f"{where}: {faults[:3]}"
    VALID.mkdir(exist_ok=True)
    known.touch()


def _check_labels(tree: Element, where: str, ids: set[str]) -> None:
    labelled = {label.get("for") for label in tree.iter("label")}
    wrapped = {each for label in tree.iter("label") for each in label.iter()}
    for tag in ("input", "select", "textarea"):
        for item in tree.iter(tag):
            if item.get("type") in ("hidden", "submit"):
                continue
            named = item.get("id") in labelled or item in wrapped or item.get("aria-label")
            assert named, f"{where}: {item.get('name')} has no label"
            for other in (item.get("aria-describedby") or "").split():
                assert other in ids, f"{where}: {item.get('name')} points at missing {other}"


def _names(form: Element) -> set[str]:
    """The names of a form's fields."""
    return {each.get("name", "") for each in form.iter()}


def form_values(form: Element) -> Iterator[tuple[str, str]]:
    """Names and values a browser would send for a form, its buttons left out."""
    for item in form.iter():
        name = item.get("name")
        if not name:
            continue
        if item.tag == "input":
            if item.get("type") in ("radio", "checkbox") and item.get("checked") is None:
                continue
            if item.get("type") != "submit":
                yield name, item.get("value", "on" if item.get("type") == "checkbox" else "")
        elif item.tag == "textarea":
            yield name, (item.text or "").lstrip("\n")
        elif item.tag == "select":
            chosen = [o for o in item.iter("option") if o.get("selected") is not None]
            yield name, chosen[0].get("value", "") if chosen else ""


def words_of(element: Element) -> Iterator[str]:
    """The words inside an element."""
    if element.text:
        yield element.text
    for child in element:
        if isinstance(child.tag, str):
            yield from words_of(child)
        if child.tail:
            yield child.tail
