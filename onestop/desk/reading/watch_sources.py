"""Where the rows of each list stand: flags, paused and soon late dossiers, apologies, decided dossiers, breaches.

A row belongs to a dossier. It is looked at together with whoever holds that dossier now: the open steps, or the one
step a flag is about. So a row stands in the counts once for every open step that fits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Case, CharField, Exists, F, FilteredRelation, OuterRef, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from offices.capacities import OFFICE_ZONE, Capacities
from offices.models import Office, Role
from offices.tree import office_ids_below
from onestop.desk.reading.watch_choice import NO_CAUSE, Choice
from onestop.desk.reading.watch_kinds import (
    APOLOGISED,
    APOLOGY,
    BREACH,
    DECIDED,
    DECIDED_LATE,
    FLAG_KINDS,
    LATE_WITHIN,
    PAUSED,
    PAUSED_TOO_LONG,
    RECEIVED,
    TWO_DAYS,
)
from sla.calendars import timetable_for
from sla.models import Calendar, ClockKind, ClockState, PartyKind, Verdict
from sla.terms import Term, Unit, deadline
from workflows.acts import AT_WORK
from workflows.models import Apology, BreachReview, BreachState, Consultation, Dossier, Flag, LegalStatus, Step
from workflows.models.step import HUMAN
from workflows.querysets import OPEN

NOBODY = "0"
NOWHERE = "-"
MOVING = (LegalStatus.REGISTERED, LegalStatus.RECEIVED, LegalStatus.IN_PROCESS)
WEEK = timedelta(weeks=1)


class Scope:
    """What one supervisor watches at one moment: the offices one supervises, and below."""

    def __init__(self, capacities: Capacities, at: datetime) -> None:
        self.at = at
        self.below = sorted(office_ids_below(capacities.offices_as(Role.SUPERVISOR)))
        self.is_everything = bool(self.below) and not Office.objects.exclude(pk__in=self.below).exists()

    def of(self, dossier: str) -> Q:
        """Open dossiers received or handled by those offices; `dossier` is the way to the dossier."""
        return self.of_ended(dossier) & Q(**{f"{dossier}closed_at__isnull": True})

    def of_ended(self, dossier: str) -> Q:
        """Dossiers, open or not, received or handled by those offices."""
        if self.is_everything:
            return Q(**{f"{dossier}pk__isnull": False})
        return Q(**{f"{dossier}receiving_office__in": self.below}) | Q(**{f"{dossier}handling_office__in": self.below})

    @cached_property
    def calendars(self) -> list[str]:
        """The calendars that dossiers may keep."""
        return list(Calendar.objects.order_by("code").values_list("code", flat=True))

    @cached_property
    def late_by(self) -> dict[str, datetime]:
        """Up to when a dossier is due within two working days, by calendar."""
        term = Term(Decimal(LATE_WITHIN), Unit.WORKING_DAY)
        return {
            code: deadline(start=self.at, term=term, timetable=timetable_for(code), explain=False).due_at
            for code in self.calendars
        }

    @cached_property
    def paused_since(self) -> dict[str, datetime]:
        """Since when a pause is too long, by calendar: the end of that working day."""
        found = {}
        for code in self.calendars:
            timetable = timetable_for(code)
            day = timetable.working_day(timetable.day_of(self.at), -PAUSED_TOO_LONG)
            found[code] = timetable.midnight(day)
        return found

    @property
    def pause_limit(self) -> datetime:
        """Since when a pause is too long by any calendar."""
        return max(self.paused_since.values(), default=self.at)


@dataclass(frozen=True, slots=True)
class Source:
    """The rows of some kinds: how to find them, the way to the dossier, since when, and whether somebody holds them."""

    rows: Callable[[Scope, Choice], QuerySet[Any]]
    dossier: str
    kind: Combinable
    has_step: bool = False


def flags(scope: Scope, choice: Choice) -> QuerySet[Any]:
    """Open flags of every kind."""
    return Flag.objects.filter(cleared_at__isnull=True, kind__in=FLAG_KINDS).annotate(since=F("raised_at"))


def two_days(scope: Scope, choice: Choice) -> QuerySet[Any]:
    """Open dossiers whose time runs and ends within two working days."""
    due = Q(pk__in=[])
    for code, until in scope.late_by.items():
        due |= Q(calendar_code=code, due_at__lte=until)
    last = max(scope.late_by.values(), default=scope.at)
    found = Dossier.objects.filter(due, closed_at__isnull=True, due_at__gt=scope.at, due_at__lte=last)
    return found.filter(legal_status__in=MOVING).annotate(since=F("due_at"))


def paused(scope: Scope, choice: Choice) -> QuerySet[Any]:
    """Dossiers whose clock has been stopped for too many working days; a file never received has no clock to stop."""
    long = Q(pk__in=[])
    for code, since in scope.paused_since.items():
        long |= Q(calendar_code=code, statutory_clock__stopped_at__lt=since)
    found = Dossier.objects.filter(long, closed_at__isnull=True, statutory_clock__stopped_at__lt=scope.pause_limit)
    stopped = {"statutory_clock__kind": ClockKind.STATUTORY, "statutory_clock__state": ClockState.STOPPED}
    return found.filter(**stopped).annotate(since=F("statutory_clock__stopped_at"))


def apologies(scope: Scope, choice: Choice) -> QuerySet[Any]:
    """Apologies that can and must still be given; of each dossier that for the newest run of its clock."""
    owed = Apology.objects.filter(approved_at__isnull=True, lifted_at__isnull=True)
    owed = owed.filter(dossier__legal_status__in=AT_WORK, dossier__closed_at__isnull=True)
    later = owed.filter(dossier=OuterRef("dossier"), run__gt=OuterRef("run"))
    return owed.filter(~Exists(later)).annotate(since=F("due_by"))


def week_of(choice: Choice) -> tuple[datetime, datetime] | None:
    """The chosen week, from Monday to Monday; None where none is chosen."""
    if not choice.week:
        return None
    monday = datetime.fromisoformat(choice.week).replace(tzinfo=OFFICE_ZONE)
    return monday, monday + WEEK


def in_weeks(found: QuerySet[Any], moment: str, scope: Scope, choice: Choice) -> QuerySet[Any]:
    """Dossiers whose moment lies in the chosen week, or in the weeks the trend shows."""
    first, last = week_of(choice) or (mondays(choice.weeks, at=scope.at)[0], scope.at + WEEK)
    found = found.filter(**{f"{moment}__gte": first, f"{moment}__lt": last, f"{moment}__lte": scope.at})
    return found.annotate(since=F(moment))


def mondays(count: int, *, at: datetime, zone: ZoneInfo = OFFICE_ZONE) -> list[datetime]:
    """The beginnings of the last weeks, this week's last."""
    today = at.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    first = today - timedelta(days=today.weekday())
    return [first - WEEK * (count - 1 - number) for number in range(count)]


