"""The columns of the list of work and the filters kept under a name, as each person chose them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

from django.db import transaction
from django.utils.translation import gettext_lazy, pgettext_lazy

from onestop.desk.reading.work_order import sort_address, sort_in
from workflows.models import WorkChoice

if TYPE_CHECKING:
    from django.http import QueryDict
    from django.utils.functional import Promise

KEPT = ("held", "procedure", "step", "words", "sort")
MOST_FILTERS = 12
LONGEST_NAME = 40
USUAL = ("procedure", "applicant", "step", "came")


@dataclass(frozen=True, slots=True)
class Offered:
    """A column that may be shown; `sort` names what it sorts by."""

    label: Promise
    css: str
    sort: str = ""


COLUMNS: dict[str, Offered] = {
    "procedure": Offered(gettext_lazy("Procedure"), "col-procedure", "procedure"),
    "applicant": Offered(gettext_lazy("Applicant"), "col-person", "applicant"),
    "step": Offered(gettext_lazy("Step"), "col-step", "step"),
    "came": Offered(gettext_lazy("Came from"), "col-step col-optional"),
    "since": Offered(pgettext_lazy("column", "Here since"), "col-moment", "since"),
    "received": Offered(pgettext_lazy("column", "Received"), "col-moment", "received"),
    "appointed": Offered(pgettext_lazy("column", "Dossier due"), "col-moment", "appointed"),
    "office": Offered(gettext_lazy("Office"), "col-step"),
    "owner": Offered(pgettext_lazy("column", "Claimed by"), "col-person"),
}


@dataclass(frozen=True, slots=True)
class Heading:
    """The head of a column: its words, the address that sorts by it, and how the list is sorted by it now."""

    name: str
    label: str
    css: str
    href: str = ""
    sorted: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """A filter kept under a name."""

    name: str
    query: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class Choices:
    """How one person's list looks for one address."""

    columns: list[Heading]
    code: Heading
    time: Heading
    kept: list[Kept]
    query: str
    offered: list[tuple[str, str, bool]]

    @property
    def width(self) -> int:
        """How many cells a row has."""
        return len(self.columns) + 3


def choices_of(user_id: int, query: QueryDict) -> Choices:
    """Columns and kept filters of a person: one statement."""
    own = WorkChoice.objects.filter(pk=user_id).first() or WorkChoice()
    names = [name for name in own.columns if name in COLUMNS] or list(USUAL)
    here = kept_part(query.urlencode())
    return Choices(
        columns=[heading(name, COLUMNS[name].label, COLUMNS[name].css, COLUMNS[name].sort, query) for name in names],
        code=heading("code", gettext_lazy("Dossier code"), "col-code", "code", query),
        time=Heading(
            "time", str(gettext_lazy("Time left")), "col-time", sort_address(query, ""), _turned("", sort_in(query))
        ),
        kept=[Kept(one["name"], one["query"], one["query"] == here) for one in own.filters],
        query=here,
        offered=[(name, str(column.label), name in names) for name, column in COLUMNS.items()],
    )


def heading(name: str, label: Promise, css: str, sort: str, query: QueryDict) -> Heading:
    """The head of a column."""
    if not sort:
        return Heading(name, str(label), css)
    return Heading(name, str(label), css, sort_address(query, sort), _turned(sort, sort_in(query)))


def _turned(sort: str, now: str) -> str:
    if now.removeprefix("-") != sort:
        return ""
    return "descending" if now.startswith("-") else "ascending"


def kept_part(query: str) -> str:
    """Of an address's parameters those that filter or sort, in one order, so that equal filters read alike."""
    given = dict(parse_qsl(query[:2000].replace("\0", "")))
    return urlencode({name: given[name] for name in KEPT if given.get(name)})


def _own(user_id: int) -> WorkChoice:
    WorkChoice.objects.get_or_create(pk=user_id)
    return WorkChoice.objects.select_for_update().get(pk=user_id)


@transaction.atomic
def choose_columns(user_id: int, names: Sequence[str]) -> None:
    """Show these columns from now on; none chosen: as for everybody."""
    own = _own(user_id)
    own.columns = [name for name in COLUMNS if name in names]
    own.save(update_fields=["columns"])


@transaction.atomic
def keep_filter(user_id: int, name: str, query: str) -> bool:
    """Keep a filter under a name, in the place of one of this name; False where nothing is filtered or named."""
    name, query = " ".join(name.replace("\0", "").split())[:LONGEST_NAME], kept_part(query)
    if not name or not query:
        return False
    own = _own(user_id)
    others = [one for one in own.filters if one["name"] != name]
    own.filters = [*others, {"name": name, "query": query}][-MOST_FILTERS:]
    own.save(update_fields=["filters"])
    return True


@transaction.atomic
def drop_filter(user_id: int, name: str) -> None:
    """Keep a filter no more."""
    own = _own(user_id)
    own.filters = [one for one in own.filters if one["name"] != name]
    own.save(update_fields=["filters"])
