"""What the board prints: numbers, table and heat map with the names of what they count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from onestop.desk.reading.watch_choice import NUMBERED, TABLES, Choice
from onestop.desk.reading.watch_kinds import BY_CODE, KINDS, QUESTIONS, Question
from onestop.desk.reading.watch_names import PHASES, Names, read_names
from onestop.desk.reading.watch_sheets import Cell, Sheet, grouped
from onestop.desk.reading.watch_sources import NOWHERE
from onestop.desk.reading.watching import Watch

if TYPE_CHECKING:
    from django.utils.functional import Promise

HOTTEST = 4
LINES = 15  # lines of a table and of the heat map before the rest is asked for
TITLES: dict[str, Promise] = {
    "office": gettext_lazy("Office"),
    "procedure": gettext_lazy("Procedure"),
    "person": gettext_lazy("Officer"),
    "party": gettext_lazy("Whose time"),
    "phase": gettext_lazy("Phase"),
    "step": gettext_lazy("Step"),
}


@dataclass(frozen=True, slots=True)
class Tile:
    """One kind of list with its length."""

    kind: str
    count: int
    href: str
    current: bool
    tone: str
    symbol: str
    label: Promise

    @property
    def text(self) -> str:
        """The number as it is read."""
        return grouped(self.count)


@dataclass(frozen=True, slots=True)
class Answer:
    """One question with the numbers that answer it."""

    question: Question
    tiles: list[Tile]


@dataclass(frozen=True, slots=True)
class Line:
    """One office, procedure or person with a number for each kind."""

    name: str
    href: str
    is_chosen: bool
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class Tab:
    """One way to look at the numbers."""

    label: Promise
    href: str
    current: bool


@dataclass(frozen=True, slots=True)
class Part:
    """The first lines of something longer, and the way to the rest."""

    shown: list[Any]
    whole: list[Any]
    href: str

    @property
    def hidden(self) -> int:
        """How many lines are not shown."""
        return len(self.whole) - len(self.shown)


def part_of(whole: list[Any], choice: Choice) -> Part:
    """The first lines; all where that was asked for."""
    return Part(whole if choice.full else whole[:LINES], whole, choice.to(full="" if choice.full else "all"))


def answers(watch: Watch) -> list[Answer]:
    """The numbers in the order of the questions; each opens its list under the present choice."""
    return [
        Answer(question, [tile(watch.choice, str(kind.code), watch.kinds) for kind in question.kinds])
        for question in QUESTIONS
    ]


def tile(choice: Choice, kind: str, counts: dict[str, int]) -> Tile:
    """One number."""
    look = BY_CODE[kind]
    return Tile(
        kind=kind,
        count=counts[kind],
        href=choice.to(kind=kind),
        current=kind == choice.kind,
        tone=look.tone,
        symbol=look.symbol,
        label=look.label,
    )


def tabs(choice: Choice) -> list[Tab]:
    """The dimensions the table can show."""
    return [Tab(TITLES[name], choice.to(by=name, full=""), name == choice.by) for name in TABLES]


def names_of_table(watch: Watch) -> Names:
    """Names of what the table counts."""
    by = watch.choice.by
    return read_names(watch.choice, **({by: watch.table} if by in NUMBERED else {}))


def names_of_heat(watch: Watch) -> Names:
    """Names of what the heat map counts."""
    return read_names(watch.choice, office={office for office, _column in watch.cells})


def in_order(watch: Watch, names: Names) -> list[tuple[str, dict[str, int]]]:
    """The values of the table with their numbers, what the open list has most of first."""
    by, first = watch.choice.by, watch.choice.kind if watch.choice.is_watched else KINDS[0]
    return sorted(
        watch.table.items(), key=lambda one: (-one[1][first], *(-one[1][kind] for kind in KINDS), names.of(by, one[0]))
    )


def lines(watch: Watch, names: Names) -> Part:
    """The lines of the table that are shown; only these are made."""
    choice, by = watch.choice, watch.choice.by
    part = part_of(in_order(watch, names), choice)
    shown = [line(choice, by, value, row, names.of(by, value)) for value, row in part.shown]
    return Part(shown, part.whole, part.href)


def line(choice: Choice, dimension: str, value: str, row: dict[str, int], name: str) -> Line:
    """One line of a table."""
    cells = [
        Cell(
            count=row[kind],
            href=choice.to(kind=kind, **{dimension: value}),
            label=f"{name}: {row[kind]} {BY_CODE[kind].label}",
            current=kind == choice.kind,
        )
        for kind in KINDS
    ]
    is_chosen = getattr(choice, dimension) == value
    return Line(name, choice.to(**{dimension: "" if is_chosen else value}), is_chosen, cells)


def table_sheet(watch: Watch, names: Names) -> Sheet:
    """The whole table as rows."""
    headers = [str(TITLES[watch.choice.by]), *(str(BY_CODE[kind].label) for kind in KINDS)]
    by = watch.choice.by
    rows = ([names.of(by, value), *(row[kind] for kind in KINDS)] for value, row in in_order(watch, names))
    return Sheet(_("By %(what)s") % {"what": str(TITLES[watch.choice.by]).lower()}, headers, rows)


@dataclass(frozen=True, slots=True)
class HeatRow:
    """One office of the heat map."""

    name: str
    cells: list[Cell]

    @property
    def total(self) -> int:
        """All cells together; a dossier on which several steps are open counts in each of them."""
        return sum(cell.count for cell in self.cells)


@dataclass(frozen=True, slots=True)
class HeatMap:
    """The open list spread over offices and phases, or over the steps of one procedure."""

    columns: list[str]
    rows: list[HeatRow]


def heat_map(watch: Watch, names: Names) -> HeatMap:
    """Where the open list stands: office by phase, or by step where one procedure is chosen; the fullest first."""
    cells, column = watch.cells, watch.column
    values = heat_columns(column, cells, names)
    most = max(cells.values(), default=1)
    rows = [
        HeatRow(
            names.of("office", office),
            [heat_cell(watch, names, office, value, most) for value in values],
        )
        for office in {office for office, _column in cells}
    ]
    return HeatMap([names.of(column, value) for value in values], sorted(rows, key=lambda row: (-row.total, row.name)))


def heat_columns(column: str, cells: dict[tuple[str, str], int], names: Names) -> list[str]:
    """Phases and steps in the order of the work; what is not in it comes last."""
    order = list(PHASES) if column == "phase" else [NOWHERE, *names.step]
    present = {value for _office, value in cells}
    return [value for value in order if value in present] + sorted(present - set(order))


def heat_cell(watch: Watch, names: Names, office: str, value: str, most: int) -> Cell:
    """One cell: the more dossiers, the hotter."""
    count = watch.cells.get((office, value), 0)
    label = f"{names.of('office', office)}, {names.of(watch.column, value)}: {count}"
    href = watch.choice.to(office=office, **{watch.column: value})
    return Cell(count, href, label, -(-HOTTEST * count // most))


def heat_sheet(heat: HeatMap) -> Sheet:
    """The whole heat map as rows."""
    rows = ([row.name, *(cell.count for cell in row.cells)] for row in heat.rows)
    return Sheet(_("Where they stand"), [str(TITLES["office"]), *heat.columns], rows)
