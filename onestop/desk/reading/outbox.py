"""Messages that have not gone out yet, as rows of the list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from onestop.desk.paging import Column
from workflows.models import Notice
from workflows.services.wording import sentence_of

ORDER = (Column("pk"),)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One message: what it says, why it did not go out, when it is tried again."""

    notice: Notice
    sentence: str
    is_due: bool


def rows_of(notices: Iterable[Notice], at: datetime) -> list[Waiting]:
    """The rows of the list; notices are read with dossier and person."""
    return [Waiting(one, said(one), one.next_try_at is not None and one.next_try_at <= at) for one in notices]


def said(notice: Notice) -> str:
    """What a message is about; a digest says how many it stands for."""
    if notice.dossier is None:
        return _("%(count)d messages on dossiers") % {"count": int(notice.payload.get("count", 0))}
    try:
        return sentence_of(notice)
    except (KeyError, ValueError):  # a row that says nothing is what somebody must look at here
        return notice.topic
