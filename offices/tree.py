"""The tree of offices."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from offices.models import Office


def office_ids_below(office_ids: Iterable[int]) -> set[int]:
    """The given offices and every office below them: one statement, none for an empty set."""
    pending = list(office_ids)
    if not pending:
        return set()
    children: dict[int | None, list[int]] = defaultdict(list)
    for office_id, parent_id in Office.objects.order_by().values_list("pk", "parent_id"):
        children[parent_id].append(office_id)
    found: set[int] = set()
    while pending:
        office_id = pending.pop()
        if office_id not in found:
            found.add(office_id)
            pending.extend(children[office_id])
    return found


def parents_of_offices() -> dict[int, int | None]:
    """The office above each office: one statement."""
    return dict(Office.objects.order_by().values_list("pk", "parent_id"))


def offices_above(office_id: int, parents: Mapping[int, int | None] | None = None) -> list[int]:
    """The office itself and those above it, the nearest first.

    Args:
        parents: the tree, where it was read before; otherwise one statement reads it.
    """
    above = parents_of_offices() if parents is None else parents
    line: list[int] = []
    place: int | None = office_id
    while place is not None and place not in line:
        line.append(place)
        place = above.get(place)
    return line
