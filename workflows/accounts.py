"""The account of a dossier's time: each of its clocks explained, and whose hours went by.

One account is what the page, the certificate, the JSON and the command print; nothing is counted anywhere else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from offices.models import Office, User
from sla.accounts import Account, accounts_of, moment_data, rulebook_data
from sla.calendars import timetable_of
from sla.ledger import Line, Stretch, seconds_by_party, stretches
from sla.models import Clock, ClockKind
from sla.rulebook import Rulebook, rulebook_named
from sla.timekeeping import Party
from workflows.models import Consultation, Dossier, LegalStatus, Step

SCHEMA = "onestop.explanation/1"


@dataclass(frozen=True, slots=True)
class ClockAccount:
    """The account of one clock, and what it is the clock of."""

    account: Account
    title: str
    step: Step | None = None
    consultation: Consultation | None = None

    def as_data(self) -> dict[str, Any]:
        """As JSON."""
        step = None
        if self.step is not None:
            step = {"key": self.step.key, "attempt": self.step.attempt}
        return {"title": self.title, "step": step, **self.account.as_data()}


@dataclass(frozen=True, slots=True)
class DossierAccount:
    """The account of a dossier's time as of a moment.

    Attributes:
        clocks: the clock that decides the date first, then those of steps and asked offices, the applicant's own last.
        held: who held the dossier, stretch by stretch.
    """

    dossier: Dossier
    at: datetime
    clocks: tuple[ClockAccount, ...]
    held: tuple[Stretch, ...]
    offices: dict[int, Office]
    users: dict[int, User]

    @property
    def main(self) -> ClockAccount | None:
        """The clock that decides the date: the legal limit or, before reception, the desk's answer."""
        kinds = (ClockKind.STATUTORY, ClockKind.DESK)
        return next((one for one in self.clocks if one.account.clock.kind in kinds), None)

    @property
    def book(self) -> Rulebook:
        """The rulebook the dossier keeps."""
        return rulebook_named(self.dossier.rulebook)

    @property
    def parts(self) -> dict[Party, int]:
        """Working seconds by party; together they are `total`."""
        return seconds_by_party(self.held)

    @property
    def total(self) -> int:
        """Working seconds from the first submission until now or the end."""
        return sum(stretch.seconds for stretch in self.held)

    def as_data(self) -> dict[str, Any]:
        """As JSON, by the schema `docs/explanation-1.schema.json`."""
        dossier = self.dossier
        return {
            **self._head(),
            "procedure": {"code": dossier.procedure.code, "name": dossier.procedure.name},
            "rulebook": rulebook_data(self.book),
            "clocks": [one.as_data() for one in self.clocks],
            "ledger": self._ledger(),
        }

    def _head(self) -> dict[str, Any]:
        dossier = self.dossier
        moments = ("registered_at", "received_at", "due_at", "reappointed_at", "decided_at", "closed_at")
        return {
            "schema": SCHEMA,
            "code": dossier.code,
            "as_of": moment_data(self.at),
            "status": dossier.legal_status,
            "status_words": str(LegalStatus(dossier.legal_status).label),
            "verdict": dossier.verdict,
            **{name: moment_data(getattr(dossier, name)) for name in moments},
        }

    def _ledger(self) -> dict[str, Any] | None:
        if not self.held:
            return None
        return {
            "from": moment_data(self.held[0].starts_at),
            "to": moment_data(self.held[-1].ends_at),
            "seconds": self.total,
            "parts": [self._party(party) | {"seconds": seconds} for party, seconds in self.parts.items()],
            "stretches": [
                {
                    "from": moment_data(stretch.starts_at),
                    "to": moment_data(stretch.ends_at),
                    "seconds": stretch.seconds,
                    **self._party(stretch.party),
                }
                for stretch in self.held
            ],
        }

    def _party(self, party: Party) -> dict[str, Any]:
        office = self.offices.get(party.office_id) if party.office_id else None
        user = self.users.get(party.user_id) if party.user_id else None
        return {
            "party": party.kind,
            "office": {"code": office.code, "name": office.name} if office else None,
            "person": user.full_name if user else None,
        }


def account_of(dossier: Dossier, *, at: datetime) -> DossierAccount:
    """Account for a dossier with all its clocks: a fixed number of statements.

    Args:
        dossier: with its version.
        at: now, until when what still lasts is counted.
    """
    steps = list(dossier.task_set.human().filter(clock__isnull=False).select_related("clock", "office").order_by("pk"))
    asked = list(dossier.consultations.filter(clock__isnull=False).select_related("clock", "office").order_by("pk"))
    clocks, named = _named(dossier, steps, asked)
    accounts = accounts_of(clocks, at=at, start_rule=start_rule_of(dossier))
    found = tuple(
        ClockAccount(account, title, step, row) for account, (title, step, row) in zip(accounts, named, strict=True)
    )
    held = _held(dossier, at)
    parties = {stretch.party for stretch in held}
    return DossierAccount(
        dossier,
        at,
        found,
        held,
        Office.objects.in_bulk({party.office_id for party in parties if party.office_id}),
        User.objects.in_bulk({party.user_id for party in parties if party.user_id}),
    )


def public_account_of(dossier: Dossier, *, at: datetime) -> DossierAccount:
    """Account for the clock that decides the date alone; nobody's name or office is read."""
    clock = dossier.statutory_clock or dossier.desk_clock
    accounts = accounts_of([clock], at=at, start_rule=start_rule_of(dossier)) if clock else []
    found = tuple(ClockAccount(one, str(ClockKind(one.clock.kind).label)) for one in accounts)
    return DossierAccount(dossier, at, found, (), {}, {})


def start_rule_of(dossier: Dossier) -> str:
    """The rule by which the legal limit of a dossier began."""
    return "nonterritorial_start" if dossier.is_nonterritorial else "clock_start"


Named = tuple[str, Step | None, Consultation | None]


def _named(dossier: Dossier, steps: Sequence[Step], asked: Sequence[Consultation]) -> tuple[list[Clock], list[Named]]:
    clocks: list[Clock] = []
    named: list[Named] = []

    def add(clock: Clock | None, title: str, step: Step | None = None, row: Consultation | None = None) -> None:
        if clock is not None:
            clocks.append(clock)
            named.append((title, step, row))

    add(dossier.statutory_clock, str(ClockKind.STATUTORY.label))
    add(dossier.reappointment_clock, str(ClockKind.REAPPOINTMENT.label))
    add(dossier.desk_clock, str(ClockKind.DESK.label))
    for step in steps:
        step.process = dossier
        add(step.clock, _("Step “%(step)s”") % {"step": step.flow_task.task_title}, step)
    for row in asked:
        add(row.clock, _("Answer of %(office)s") % {"office": row.office.short_name}, None, row)
    add(dossier.citizen_clock, str(ClockKind.CITIZEN.label))
    return clocks, named


def _held(dossier: Dossier, at: datetime) -> tuple[Stretch, ...]:
    clock = dossier.citizen_clock
    if clock is None:
        return ()
    until = clock.ended_at or max(at, clock.started_at)
    lines = map(Line.of, clock.intervals.order_by("pk"))
    return tuple(stretches(lines, timetable_of(clock.calendar_version_id), until=until))