def received(scope: Scope, choice: Choice) -> QuerySet[Any]:
    """Dossiers received in the week."""
    return in_weeks(Dossier.objects.all(), "received_at", scope, choice)


def decided(scope: Scope, choice: Choice) -> QuerySet[Any]:
    """Dossiers decided in the week."""
    return in_weeks(Dossier.objects.all(), "decided_at", scope, choice)


def decided_late(scope: Scope, choice: Choice) -> QuerySet[Any]:
    """Dossiers decided in the week, and late."""
    return decided(scope, choice).filter(verdict=Verdict.LATE)


def apologised(scope: Scope, choice: Choice) -> QuerySet[Any]:
    """Dossiers decided late in the week, for which the office had apologised."""
    said = Apology.objects.filter(approved_at__isnull=False)
    return decided_late(scope, choice).filter(pk__in=said.values("dossier"))


def breaches(scope: Scope, choice: Choice) -> QuerySet[Any]:
    """Missed limits of the weeks the trend shows, by cause where one is chosen."""
    first = mondays(choice.weeks, at=scope.at)[0]
    found = BreachReview.objects.filter(opened_at__gte=first, opened_at__lte=scope.at)
    found = found.exclude(state=BreachState.MOOT)
    if choice.cause:
        found = found.filter(cause="" if choice.cause == NO_CAUSE else choice.cause)
    return found.annotate(since=F("opened_at"))


