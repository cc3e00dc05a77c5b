"""Keyset paging: a page begins behind the last row of the page before, however long the list is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

Row = TypeVar("Row", bound=Model)

PAGE = 50
SEPARATOR = "~"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the order; never null, and the last column of an order is unique."""

    name: str
    read: Callable[[str], Any] = int
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page of rows with the way to the next and to the previous page."""

    rows: list[Row]
    words: str
    next_url: str = ""
    previous_url: str = ""


def page_of(
    queryset: QuerySet[Row],
    order: Sequence[Column],
    query: QueryDict,
    *,
    size: int | None = None,
    total: int | None = None,
) -> Page[Row]:
    """The page that the address asks for: one statement.

    Args:
        queryset: the rows, with the columns of the order as fields or annotations.
        order: what the list is sorted by.
        query: parameters of the address; `after` and `before` say where the page begins or ends.
        size: rows per page; None means as many as every list shows.
        total: rows of the whole list, where they are counted anyway.

    Returns:
        The page; an `after` that cannot be read gives the first page.
    """
    size = size or PAGE
    backward = "before" in query and "after" not in query
    mark = read_mark(order, query.get("before" if backward else "after", ""))
    backward = backward and mark is not None
    found = _rows(queryset, order, mark, backward=backward, size=size + 1)
    more, rows = len(found) > size, found[:size]
    if backward:
        rows.reverse()
    has_next = more if not backward else True
    has_previous = more if backward else mark is not None
    return Page(
        rows,
        words_for(len(rows), total),
        _url(query, "after", order, rows[-1]) if rows and has_next else "",
        _url(query, "before", order, rows[0]) if rows and has_previous else "",
    )


def words_for(shown: int, total: int | None) -> str:
    """How many rows are shown, and of how many."""
    if total is None:
        return _("%(shown)d shown") % {"shown": shown}
    return _("%(shown)d of %(total)d") % {"shown": shown, "total": total}


def read_mark(order: Sequence[Column], text: str) -> list[Any] | None:
    """The values of a row in the order, read from the address; None where they cannot be read."""
    parts = text.split(SEPARATOR)
    if len(parts) != len(order):
        return None
    try:
        return [column.read(part) for column, part in zip(order, parts, strict=True)]
    except ValueError:
        return None


def mark_of(order: Sequence[Column], row: Model) -> str:
    """A row's values in the order, as they stand in the address."""
    values = (getattr(row, column.name) for column in order)
    return SEPARATOR.join(value.isoformat() if hasattr(value, "isoformat") else str(value) for value in values)


def behind(order: Sequence[Column], mark: Sequence[Any], *, backward: bool) -> Q:
    """Rows that come after (or before) the mark in the order."""
    condition, same = Q(pk__in=[]), Q()
    for column, value in zip(order, mark, strict=True):
        relation = "lt" if column.descending != backward else "gt"
        condition |= same & Q(**{f"{column.name}__{relation}": value})
        same &= Q(**{column.name: value})
    return condition


def with_parameters(query: QueryDict, changes: Mapping[str, str | None]) -> str:
    """The address's parameters with changes; None takes one away."""
    changed = query.copy()
    for name, value in changes.items():
        changed.pop(name, None)
        if value is not None:
            changed[name] = value
    return f"?{changed.urlencode()}"


def _rows(
    queryset: QuerySet[Row], order: Sequence[Column], mark: list[Any] | None, *, backward: bool, size: int
) -> list[Row]:
    if mark is not None:
        queryset = queryset.filter(behind(order, mark, backward=backward))
    names = (f"-{column.name}" if column.descending != backward else column.name for column in order)
    return list(queryset.order_by(*names)[:size])


def _url(query: QueryDict, name: str, order: Sequence[Column], row: Model) -> str:
    changes = {"after": None, "before": None, "open": None, name: mark_of(order, row)}
    return with_parameters(query, changes)
