"""Ladders of alarms: the shipped ones, the published versions, and the one a clock climbs."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from django.db import connection, transaction

from sla.exceptions import InvalidLadder
from sla.ladder_spec import LadderSpec, spec_from
from sla.models import Ladder
from sla.rulebook import rulebooks

LADDER_FILES = Path(__file__).parent / "ladders"
DEFAULT = "default"
_ladders: dict[tuple[str, int], LadderSpec] = {}


@lru_cache(maxsize=1)
def shipped_ladders() -> dict[str, LadderSpec]:
    """The ladders that come with the program, by code.

    Raises:
        InvalidLadder: a file contradicts itself; the message names the place.
    """
    found = {path.stem: spec_from(yaml.safe_load(path.read_text(encoding="utf-8"))) for path in _files()}
    for name, spec in found.items():
        if spec.code != name:
            raise InvalidLadder(f"{name}.yaml: the code must be {name}")
    return found


def _files() -> list[Path]:
    return sorted(LADDER_FILES.glob("*.yaml"))


def ladder_of(ladder_id: int | None) -> LadderSpec:
    """The ladder a clock climbs, kept for the life of the process (a version can never change).

    Args:
        ladder_id: the clock's version; None for the shipped default.
    """
    if ladder_id is None:
        return shipped_ladders()[DEFAULT]
    key = (str(connection.settings_dict["NAME"]), ladder_id)
    if key not in _ladders:
        _ladders[key] = spec_from(Ladder.objects.get(pk=ladder_id).spec)
    return _ladders[key]


def newest_ladders() -> list[Ladder]:
    """The version of every ladder that new clocks take."""
    return list(Ladder.objects.order_by("code", "-number").distinct("code"))


@transaction.atomic
def publish_ladder(data: Any, *, at: datetime, by_id: int | None = None) -> Ladder:
    """Publish a ladder from now on; the same content is not published twice in a row.

    Clocks that run keep their version; a clock takes the newest one when it starts or starts anew.

    Raises:
        InvalidLadder: the data does not describe a ladder, or calls for an apology later than the law does.
    """
    spec = data if isinstance(data, LadderSpec) else spec_from(data)
    require_room_to_apologise(spec)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('sla_ladder'))")
    newest = Ladder.objects.filter(code=spec.code).order_by("-number").first()
    content = spec.model_dump(mode="json")
    if newest and newest.spec == content:
        return newest
    number = newest.number + 1 if newest else 1
    return Ladder.objects.create(
        code=spec.code, number=number, name=spec.name, spec=content, published_at=at, published_by_id=by_id
    )


def require_room_to_apologise(spec: LadderSpec) -> None:
    """Refuse a ladder whose duty to apologise begins later than every rulebook calls for the apology.

    Raises:
        InvalidLadder: it does.

    Source: R16.
    """
    least = max(int(book.term("apology_opens_before").amount) for book in rulebooks())
    for place, rung in enumerate(spec.rungs):
        if rung.acts_as == "apology" and rung.when.before and rung.when.before.amount < least:
            raise InvalidLadder(
                f"rungs.{place}.when.before: the duty to apologise begins at least {least} working days before the date"
            )


def load_ladders() -> list[Ladder]:
    """Publish the shipped ladders where they are missing, or have changed and nobody here has changed them."""
    now, newest = datetime.now(UTC), {ladder.code: ladder for ladder in newest_ladders()}
    loaded = []
    for code, spec in shipped_ladders().items():
        ours = newest.get(code)
        loaded.append(ours if ours and ours.published_by_id else publish_ladder(spec, at=now))
    return loaded
