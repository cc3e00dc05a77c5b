"""Communes that the office tree names, to be offered in addresses."""

from __future__ import annotations

import re

from offices.models import Office
from procedures.provinces import PROVINCES

COMMUNE = re.compile(r"^(?:ủy ban nhân dân|ubnd)\s+((?:xã|phường|đặc khu)\s.+)$", re.IGNORECASE)


def known_communes() -> list[tuple[str, str]]:
    """Name of each commune that has an office, with its province ("" where the tree does not say), in one statement."""
    offices = {row["id"]: row for row in Office.objects.filter(is_active=True).values("id", "name", "parent_id")}
    found = []
    for row in offices.values():
        match = COMMUNE.match(str(row["name"]))
        if match:
            name = match.group(1)
            found.append((name[0].upper() + name[1:], province_of(row, offices)))
    return sorted(set(found))


def province_of(row: dict[str, object], offices: dict[int, dict[str, object]]) -> str:
    """The province that an office above names."""
    above: dict[str, object] | None = row
    for _level in range(len(offices)):
        above = offices.get(above["parent_id"]) if above else None  # type: ignore[call-overload]  # a row of ids and names
        if above is None:
            return ""
        named = [name for name in PROVINCES.values() if str(above["name"]).lower().endswith(name.lower())]
        if named:
            return named[0]
    return ""
