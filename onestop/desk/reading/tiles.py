"""One list with its length, as the tiles above a page show it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tile:
    """One list with its length."""

    label: str
    count: int
    href: str
    tone: str
    symbol: str
    current: bool
