"""Questions to the tables of this package."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from viewflow.workflow.status import STATUS

from offices.capacities import Capacities
from offices.models import Role
from offices.tree import office_ids_below
from procedures.folding import fold

if TYPE_CHECKING:
    pass

OPEN = [STATUS.NEW, STATUS.ASSIGNED]
STEP_ROLES = [Role.SPECIALIST, Role.DIVISION_HEAD, Role.REGISTRY, Role.LEADER]


def places(capacities: Capacities, *, office: str = "office", role: str = "role") -> Q:
    """Rows whose office and role are one of the person's rights to act."""
    by_role: dict[str, set[int]] = defaultdict(set)
    for capacity in capacities:
        by_role[capacity.role].add(capacity.office_id)
    condition = Q(pk__in=[])
    for held, office_ids in by_role.items():
        condition |= Q(**{role: held, f"{office}__in": sorted(office_ids)})
    return condition


def search_terms(text: str) -> list[str]:
    """Split what a person typed into folded words that a lexeme may begin with."""
    return [term for term in fold(text).replace("'", " ").replace("\\", " ").split() if term]


def search_query(text: str) -> str:
    """What a person typed in PostgreSQL's notation: whole words, of numbers and of the last word the beginning."""
    terms = search_terms(text)
    last = len(terms) - 1
    return " & ".join(
        f"'{term}':*" if at == last or any(sign.isdigit() for sign in term) else f"'{term}'"
        for at, term in enumerate(terms)
    )


class Probed(Exists):
    """Is asked of one row after the other: PostgreSQL does not read all that could fit beforehand."""

    template = "EXISTS(%(subquery)s OFFSET 0)"


@SearchVectorField.register_lookup
class HasWords(models.Lookup):
    """Matches a stored vector with a query in PostgreSQL's own notation; no dictionary touches its words."""

    lookup_name = "has_words"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        left, left_params = self.process_lhs(compiler, connection)
        return f"{left} @@ %s::tsquery", [*left_params, self.rhs]


class DossierQuerySet(models.QuerySet["Dossier"]):
    """Questions about dossiers."""

    def visible_to(self, capacities: Capacities, *, probing: bool = False) -> DossierQuerySet:
        """Dossiers the person may see (contracts of visibility: clerk, step offices, supervisor and below).

        Args:
            capacities: in which roles and offices the person may act.
            probing: ask row by row, for the first few of very many; otherwise the database chooses.
        """
        asking = Probed if probing else Exists
        step_model = self.model._meta.get_field("task_set").related_model
        consultation_model = self.model._meta.get_field("consultations").related_model
        condition = Q(receiving_office__in=capacities.offices_as(Role.CLERK))
        step_offices = capacities.offices_as(*STEP_ROLES)
        if step_offices:
            held = step_model.objects.filter(process=OuterRef("pk"), office__in=step_offices)
            asked = consultation_model.objects.filter(dossier=OuterRef("pk"), office__in=step_offices)
            condition |= Q(asking(held)) | Q(asking(asked))
        leading = capacities.offices_as(Role.LEADER)
        heads = capacities.offices_as(Role.DIVISION_HEAD, Role.LEADER)
        if heads:
            asked_of = self.model._meta.get_field("supplement_consents").related_model
            condition |= Q(asking(asked_of.objects.filter(dossier=OuterRef("pk"))), handling_office__in=heads)
            sorry = self.model._meta.get_field("apologies").related_model
            proposed = sorry.objects.filter(dossier=OuterRef("pk"), proposed_at__isnull=False)
            condition |= Q(asking(proposed), handling_office__in=leading)
        below = office_ids_below(capacities.offices_as(Role.SUPERVISOR))
        if below:
            condition |= Q(receiving_office__in=below) | Q(handling_office__in=below)
        return self.filter(condition)

    def matching(self, text: str) -> DossierQuerySet:
        """Dossiers with every word of `text` in code, applicant, numbers or answers, the last one begun; no accents."""
        words = search_query(text)
        return self.filter(search__has_words=words) if words else self.none()

    def open(self) -> DossierQuerySet:
        """Dossiers on which the office still owes something before the decision."""
        return self.filter(legal_status__in=[1, 2, 4, 5, 6])


class StepQuerySet(models.QuerySet["Step"]):
    """Questions about steps."""

    def human(self) -> StepQuerySet:
        """Human work only, no gateways."""
        return self.filter(flow_task_type="HUMAN")

    def open(self) -> StepQuerySet:
        """Human work that waits for somebody."""
        return self.human().filter(status__in=OPEN)

    def waiting_for(self, capacities: Capacities) -> StepQuerySet:
        """Open steps the person may act on: theirs, offered to them, or open to a role they hold."""
        stands_for = {capacity.user_id for capacity in capacities} | {capacities.user_id}
        mine = Q(owner__in=stands_for)
        offered = Q(owner__isnull=True) & (Q(offered_to=[]) | Q(offered_to__overlap=sorted(stands_for)))
        return self.open().filter(places(capacities), mine | offered)


class ConsultationQuerySet(models.QuerySet["Consultation"]):
    """Questions about consultations."""

    def waiting_for(self, capacities: Capacities) -> ConsultationQuerySet:
        """Unanswered consultations of the offices the person works in."""
        waiting = self.filter(answered_at__isnull=True, step__status__in=OPEN)
        return waiting.filter(office__in=capacities.offices_as(*STEP_ROLES))


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Questions about notices."""

    def for_person(self, capacities: Capacities) -> NoticeQuerySet:
        """In-app notices to the person, to whom they stand in for, or to a role they hold in its office."""
        stands_for = {capacity.user_id for capacity in capacities} | {capacities.user_id}
        told = Q(user__in=sorted(stands_for)) | Q(user__isnull=True) & places(capacities)
        return self.filter(told, channel="in_app")

    def count_for_person(self, capacities: Capacities, *, after: int, most: int) -> int:
        """How many of them are newer than one, counted up to `most`.

        Every office and role is looked up by itself and left as soon as there are enough, so that a flood of notices
        costs no more than a few.
        """
        told = [Q(user__in=sorted({capacity.user_id for capacity in capacities} | {capacities.user_id}))]
        held = sorted({(capacity.office_id, capacity.role) for capacity in capacities})
        told += [Q(user__isnull=True, office=office, role=role) for office, role in held]
        first, *others = [
            self.filter(one, channel="in_app", pk__gt=after).order_by().values("pk")[:most] for one in told
        ]
        return min(first.union(*others, all=True).count() if others else first.count(), most)
