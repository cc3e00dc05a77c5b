"""What a flag keeps as evidence: which acts stand behind it, by dossier and number in its trail."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workflows.models import Dossier
    from workflows.services.act import Act


def act_behind(dossier_id: int, code: str, number: int) -> dict[str, Any]:
    """One act, as evidence names it."""
    return {"dossier": dossier_id, "code": code, "number": number}


def next_act(act: Act) -> dict[str, Any]:
    """The act that is being done, under the number it will have in the trail."""
    return act_behind(act.dossier.pk, act.dossier.code, act.dossier.acts + 1)


def last_act(dossier: Dossier) -> dict[str, Any]:
    """The newest act on a dossier."""
    return act_behind(dossier.pk, dossier.code, dossier.acts)


def own_acts(dossier: Dossier, numbers: Iterable[int]) -> list[dict[str, Any]]:
    """Acts of one dossier, each once, in their order."""
    return [act_behind(dossier.pk, dossier.code, number) for number in sorted(set(numbers))]
