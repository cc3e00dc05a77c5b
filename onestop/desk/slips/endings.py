"""How a dossier ended without a result."""

from __future__ import annotations

from django.utils.translation import gettext as _

from workflows.exceptions import NotFound
from workflows.models import Dossier, TrailEntry

ENDINGS = ("decline_to_receive", "refuse", "withdraw", "stop")


def end_of(dossier: Dossier) -> TrailEntry:
    """The act that closed the dossier without a result.

    Raises:
        NotFound: there was none.
    """
    entry = dossier.trail.filter(act__in=ENDINGS).select_related("by").order_by("-number").first()
    if entry is None:
        raise NotFound(_("There is no such slip for this dossier."))
    return entry
