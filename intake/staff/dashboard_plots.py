"""Where the lines, bars and words of a chart stand, in units of its drawing. Pure.

A drawing is 452 wide, as wide as a card, so that its letters are as large as the page's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

LEFT, RIGHT = 50, 448
"""The ends of the lines across; values stand left of them."""
FIRST, LAST = 64, 431
"""The middle of the first and the last period."""
TOP, BOTTOM = 18, 166
MOST_WORDS = 8
"""Periods named below a chart; more would touch each other."""
MINUTE_STEPS = (15, 30, 60, 120, 180, 240, 480, 720, 960, 1440, 2880)
MOST_LINES = 4
APART = 100
"""How far the words of two values stand apart at least; short ones a third of it."""
SHORT = 5
"""Letters of a word that leaves the drawing nowhere."""

Values = Sequence[float | None]


@dataclass(frozen=True)
class Word:
    """A word in the drawing; `anchor` says whether it begins, ends or stands around its x."""

    x: float
    y: float
    text: str
    anchor: str = "middle"


@dataclass(frozen=True)
class Scale:
    """The values of a chart from 0 upwards: one line for each step."""

    step: float
    lines: int

    def y(self, value: float) -> float:
        """How far down a value stands."""
        return round(BOTTOM - (BOTTOM - TOP) * value / (self.step * self.lines), 1)

    @property
    def values(self) -> list[float]:
        """The values of the lines."""
        return [self.step * number for number in range(self.lines + 1)]


@dataclass(frozen=True)
class Line:
    """A line in pieces, broken where there is no value; `points` stand alone or end it."""

    pieces: list[str]
    points: list[tuple[float, float]]


@dataclass(frozen=True)
class Bar:
    """One bar: all of it, and the part of it that is filled."""

    x: float
    width: float
    y: float
    height: float
    part_y: float
    part_height: float


def scale_of_minutes(most: float) -> Scale:
    """A scale with round hours, or quarters of one."""
    step = next((each for each in MINUTE_STEPS if most <= each * MOST_LINES), MINUTE_STEPS[-1])
    return Scale(step, max(1, -(-int(most) // step)))


def scale_of_counts(most: int) -> Scale:
    """A scale with round whole numbers."""
    step = 1
    while most > step * MOST_LINES:
        step = step * 2 if str(step)[0] in "15" else step // 2 * 5
    return Scale(step, max(1, -(-most // step)))


PERCENT = Scale(25, 4)


def middles(number: int) -> list[float]:
    """The middle of each of so many periods, from left to right."""
    if number == 1:
        return [(FIRST + LAST) / 2]
    return [round(FIRST + (LAST - FIRST) * each / (number - 1), 1) for each in range(number)]


def line_of(values: Values, scale: Scale) -> Line:
    """The line through the values."""
    known = [
        None if value is None else (x, scale.y(value))
        for x, value in zip(middles(len(values)), values, strict=True)
    ]
    runs = [[each for each in run if each] for has, run in groupby(known, key=bool) if has]
    pieces = [" ".join(f"{x:g},{y:g}" for x, y in run) for run in runs if len(run) > 1]
    alone = [run[0] for run in runs if len(run) == 1]
    last = [run[-1] for run in runs[-1:] if len(run) > 1]
    return Line(pieces, alone + last)


def bars_of(totals: Sequence[int], parts: Sequence[int], scale: Scale) -> list[Bar]:
    """A bar for each period; zero has none."""
    width = round(min(26.0, (LAST - FIRST) / len(totals) * 0.74), 1)
    return [
        Bar(
            x=round(middle - width / 2, 1),
            width=width,
            y=scale.y(total),
            height=round(BOTTOM - scale.y(total), 1),
            part_y=scale.y(part),
            part_height=round(BOTTOM - scale.y(part), 1),
        )
        for middle, total, part in zip(middles(len(totals)), totals, parts, strict=True)
    ]


def named(values: Values, words: Sequence[str], scale: Scale) -> list[Word]:
    """The words of the first, the last and the highest value, where they do not touch."""
    known = [(place, value) for place, value in enumerate(values) if value is not None]
    if not known:
        return []
    highest = max(known, key=lambda each: each[1])
    xs, kept = middles(len(values)), [known[0][0]]
    for place in (known[-1][0], highest[0]):
        apart = APART if len(words[place]) > SHORT else APART / 3
        if all(abs(xs[place] - xs[other]) > apart for other in kept):
            kept.append(place)
    found = dict(known)
    return [_above(xs[place], scale.y(found[place]), words[place]) for place in sorted(kept)]


def _above(x: float, y: float, text: str) -> Word:
    """A word above a point, which does not leave the drawing at its sides."""
    y = max(TOP - 6.0, y - 9)
    if len(text) <= SHORT:
        return Word(x, y, text)
    if x < FIRST + 30:
        return Word(LEFT + 4, y, text, "start")
    return Word(RIGHT, y, text, "end") if x > LAST - 30 else Word(x, y, text)


def below(words: Sequence[str]) -> list[Word]:
    """The names of the periods below a chart: every one, or every second, or fewer."""
    every = -(-len(words) // MOST_WORDS)
    xs = middles(len(words))
    return [Word(xs[place], 190, words[place]) for place in range(0, len(words), every)]