FLAGS = Source(flags, "dossier__", F("kind"), has_step=True)
SOON = Source(two_days, "", Value(TWO_DAYS))
PAUSES = Source(paused, "", Value(PAUSED))
OWED = Source(apologies, "dossier__", Value(APOLOGY))
COUNTED: tuple[Source, ...] = (FLAGS, SOON, PAUSES, OWED)

SOURCES: dict[str, Source] = dict.fromkeys(FLAG_KINDS, FLAGS) | {
    TWO_DAYS: SOON,
    PAUSED: PAUSES,
    APOLOGY: OWED,
    RECEIVED: Source(received, "", Value(RECEIVED)),
    DECIDED: Source(decided, "", Value(DECIDED)),
    DECIDED_LATE: Source(decided_late, "", Value(DECIDED_LATE)),
    APOLOGISED: Source(apologised, "", Value(APOLOGISED)),
    BREACH: Source(breaches, "dossier__", Value(BREACH)),
}


def held_now(source: Source) -> FilteredRelation:
    """The open steps of a row's dossier; made anew for each query, because a query writes into it."""
    path = f"{source.dossier}task_set"
    return FilteredRelation(path, condition=Q(**{f"{path}__flow_task_type": HUMAN, f"{path}__status__in": OPEN}))


def of_holder(source: Source, name: str, otherwise: Combinable) -> Coalesce:
    """A field of the row's own step, else of the open steps of its dossier, else something else."""
    held: Combinable = F(f"held__{name}")
    if source.has_step:
        held = Case(When(step__isnull=False, then=F(f"step__{name}")), default=held)
    return Coalesce(held, otherwise)


def party_now(source: Source) -> Case:
    """Whose hours are passing: as the ledger has it, for each open step by itself."""
    dossier = source.dossier
    at_work = Q(**{f"{dossier}legal_status__in": (LegalStatus.RECEIVED, LegalStatus.IN_PROCESS)})
    is_asked = Q(**{f"{dossier}pk__in": asked_dossiers()})
    status = f"{dossier}legal_status"
    return Case(
        When(**{status: LegalStatus.AWAITING_SUPPLEMENT}, then=Value(str(PartyKind.CITIZEN))),
        When(**{status: LegalStatus.AWAITING_PAYMENT}, then=Value(str(PartyKind.PAYMENT))),
        When(at_work & is_asked, then=Value(str(PartyKind.CONSULTED))),
        When(Q(held_role=Role.CLERK) | Q(held_role=""), then=Value(str(PartyKind.DESK))),
        When(held_owner__gt=0, then=Value(str(PartyKind.PERSON))),
        default=Value(str(PartyKind.DIVISION)),
        output_field=CharField(),
    )


def dimensions(source: Source, names: Iterable[str]) -> dict[str, Combinable]:
    """Expressions of some dimensions over the rows of a source."""
    office = F(f"{source.dossier}receiving_office")
    every: dict[str, Callable[[], Combinable]] = {
        "office": lambda: of_holder(source, "office", office),
        "procedure": lambda: F(f"{source.dossier}procedure"),
        "person": lambda: of_holder(source, "owner", Value(0)),
        "party": lambda: party_now(source),
        "phase": lambda: of_holder(source, "phase", Value(NOWHERE)),
        "step": lambda: of_holder(source, "key", Value(NOWHERE)),
    }
    return {f"by_{name}": every[name]() for name in names}


def placed(source: Source, found: QuerySet[Any], names: Iterable[str]) -> QuerySet[Any]:
    """The rows with their dimensions as `by_…`: one for each open step of the dossier."""
    names = tuple(names)
    if set(names) - {"procedure"}:
        found = found.alias(held=held_now(source))
    if "party" in names:
        found = found.alias(
            held_role=of_holder(source, "role", Value("")), held_owner=of_holder(source, "owner", Value(0))
        )
    return found.annotate(**dimensions(source, names))


def open_steps() -> QuerySet[Any]:
    """Steps that are open anywhere."""
    return Step.objects.open().order_by()


def asked_dossiers() -> QuerySet[Any]:
    """Dossiers on which another office was asked and has not answered."""
    asked = Consultation.objects.filter(answered_at__isnull=True, step__status__in=OPEN)
    return asked.order_by().values_list("dossier")
