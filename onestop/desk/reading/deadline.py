"""Why a dossier is due when it is, laid out for its page: every clock's account, and whose hours went by."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property

from onestop.accounts import ShownClock, shown
from onestop.desk import words
from onestop.desk.badges import dossier_badge
from onestop.desk.reading.clocks import Part, ledger_of, note_in_words, parts_of
from onestop.desk.words import TimeBadge
from workflows.accounts import DossierAccount, account_of
from workflows.models import Dossier, Flag


class DeadlinePage:
    """The account of one dossier as of a moment; each part is read when it is printed, and once."""

    def __init__(self, dossier: Dossier, *, at: datetime) -> None:
        self.dossier, self.at = dossier, at

    @cached_property
    def account(self) -> DossierAccount:
        """What everything on the page rests on."""
        return account_of(self.dossier, at=self.at)

    @cached_property
    def clocks(self) -> list[ShownClock]:
        """Every clock, the one that decides the date first."""
        return [shown(one, say_note=note_in_words) for one in self.account.clocks]

    @property
    def main(self) -> ShownClock | None:
        """The clock that decides the date."""
        main = self.account.main
        return next((one for one in self.clocks if main and one.account is main.account), None)

    @property
    def others(self) -> list[ShownClock]:
        """The other clocks that have something to say: the applicant's own has no limit, the bar shows it."""
        return [one for one in self.clocks if one is not self.main and one.account.clock.kind != "citizen"]

    @cached_property
    def parts(self) -> list[Part]:
        """Whose hours, added up."""
        return parts_of(ledger_of(self.dossier, at=self.at))

    @property
    def total(self) -> str:
        """The sum of the ledger."""
        return words.stretch(minutes=sum(part.minutes for part in self.parts))

    @cached_property
    def badge(self) -> TimeBadge:
        """The state of the dossier's time."""
        soon = self.dossier.flags.filter(cleared_at__isnull=True, kind=Flag.Kind.DUE_SOON).exists()
        return dossier_badge(self.dossier, at=self.at, due_soon=soon)
