"""A map of squares: the more, the hotter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

NAMES, COLUMN, HEAD, ROW, GAP = 150, 84, 40, 28, 2
LONGEST = 22
HEAD_LINE = 14


class Cell(Protocol):
    """A number with the list it opens."""

    count: int
    level: int
    href: str
    label: str


class Row(Protocol):
    """A named row of cells."""

    @property
    def name(self) -> str: ...

    @property
    def cells(self) -> Sequence[Cell]: ...


@dataclass(frozen=True, slots=True)
class Square:
    """One cell with its place."""

    cell: Cell
    x: int
    y: int
    middle: int
    text_y: int


@dataclass(frozen=True, slots=True)
class Strip:
    """One row with its place."""

    name: str
    full_name: str
    text_y: int
    squares: list[Square]


@dataclass(frozen=True, slots=True)
class Head:
    """The name of a column, in two lines at most."""

    lines: list[str]
    full_name: str
    middle: int
    y: int


@dataclass(frozen=True, slots=True)
class Heat:
    """The drawing."""

    width: int
    height: int
    cell_width: int
    cell_height: int
    name_x: int
    line_height: int
    heads: list[Head]
    strips: list[Strip]


def heat(columns: Sequence[str], rows: Sequence[Row]) -> Heat:
    """Draw a map with the names of its rows on the left."""
    return Heat(
        width=NAMES + COLUMN * len(columns),
        height=HEAD + ROW * len(rows),
        cell_width=COLUMN - GAP,
        cell_height=ROW - GAP,
        name_x=NAMES - 8,
        line_height=HEAD_LINE,
        heads=[head(name, place) for place, name in enumerate(columns)],
        strips=[strip(row, place) for place, row in enumerate(rows)],
    )


def head(name: str, place: int) -> Head:
    """The name of one column."""
    lines = in_two_lines(name, 13)
    return Head(lines, name, NAMES + COLUMN * place + (COLUMN - GAP) // 2, HEAD - 8 - HEAD_LINE * (len(lines) - 1))


def strip(row: Row, place: int) -> Strip:
    """One row."""
    y = HEAD + ROW * place
    squares = [
        Square(
            cell, NAMES + COLUMN * number, y, NAMES + COLUMN * number + (COLUMN - GAP) // 2, y + (ROW - GAP) // 2 + 5
        )
        for number, cell in enumerate(row.cells)
    ]
    return Strip(shortened(row.name, LONGEST), row.name, y + (ROW - GAP) // 2 + 4, squares)


def shortened(name: str, length: int) -> str:
    """A name that fits; its end gives way."""
    return name if len(name) <= length else f"{name[: length - 1].rstrip()}…"


def in_two_lines(name: str, length: int) -> list[str]:
    """A name broken between words; what does not fit two lines is cut."""
    if len(name) <= length:
        return [name]
    first, rest = "", name.split()
    while rest and len(f"{first} {rest[0]}".strip()) <= length:
        first = f"{first} {rest.pop(0)}".strip()
    return [first, shortened(" ".join(rest), length)] if first and rest else [shortened(name, length)]
