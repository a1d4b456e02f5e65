"""What a page asks and what it loads, read from its HTML."""

from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

import html5lib


@dataclass
class Field:
    """One question; the kind is an input's type or its tag, options are (value, label)."""

    name: str
    kind: str
    label: str
    options: list[tuple[str, str]] = field(default_factory=list)


def read_fields(html: bytes) -> list[Field] | None:
    """The questions of the page's own form: the one with a token. None if there is no such form."""
    page = _parse(html)
    labels = {each.get("for", ""): _words(each) for each in page.iter("label")}
    for form in page.iter("form"):
        if form.find(".//input[@name='csrf_token']") is not None:
            fields: dict[str, Field] = {}
            for group in (form, *form.iter("fieldset")):
                legend = group.find("legend")
                for element in group.iter():
                    _add(fields, element, labels, "" if legend is None else _words(legend))
            return list(fields.values())
    return None


def read_loads(html: bytes) -> list[tuple[str, str]]:
    """Address and purpose of everything a browser fetches with the page."""
    links = [
        (each.get("href", ""), each.get("as") or each.get("rel", ""))
        for each in _parse(html).iter("link")
    ]
    media = [each.get("src", "") for tag in ("script", "img") for each in _parse(html).iter(tag)]
    return links + [(src, "media") for src in media if src]


def _add(fields: dict[str, Field], element: Element, labels: dict[str, str], legend: str) -> None:
    name, kind = element.get("name"), element.get("type", element.tag)
    if element.tag not in ("input", "select", "textarea") or not name or kind == "hidden":
        return
    label = labels.get(element.get("id", ""), "")
    found = fields.setdefault(name, Field(name, kind, legend or label))
    if kind in ("radio", "checkbox"):
        option = (element.get("value", "on"), label)
        found.options += [option] if option not in found.options else []
        found.label = legend or found.label
    if kind == "select":
        found.options = [(each.get("value", ""), _words(each)) for each in element.iter("option")]


def _parse(html: bytes) -> Element:
    return html5lib.parse(html, transport_encoding="utf-8", namespaceHTMLElements=False)


def _words(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())
