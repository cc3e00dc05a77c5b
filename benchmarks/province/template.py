"""A recorded dossier as text with gaps: which rows it has in which table, and what is put in for each new one.

Every value of a dossier lies in one list ("the values"); a gap is the place of a value in that list.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter

Fill = Callable[[Sequence[str]], tuple[str, ...]]


class Gaps:
    """The names of the values, each with its place."""

    def __init__(self) -> None:
        self.names: dict[str, int] = {}

    def __getitem__(self, name: str) -> int:
        return self.names.setdefault(name, len(self.names))


@dataclass(slots=True)
class Text:
    """A text with gaps, filled in one go."""

    pattern: str
    places: list[int]

    def fill(self, values: Sequence[str]) -> str:
        """The text with the values of one dossier."""
        if len(self.places) > 1:
            return self.pattern % itemgetter(*self.places)(values)
        return self.pattern % tuple(values[place] for place in self.places)


SHAPES = re.compile(
    r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\+\d\d(?::\d\d)?)?"  # moments
    r"|[0-9a-f]{64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"  # hashes, ids of clocks
    r"|MAU[0-9A-Z.]*-\d{6}-\d+|V\d+_[0-9a-f]{12}"  # file codes, flows
    r"|\d{9,}(?:\.0)?"  # ids, numbers, seconds
    r"|(?:Cán bộ|Cơ quan|Người Nộp|nguoi nop|Nơi Ở) [Mm](?:ẫu|au)(?: [a-z_]+)*"  # names
)


class Finder:
    """Finds the tokens of a recorded dossier in texts and puts gaps in their place."""

    def __init__(self, gaps: Gaps, tokens: Mapping[str, str | tuple[str, ...]]) -> None:
        """Know tokens: a token becomes one gap, or a gap between literal texts (`("", gap, literal)`)."""
        self.gaps = gaps
        self.tokens = tokens

    def parts(self, text: str) -> list[str | int]:
        """Literal texts and places of values, in turn."""
        found: list[str | int] = []
        last = 0
        for match in SHAPES.finditer(text):
            found.append(text[last : match.start()])
            found += self.of_token(match[0])
            last = match.end()
        return [*found, text[last:]]

    def of_token(self, token: str) -> list[str | int]:
        """What stands for a token: a gap, with a literal text before or after it; itself where it is none."""
        gap = self.tokens.get(token, ("", "", token))
        if isinstance(gap, str):
            return [self.gaps[gap]]
        before, name, after = gap
        return [before, self.gaps[name], after] if name else [after]


def text_of(parts: Sequence[str | int]) -> Text:
    """Put parts together."""
    pattern = "".join("%s" if isinstance(part, int) else part.replace("%", "%%") for part in parts)
    return Text(pattern, [part for part in parts if isinstance(part, int)])


@dataclass(frozen=True, slots=True)
class DueOp:
    """How one due time comes about: the term, the act it starts with, the acts of its stops, the due time that caps it.

    The result lies in the values `due:<number>`.
    """

    term: int
    start: int
    stops: tuple[tuple[int, int], ...] = ()
    cap: int = -1


@dataclass(frozen=True, slots=True)
class ClockEnd:
    """What else a clock needs: its verdict, its next alarm, what it carries along.

    `op` is its last due time; `ended`, `stopped` are acts, -1 where it was not. `alarms` says whether its alarms are
    worked out: always for a dossier's own clocks, for a step's only while it is open.
    """

    kind: str
    number: int
    op: int
    run: int
    started: int
    ended: int
    stopped: int
    running: bool
    alarms: bool
    stops: tuple[tuple[int, int, bool], ...]
    step: int = -1
    ladder: int | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """Who held the dossier between two acts by the citizen's ledger; gaps of office and person, -1 for none."""

    party: str
    office: int
    user: int
    since: int
    until: int


@dataclass
class Template:
    """One recorded state of a dossier.

    Attributes:
        tables: rows by table, each a text with gaps in the format of COPY, ending with a new line.
        trail: what is hashed for each entry, in order.
        forms: which written forms of which moments and due times are used.
    """

    status: int
    acts: int
    tables: dict[str, Text] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    trail: list[Text] = field(default_factory=list)
    ops: list[DueOp] = field(default_factory=list)
    clocks: list[ClockEnd] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    statutory_op: int = -1
    stuck_op: int = -1
    decided: int = -1
    restarts: tuple[int, ...] = ()
    is_open: bool = False
    gaps: dict[str, int] = field(default_factory=dict)
