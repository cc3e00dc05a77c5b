"""Why an act was refused; each class says what the person can do next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from workflows.models import Dossier, Step, TrailEntry


class WorkflowError(Exception):
    """Base of every refusal; `str()` is one sentence for the screen."""


class NotAllowed(WorkflowError):
    """The person's roles and offices do not allow the act (403)."""


class NotFound(WorkflowError):
    """The thing does not exist, or not for this person (404)."""


class NotPossibleNow(WorkflowError):
    """The state does not allow the act now (409)."""


class NotComplete(WorkflowError):
    """Something is missing or wrong in what was typed (shown on the form)."""

    def __init__(self, message: str, *, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.fields = dict(fields or {})


def clock_time(moment: datetime) -> str:
    """Hours and minutes of the office's day, with the day when it is not today."""
    local = timezone.localtime(moment)
    today = timezone.localtime().date()
    return local.strftime("%H:%M") if local.date() == today else local.strftime("%H:%M %d/%m/%Y")


class StepAlreadyFinished(NotPossibleNow):
    """Somebody finished the step before."""

    def __init__(self, step: Step) -> None:
        self.step = step
        who = step.finished_by.full_name if step.finished_by else ""
        when = clock_time(step.finished) if step.finished else ""
        if who:
            message = _(
                "%(who)s already finished this step at %(when)s, before you pressed. "
                "Nothing was overwritten. Look at the changes."
            )
        else:
            message = _(
                "This step was closed at %(when)s, before you pressed. Nothing was overwritten. Look at the changes."
            )
        super().__init__(message % {"who": who, "when": when})


class StepHeldByAnother(NotPossibleNow):
    """Another person has claimed the step."""

    def __init__(self, step: Step) -> None:
        self.step = step
        super().__init__(
            _("%(who)s has claimed this step. Ask for it to be released or reassigned.")
            % {"who": step.owner.full_name if step.owner else ""}
        )


class StaleScreen(NotPossibleNow):
    """The dossier changed since the screen was shown; carries what changed."""

    def __init__(self, dossier: Dossier, changes: Sequence[TrailEntry]) -> None:
        self.dossier = dossier
        self.changes = list(changes)
        last = self.changes[-1] if self.changes else None
        who = last.by.full_name if last and last.by else _("the program")
        when = clock_time(last.at) if last else ""
        super().__init__(
            _(
                "%(who)s changed dossier %(code)s at %(when)s, after you opened it. "
                "Nothing was overwritten. Look at the changes and try again."
            )
            % {"who": who, "code": dossier.code, "when": when}
        )


class WrongStatus(NotPossibleNow):
    """The legal status does not allow the act; says who brought it there and when."""

    def __init__(self, dossier: Dossier, entry: TrailEntry | None) -> None:
        self.dossier = dossier
        status = dossier.get_legal_status_display()
        if entry is None or entry.by is None:
            message = _("Dossier %(code)s is now “%(status)s”: this is not possible. Look at the dossier.")
        else:
            message = _(
                "Dossier %(code)s is now “%(status)s” (%(who)s, %(when)s): this is not possible. Look at the dossier."
            )
        super().__init__(
            message
            % {
                "code": dossier.code,
                "status": status,
                "who": entry.by.full_name if entry and entry.by else "",
                "when": clock_time(entry.at) if entry else "",
            }
        )


class DossierBusy(NotPossibleNow):
    """Somebody else held the dossier for longer than an act waits."""

    def __init__(self, *, moving: bool) -> None:
        super().__init__(
            _(
                "The dates of this dossier are just being moved to a new calendar. Nothing was changed. "
                "Try again in a few seconds."
            )
            if moving
            else _(
                "Somebody else is just saving an act on this dossier. Nothing was changed. Try again in a few seconds."
            )
        )


class WrongMoment(WorkflowError):
    """An act was given an instant before the last act or after now."""


class IncompleteDossier(NotComplete):
    """Required papers are missing."""

    def __init__(self, missing: Sequence[tuple[str, str]]) -> None:
        self.missing = [key for key, _name in missing]
        names = ", ".join(name for _key, name in missing)
        super().__init__(
            _(
                "%(count)d required papers are missing: %(names)s. "
                "Record them as received, or ask the applicant for all of them at once."
            )
            % {"count": len(missing), "names": names},
            fields={f"paper_{key}": _("This paper is required.") for key, _name in missing},
        )
