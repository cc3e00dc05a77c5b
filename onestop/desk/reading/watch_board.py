"""The supervisor's page: tiles, tables, heat map and the weeks behind, with the names of what they count."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q
from django.db.models.functions import TruncWeek
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from offices.models import Office, User
from onestop.desk import words
from onestop.desk.reading.watching import KINDS, NOBODY, NOWHERE, Choice, Watch, supervised_dossiers
from onestop.desk.templatetags.desk import FLAGS
from procedures.models import Procedure
from workflows.models import Dossier, Flag

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from offices.capacities import Capacities

TONES = {Flag.Kind.OVERDUE: "late", Flag.Kind.STEP_OVERDUE: "late", Flag.Kind.DUE_SOON: "soon"}
PHASES: dict[str, Promise] = {
    NOWHERE: gettext_lazy("Before reception"),
    "receive": pgettext_lazy("phase", "Reception"),
    "process": pgettext_lazy("phase", "Handling"),
    "approve": pgettext_lazy("phase", "Approval"),
    "return": pgettext_lazy("phase", "Return of the result"),
}
HOTTEST = 4
WEEKS = 8


@dataclass(frozen=True, slots=True)
class Cell:
    """A number and the list it opens."""

    count: int
    href: str
    label: str
    level: int = 0
    current: bool = False


@dataclass(frozen=True, slots=True)
class Tile:
    """One kind of flag with the length of its list."""

    kind: str
    count: int
    href: str
    current: bool
    tone: str
    symbol: str
    label: Promise


@dataclass(frozen=True, slots=True)
class Line:
    """One office, procedure or person with a number for each kind."""

    name: str
    href: str
    is_chosen: bool
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class Names:
    """Names of offices, procedures, people and steps, read once for the whole page."""

    office: dict[int, str]
    procedure: dict[int, str]
    person: dict[int, str]
    step: dict[str, str]

    def of(self, dimension: str, value: Any) -> str:
        """The name of one value of a dimension."""
        if dimension == "phase":
            return str(PHASES.get(value, value))
        if dimension == "person" and str(value) == NOBODY:
            return _("Nobody yet")
        if dimension == "step" and value == NOWHERE:
            return str(PHASES[NOWHERE])
        key = value if dimension == "step" else int(value)
        return str(getattr(self, dimension).get(key, value))


def tiles(watch: Watch, counts: dict[str, int]) -> list[Tile]:
    """One tile per kind; each opens its list under the present choice."""
    choice = watch.choice
    return [
        Tile(
            kind=kind,
            count=counts[kind],
            href=choice.to(kind=kind),
            current=kind == choice.kind,
            tone=TONES.get(kind, ""),
            symbol=FLAGS[kind].icon,
            label=FLAGS[kind].words,
        )
        for kind in KINDS
    ]


def lines(watch: Watch, dimension: str, counts: dict[Any, dict[str, int]], names: Names) -> list[Line]:
    """The table of one dimension, the most overdue first."""
    choice = watch.choice
    found = [line(choice, dimension, value, row, names.of(dimension, value)) for value, row in counts.items()]
    return sorted(found, key=lambda one: (*(-cell.count for cell in one.cells), one.name))


def line(choice: Choice, dimension: str, value: Any, row: dict[str, int], name: str) -> Line:
    """One line of a table."""
    cells = [
        Cell(
            count=row[kind],
            href=choice.to(kind=kind, **{dimension: value}),
            label=f"{name}: {row[kind]} {FLAGS[kind].words}",
            current=kind == choice.kind,
        )
        for kind in KINDS
    ]
    chosen = getattr(choice, dimension) == str(value)
    return Line(name, choice.to(**{dimension: "" if chosen else value}), chosen, cells)


@dataclass(frozen=True, slots=True)
class HeatMap:
    """The open list spread over offices and phases, or over the steps of one procedure."""

    columns: list[str]
    rows: list[Any]


@dataclass(frozen=True, slots=True)
class HeatRow:
    """One office of the heat map."""

    name: str
    cells: list[Cell]


def heat_map(watch: Watch, column: str, counts: dict[tuple[Any, Any], int], names: Names) -> HeatMap:
    """Where the open list stands: office by phase, or by step where one procedure is chosen."""
    offices = sorted({office for office, _column in counts}, key=lambda office: names.of("office", office))
    columns = heat_columns(column, counts, names)
    most = max(counts.values(), default=1)
    rows = [
        HeatRow(
            names.of("office", office),
            [
                heat_cell(watch.choice, counts.get((office, value), 0), most, names, {"office": office, column: value})
                for value in columns
            ],
        )
        for office in offices
    ]
    return HeatMap([names.of(column, value) for value in columns], rows)


def heat_columns(column: str, counts: dict[tuple[Any, Any], int], names: Names) -> list[Any]:
    """Phases and steps in the order of the work; what is not in it comes first."""
    order = list(PHASES) if column == "phase" else [NOWHERE, *names.step]
    present = {value for _office, value in counts}
    return [value for value in order if value in present] + sorted(present - set(order))


def heat_cell(choice: Choice, count: int, most: int, names: Names, place: dict[str, Any]) -> Cell:
    """One cell: the more dossiers, the hotter."""
    level = -(-HOTTEST * count // most)
    label = ", ".join(names.of(name, value) for name, value in place.items())
    return Cell(count, choice.to(**place), f"{label}: {count}", level)


def read_names(choice: Choice, **counted: Iterable[Any]) -> Names:
    """Names of everything that is counted or chosen: one statement per table."""
    wanted = {name: {int(value) for value in values} for name, values in counted.items()}
    for name, ids in wanted.items():
        if getattr(choice, name):
            ids.add(int(getattr(choice, name)))
    people = User.objects.filter(pk__in=wanted["person"]).values_list("pk", "full_name", "username")
    return Names(
        office=dict(Office.objects.filter(pk__in=wanted["office"]).values_list("pk", "short_name")),
        procedure={
            pk: f"{code} {name}"
            for pk, code, name in Procedure.objects.filter(pk__in=wanted["procedure"]).values_list("pk", "code", "name")
        },
        person={pk: full_name or username for pk, full_name, username in people},
        step=step_names(choice.procedure),
    )


def step_names(procedure_id: str) -> dict[str, str]:
    """The steps of a chosen procedure in the order of the work, named as in its newest dossier."""
    if not procedure_id:
        return {}
    newest = Dossier.objects.filter(procedure=int(procedure_id)).only("flow_class").order_by("-pk").first()
    if newest is None or newest.flow_class is None:
        return {}
    return {step.key: step.title for step in newest.flow_class.definition.human_steps()}


@dataclass(frozen=True, slots=True)
class Chosen:
    """One dimension the list is narrowed by, and the way to widen it again."""

    words: str
    href: str


def chosen(watch: Watch, names: Names) -> list[Chosen]:
    """What the list is narrowed by."""
    choice = watch.choice
    return [Chosen(names.of(name, value), choice.to(**{name: ""})) for name, value in choice.narrowed_by.items()]


@dataclass(frozen=True, slots=True)
class Week:
    """A bar of the picture of the weeks behind: numbers of a drawing of 400 by 120."""

    label: str
    count: int
    late: int
    x: int
    y: float
    height: float
    late_y: float
    late_height: float


def weeks(capacities: Capacities, *, at: datetime) -> list[Week]:
    """Dossiers decided in the last eight weeks, and how many of them late: two statements."""
    monday = localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    first = monday - timedelta(days=monday.weekday(), weeks=WEEKS - 1)
    ended = supervised_dossiers(capacities).filter(decided_at__gte=first, decided_at__lte=at)
    counts = {
        week.date(): (number, late)
        for week, number, late in ended.annotate(week=TruncWeek("decided_at"))
        .values_list("week")
        .annotate(number=Count("pk"), late=Count("pk", filter=Q(verdict="late")))
        .order_by()
    }
    most = max((number for number, _late in counts.values()), default=0) or 1
    days = [(first + timedelta(weeks=week)).date() for week in range(WEEKS)]
    return [
        bar(place, words.short_day(day), *counts.get(day, (0, 0)), scale=110 / most) for place, day in enumerate(days)
    ]


def bar(place: int, label: str, count: int, late: int, *, scale: float) -> Week:
    """One week as two bars, the late part in front."""
    height, late_height = round(count * scale, 1), round(late * scale, 1)
    return Week(label, count, late, 8 + place * 49, 120 - height, height, 120 - late_height, late_height)
