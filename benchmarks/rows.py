"""Which subjects are measured, by which calls, and how their figures read in the table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

SMALL = "onestop_small"
USUAL, WIDE = "province", "wide_province"  # a tenth of the dossiers open; as many open as make a clock per dossier


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    subject: str
    what: str
    target: str
    reached: str
    met: bool | None
    load: float | None = None

    def under(self, load: float) -> Row:
        """The same line with how busy the machine was."""
        return replace(self, load=load)

    def line(self) -> str:
        """The line as Markdown."""
        met = "" if self.met is None else ("yes" if self.met else "no")
        load = "" if self.load is None else f"{self.load:.1f}"
        return f"| {self.subject} | {self.what} | {self.target} | {self.reached} | {met} | {load} |"


@dataclass(frozen=True, slots=True)
class Step:
    """One call of a measuring module.

    Attributes:
        call: the module, and a function after a dot where it is not `measure`.
        fresh: name of a small database made for it.
        database: name of another database on the same server.
    """

    call: str
    words: dict[str, Any] = field(default_factory=dict)
    fresh: str = ""
    database: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """What belongs together, and the province it is measured on; "" where it needs none."""

    name: str
    steps: tuple[Step, ...]
    province: str = USUAL


def subjects(dossiers: int) -> list[Subject]:
    """What is measured, in an order in which nothing spoils what comes after it.

    Args:
        dossiers: size of the province; alarms and clocks keep to it.
    """
    alarms = min(100_000, dossiers)
    sweeping = [
        Step("sweep.fill", {"clocks": 10_000}, fresh=SMALL),
        Step("sweep.measure", {"alarms": min(10_000, dossiers)}, database=SMALL),
        Step("sweep.fill", {"clocks": 100_000}, database=SMALL),
        Step("sweep.measure", {"alarms": min(10_000, dossiers)}, database=SMALL),
        Step("sweep.measure", {"alarms": alarms}, database=SMALL),
        Step("sweep.fill", {"clocks": dossiers}),
        Step("sweep.measure", {"alarms": min(10_000, dossiers)}),
        Step("sweep.measure", {"alarms": alarms}),
    ]
    return [
        Subject("working_time", (Step("working_time"),), province=""),
        Subject("board", (Step("board"),)),
        Subject("desk", (Step("desk"),)),
        Subject("publishing", (Step("publishing"),), province=WIDE),
        Subject("sweep", tuple(sweeping), province=WIDE),
    ]


def working_time(found: dict[str, Any]) -> Iterator[Row]:
    """How fast working time is added."""
    speed, ratio = found["ours_per_second"], found["ratio"]
    yield Row(
        "working_time", "`add` on a four-year calendar, one process", "≥ 200,000 /s", f"{speed:,} /s", speed >= 200_000
    )
    yield Row("working_time", "times as fast as `businesstimedelta`, same run", "≥ 300", f"{ratio:,}", ratio >= 300)


def sweep(found: dict[str, Any]) -> Iterator[Row]:
    """How fast alarms fire."""
    alarms, seconds = found["alarms"], found["seconds"]
    what = f"{alarms:,} alarms due in one minute, {found['open']:,} clocks with alarms open, two workers"
    once = "each once" if found["fired"] == alarms else f"{found['fired']:,} fired"
    target = "≤ 60 s" if alarms >= 100_000 else "as with fewer clocks"
    yield Row("sweep", what, target, f"{seconds} s, {once}", seconds <= 60 and found["fired"] == alarms)


def publishing(found: dict[str, Any]) -> Iterator[Row]:
    """How fast a new calendar moves what is open."""
    clocks = f"{found['clocks']:,} open clocks"
    yield Row(
        "publishing",
        f"preview over {clocks}",
        "≤ 10 s",
        f"{found['preview_seconds']} s",
        found["preview_seconds"] <= 10,
    )
    yield Row("publishing", f"publish and move {clocks}", "≤ 60 s", f"{found['seconds']} s", found["seconds"] <= 60)
    before, during = found["inbox_before_ms"]["p95"], found["inbox_during_ms"]["p95"]
    doubled = f"≤ {2 * before:.0f} ms"
    yield Row("publishing", "p95 of an inbox meanwhile", doubled, f"{during:.0f} ms", during <= 2 * before)


def board(found: dict[str, Any]) -> Iterator[Row]:
    """How fast each view of the board is."""
    for view in found["views"]:
        milliseconds = view["milliseconds"]
        yield Row("board", view["name"], "≤ 500 ms", f"{milliseconds:.0f} ms", milliseconds <= 500)


TARGETS = {"inbox": 200, "search": 200, "board": 500}  # milliseconds for one user; no target was set for the others


def desk(found: dict[str, Any]) -> Iterator[Row]:
    """How fast the desk answers one user and several at once."""
    for row in found["rows"]:
        target = TARGETS.get(row["subject"]) if row["users"] == 1 else None
        what = f"{row['subject']}, {row['users']} user{'s' if row['users'] > 1 else ''}: median / p95"
        wanted = f"p95 ≤ {target} ms" if target else "–"
        met = row["p95"] <= target if target else None
        yield Row("desk", what, wanted, f"{row['median']:.0f} / {row['p95']:.0f} ms", met)


ROWS: dict[str, Callable[[Any], Iterator[Row]]] = {
    "working_time": working_time,
    "sweep": sweep,
    "publishing": publishing,
    "board": board,
    "desk": desk,
}
