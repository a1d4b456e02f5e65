"""Contrast of every pair of colors that the components use, in both themes (WCAG 2.2, 1.4.3)."""

import re
from pathlib import Path

import pytest

CSS = (Path(__file__).parents[3] / "static/css/base.css").read_text("utf-8")
TOKENS = {
    name: (light, dark)
    for name, light, dark in re.findall(
        r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", CSS
    )
}
PAIRS = [
    ("ink", ("paper", "surface", "sunk", "tint", "alert-t", "warn-t", "info-t"), 7),
    ("soft", ("paper", "surface"), 7),
    ("soft", ("sunk", "tint"), 4.5),
    ("brand", ("paper", "surface"), 7),
    ("brand", ("tint", "sunk"), 4.5),
    ("on", ("fill", "fill-2"), 7),
    ("fill", ("paper", "surface", "tint", "alert-t", "warn-t", "info-t"), 3),
    ("alert", ("paper", "surface", "alert-t"), 4.5),
    ("surface", ("alert",), 4.5),
    ("warn", ("paper", "surface", "warn-t"), 4.5),
    ("info", ("surface", "info-t"), 4.5),
    ("dot", ("brand",), 3),
    ("edge", ("paper", "surface", "tint"), 3),
    ("brand", ("line",), 3),
]


def luminance(color: str) -> float:
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("front", "backs", "least"), PAIRS)
def test_text_and_marks_stand_out(
    front: str, backs: tuple[str, ...], least: float, theme: int
) -> None:
    for back in backs:
        assert contrast(TOKENS[front][theme], TOKENS[back][theme]) >= least, back


@pytest.mark.parametrize("name", sorted(TOKENS))
def test_old_browsers_get_the_light_theme(name: str) -> None:
    assert f"--{name}: {TOKENS[name][0]};" in CSS
