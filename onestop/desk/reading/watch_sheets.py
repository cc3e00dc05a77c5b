"""A table of the board as plain rows: the table behind a chart and the file that is downloaded print the same."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

Value = str | int


def grouped(number: int) -> str:
    """A number as it is read: 18.620."""
    return f"{number:,}".replace(",", ".")


@dataclass(frozen=True, slots=True)
class Cell:
    """A number and the list it opens ("": none)."""

    count: int
    href: str = ""
    label: str = ""
    level: int = 0
    current: bool = False

    @property
    def text(self) -> str:
        """The number as it is read."""
        return grouped(self.count)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A named table: headers, and rows as long as these."""

    name: str
    headers: list[str]
    rows: Iterable[list[Value]]
