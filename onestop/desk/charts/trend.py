"""Bars and a line over some weeks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 640, 190
LEFT, RIGHT, TOP, BOTTOM = 44, 8, 12, 26
STEPS = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Point:
    """What happened in one week: the numbers and their names."""

    label: str
    line: int
    bar: int
    part: int
    part_of_part: int
    words: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One week as bars of one place: the whole, the late part at its foot, the part of that with an apology."""

    label: str
    words: str
    shows_label: bool
    x: float
    middle: float
    width: float
    y: float
    height: float
    part_y: float
    part_height: float
    inner_y: float
    inner_height: float
    point_y: float


@dataclass(frozen=True, slots=True)
class Mark:
    """A line of the scale."""

    value: int
    text: str
    y: float


@dataclass(frozen=True, slots=True)
class Trend:
    """The drawing."""

    width: int
    height: int
    left: int
    right: int
    base: int
    bars: list[Bar]
    marks: list[Mark]
    line: str


def trend(points: Sequence[Point]) -> Trend:
    """Draw weeks beside each other."""
    top = scale_end(max((max(point.line, point.bar) for point in points), default=0))
    base = HEIGHT - BOTTOM
    unit = (base - TOP) / top
    slot = (WIDTH - LEFT - RIGHT) / max(len(points), 1)
    every = -(-len(points) // 9)
    bars = [bar(point, place, slot, unit, base, every, len(points)) for place, point in enumerate(points)]
    return Trend(
        width=WIDTH,
        height=HEIGHT,
        left=LEFT,
        right=WIDTH - RIGHT,
        base=base,
        bars=bars,
        marks=[Mark(value, f"{value:,}".replace(",", "."), round(base - value * unit, 1)) for value in marks_to(top)],
        line=" ".join(f"{one.middle},{one.point_y}" for one in bars),
    )


def bar(point: Point, place: int, slot: float, unit: float, base: int, every: int, count: int) -> Bar:
    """One week."""
    width = round(min(slot * 0.62, 30), 1)
    middle = LEFT + slot * (place + 0.5)
    heights = [round(number * unit, 1) for number in (point.bar, point.part, point.part_of_part)]
    return Bar(
        label=point.label,
        words=point.words,
        shows_label=(count - 1 - place) % every == 0,
        x=round(middle - width / 2, 1),
        middle=round(middle, 1),
        width=width,
        y=round(base - heights[0], 1),
        height=heights[0],
        part_y=round(base - heights[1], 1),
        part_height=heights[1],
        inner_y=round(base - heights[2], 1),
        inner_height=heights[2],
        point_y=round(base - point.line * unit, 1),
    )


def scale_end(most: int) -> int:
    """The end of a scale that holds `most`: 1, 2 or 5 times a power of ten, in four steps at most."""
    step = 1
    while step * 4 < most:
        step = next_step(step)
    return max(step * -(-most // step), step)


def next_step(step: int) -> int:
    """The next larger step of a scale."""
    power = 10 ** (len(str(step)) - 1)
    later = [number * power for number in (*STEPS, 10) if number * power > step]
    return later[0]


def marks_to(top: int) -> list[int]:
    """The values at which the scale has lines."""
    step = 1
    while step * 4 < top:
        step = next_step(step)
    return list(range(0, top + 1, step))
