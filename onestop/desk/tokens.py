"""The tokens of the design, read from the style sheet itself: what the style guide shows is what the pages use."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SHEET = Path(__file__).parent / "static" / "desk" / "desk.css"
COLOUR = re.compile(r"--([\w-]+): (?:light-dark\((#\w{6}), (#\w{6})\)|(#\w{6}));")
SIZE = re.compile(r"--([\w-]+): (\d+px);")

# What is written on what; a sentence must be readable at 4.5:1 (WCAG 2.2, 1.4.3), a line that carries meaning at 3:1.
TEXT, LINE = 4.5, 3.0
PAIRS: tuple[tuple[str, str, float], ...] = (
    *((ink, paper, TEXT) for paper in ("surface", "panel", "sunken", "hover", "picked") for ink in ("text", "muted")),
    ("accent", "panel", TEXT),
    ("accent", "surface", TEXT),
    ("on-accent", "accent-fill", TEXT),
    ("on-accent", "accent-fill-hover", TEXT),
    ("ok-text", "ok-fill", TEXT),
    ("soon-text", "soon-fill", TEXT),
    ("late-text", "late-fill", TEXT),
    ("late-ink", "panel", TEXT),
    ("late-ink", "late-soft", TEXT),
    ("stop-text", "stop-fill", TEXT),
    ("line-strong", "panel", LINE),
    ("header-mark", "header", LINE),
)
USES: dict[str, Promise] = {
    "surface": _("the page"),
    "panel": _("panels, fields, dialogs"),
    "sunken": _("what lies deeper: heads of tables, fields that are closed"),
    "hover": _("under the pointer"),
    "picked": _("chosen: the current page, the open row"),
    "line": _("lines that part"),
    "line-strong": _("edges of fields and buttons"),
    "text": _("text"),
    "muted": _("what is said beside"),
    "accent": _("links, focus"),
    "accent-fill": _("the one main button of a page"),
    "accent-fill-hover": _("the main button under the pointer"),
    "on-accent": _("words on the main button"),
    "ok-text": _("in time: words"),
    "ok-fill": _("in time: fill"),
    "soon-text": _("due soon: words"),
    "soon-fill": _("due soon: fill"),
    "late-text": _("late: words"),
    "late-fill": _("late: fill"),
    "late-ink": _("errors and grave acts"),
    "late-soft": _("behind an error"),
    "stop-text": _("paused: words"),
    "stop-fill": _("paused: fill"),
    "header": _("the bar at the top"),
    "header-mark": _("the red of the one-stop mark"),
}


@dataclass(frozen=True, slots=True)
class Token:
    """A colour by its name, for light and for dark."""

    name: str
    light: str
    dark: str

    @property
    def use(self) -> str:
        """What it is for."""
        return str(USES.get(self.name, ""))


@dataclass(frozen=True, slots=True)
class Contrast:
    """How well one colour is read on another, and how well it must be."""

    ink: Token
    paper: Token
    light: float
    dark: float
    needed: float

    @property
    def is_enough(self) -> bool:
        """Whether it is readable in both."""
        return min(self.light, self.dark) >= self.needed


@cache
def colours() -> tuple[Token, ...]:
    """Every colour of the sheet, in its order."""
    found = COLOUR.findall(SHEET.read_text())
    return tuple(Token(name, light or both, dark or both) for name, light, dark, both in found)


@cache
def sizes() -> tuple[tuple[str, str], ...]:
    """Every measure of the sheet; the first word counts, narrower windows change some of them."""
    return tuple(dict(reversed(SIZE.findall(SHEET.read_text()))).items())[::-1]


@cache
def contrasts() -> tuple[Contrast, ...]:
    """Everything that is written on something."""
    by_name = {token.name: token for token in colours()}
    return tuple(
        Contrast(
            ink=by_name[ink],
            paper=by_name[paper],
            light=ratio(by_name[ink].light, by_name[paper].light),
            dark=ratio(by_name[ink].dark, by_name[paper].dark),
            needed=needed,
        )
        for ink, paper, needed in PAIRS
    )


def ratio(one: str, other: str) -> float:
    """The contrast of two colours, from 1 to 21 (Source: WCAG 2.2, "contrast ratio")."""
    darker, lighter = sorted((brightness(one), brightness(other)))
    return round((lighter + 0.05) / (darker + 0.05), 2)


def brightness(colour: str) -> float:
    """The relative luminance of `#rrggbb` (Source: WCAG 2.2, "relative luminance")."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
