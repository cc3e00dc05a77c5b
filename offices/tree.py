"""The tree of offices."""

from collections import defaultdict
from collections.abc import Iterable

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
