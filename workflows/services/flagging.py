"""Raising and clearing flags, with their evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workflows.models import Flag

if TYPE_CHECKING:
    from workflows.services.act import Act


class FlagBook:
    """Flags that an act raises and clears, written together."""

    def __init__(self, act: Act) -> None:
        self.act = act
        self.raised: list[Flag] = []
        self.cleared: set[int] = set()

    def is_open(self, kind: str, step_id: int | None = None) -> bool:
        """Whether such a flag was open when the act began."""
        return any(f["kind"] == kind and f["step_id"] == step_id for f in self.act.scene.open_flags)

    def raise_flag(self, kind: str, *, step_id: int | None = None, again: bool = False, **evidence: Any) -> None:
        """Raise a flag unless it is open already; `again` also where this act clears the open one."""
        raised_now = any(flag.kind == kind and flag.step_id == step_id for flag in self.raised)
        if not raised_now and (again or not self.is_open(kind, step_id)):
            self.raised.append(
                Flag(dossier=self.act.dossier, step_id=step_id, kind=kind, evidence=evidence, raised_at=self.act.at)
            )

    def raise_again(self, kind: str, **evidence: Any) -> None:
        """Raise a flag on the whole dossier for something new; an open one of its kind gives way and stays in history.

        So what happens after a review is seen and reviewed for itself.
        """
        given_way = [
            flag["id"] for flag in self.act.scene.open_flags if (flag["kind"], flag["step_id"]) == (kind, None)
        ]
        self.cleared.update(given_way)
        if given_way:
            evidence["replaces"] = given_way
        self.raise_flag(kind, again=True, **evidence)

    def clear(self, *kinds: str, step_id: int | None = None) -> None:
        """Clear open flags of these kinds; a cleared flag stays in history."""
        for flag in self.act.scene.open_flags:
            if flag["kind"] in kinds and (step_id is None or flag["step_id"] == step_id):
                self.cleared.add(flag["id"])

    def save(self) -> None:
        """Write what was raised and cleared; nothing to write costs nothing."""
        if self.cleared:
            Flag.objects.filter(pk__in=self.cleared).update(cleared_at=self.act.at)
        if self.raised:
            Flag.objects.bulk_create(self.raised)
