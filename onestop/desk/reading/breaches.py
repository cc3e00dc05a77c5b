"""Reviews of missed limits: which of them one sees, which wait for one, and what stands in each.

The list and every number are cut from the same rows by the same filters, so a count is the length of the list it opens.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from offices.capacities import Capacities
from offices.models import Office, Role
from offices.tree import office_ids_below
from onestop.desk import words
from onestop.desk.paging import Column, Page, page_of
from onestop.desk.reading.clocks import Part, minutes_in_words
from onestop.desk.reading.steps import key_title
from onestop.desk.reading.tiles import Tile
from onestop.desk.reading.trail import TimelineItem, items
from onestop.desk.reading.watch_choice import is_id
from onestop.desk.templatetags.desk import FLAGS
from sla.models import PartyKind
from workflows.models import BreachReview, BreachState, Dossier, TrailEntry
from workflows.models.breaches import DATE_MOVED, MISSED_AGAIN
from workflows.services.breaching import (
    UNIT_HEADS,
    barred_from,
    barring,
    concluding_capacity,
    may_explain,
    territories_of,
)

MINE, ALL = "mine", "all"
LABELS = {
    MINE: gettext_lazy("Waits for you"),
    BreachState.OPEN.value: pgettext_lazy("reviews", "To be explained"),
    BreachState.EXPLAINED.value: pgettext_lazy("reviews", "To be concluded"),
    BreachState.CONCLUDED.value: pgettext_lazy("reviews", "Action under way"),
    BreachState.FOLLOWED_UP.value: pgettext_lazy("reviews", "Followed up"),
    BreachState.MOOT.value: pgettext_lazy("reviews", "Set aside"),
    ALL: pgettext_lazy("reviews", "All"),
}
ICONS = {
    MINE: "tasks",
    "open": "late",
    "explained": "eye",
    "concluded": "in-time",
    "followed_up": "done",
    "moot": "calendar",
    ALL: "more",
}
TONES = {MINE: "soon", "open": "late"}
ORDER = (Column("pk", descending=True),)
ROWS = 25


def visible(capacities: Capacities) -> QuerySet[BreachReview]:
    """Reviews of one's unit, of one's own, of what one's office must mend, and of the offices one supervises."""
    heads = capacities.offices_as(*UNIT_HEADS)
    persons = {capacities.user_id, *(capacity.user_id for capacity in capacities)}
    condition = Q(office__in=heads) | Q(action_office__in=heads) | Q(party_user__in=persons)
    condition |= Q(dossier__handling_office__in=heads)
    condition |= Q(party=PartyKind.DESK, office__in=capacities.offices_as(Role.CLERK))
    below = office_ids_below(capacities.offices_as(Role.SUPERVISOR))
    if below:
        condition |= Q(office__in=below) | Q(dossier__receiving_office__in=below)
        condition |= Q(dossier__handling_office__in=below)
    return BreachReview.objects.filter(condition)


def waiting_for(capacities: Capacities) -> QuerySet[BreachReview]:
    """Reviews on which the person must act: explain for the unit; conclude, set aside or follow up as a supervisor."""
    heads = capacities.offices_as(*UNIT_HEADS)
    persons = {capacities.user_id, *(capacity.user_id for capacity in capacities)}
    unit = Q(office__in=heads) | Q(party_user__in=persons)
    unit |= Q(party=PartyKind.DESK, office__in=capacities.offices_as(Role.CLERK))
    moot = Q(state=BreachState.OPEN, evidence__has_key=DATE_MOVED)
    condition = Q(state=BreachState.OPEN) & unit & ~moot
    for user_id, offices in territories_of(capacities).items():
        theirs = (Q(state__in=[BreachState.EXPLAINED, BreachState.CONCLUDED]) | moot) & Q(office__in=offices)
        condition |= theirs & ~barring(user_id, capacities.user_id)
    return BreachReview.objects.filter(condition)


@dataclass(frozen=True, slots=True)
class Choice:
    """Which list is open: what waits for the person, or one state, narrowed to an office."""

    state: str = MINE
    office: str = ""

    @classmethod
    def read(cls, query: QueryDict) -> Choice:
        """The choice that an address carries; by default what waits for the person."""
        state, office = query.get("state", MINE), query.get("office", "")
        return cls(state if state in LABELS else MINE, office if is_id(office) else "")

    def to(self, *, state: str | None = None, office: str | None = None) -> str:
        """The query of an address that opens this list with some changes."""
        chosen = {"state": state or self.state, "office": self.office if office is None else office}
        return f"?{urlencode({name: value for name, value in chosen.items() if value})}"


class Reviews:
    """The reviews one may see, and the choice made among them."""

    def __init__(self, capacities: Capacities, choice: Choice) -> None:
        self.capacities, self.choice = capacities, choice

    def of_state(self, state: str, *, any_office: bool = False) -> QuerySet[BreachReview]:
        """One list."""
        rows = waiting_for(self.capacities) if state == MINE else visible(self.capacities)
        if state not in {MINE, ALL}:
            rows = rows.filter(state=state)
        if self.choice.office and not any_office:
            rows = rows.filter(office=self.choice.office)
        return rows

    def counts(self) -> dict[str, int]:
        """How long each list is under the present choice: two statements."""
        rows = self.of_state(ALL).values_list("state").annotate(number=Count("pk")).order_by()
        states = dict(rows)
        found = {state: states.get(state, 0) for state in BreachState.values}
        return {MINE: self.of_state(MINE).count(), **found, ALL: sum(found.values())}

    def count_offices(self) -> list[tuple[str, int, str, bool]]:
        """For each office: its name, how long the open list would be, and the address that opens it."""
        rows = self.of_state(self.choice.state, any_office=True).values_list("office").annotate(number=Count("pk"))
        counts = dict(rows.order_by())
        names = dict(Office.objects.filter(pk__in=counts).values_list("pk", "short_name"))
        return [
            (
                names[pk],
                counts[pk],
                self.choice.to(office="" if self.choice.office == str(pk) else str(pk)),
                self.choice.office == str(pk),
            )
            for pk in sorted(names, key=lambda pk: (-counts[pk], names[pk]))
        ]


def tiles(reviews: Reviews) -> list[Tile]:
    """One tile for each list."""
    choice = reviews.choice
    return [
        Tile(
            str(LABELS[state]), count, choice.to(state=state), TONES.get(state, ""), ICONS[state], state == choice.state
        )
        for state, count in reviews.counts().items()
    ]


def page(reviews: Reviews, query: QueryDict, *, total: int) -> Page[BreachReview]:
    """One page of the open list, the newest first: one statement."""
    parts = ("dossier", "dossier__procedure", "office", "party_office", "party_user", "action_office")
    rows = reviews.of_state(reviews.choice.state).select_related(*parts).defer("dossier__search", "dossier__data")
    return page_of(rows, ORDER, query, size=ROWS, total=total)


# One review


@dataclass(frozen=True, slots=True)
class MissedStep:
    """A step that overran, as the evidence keeps it."""

    title: str
    office: str
    person: str
    due_at: datetime | None
    finished_at: datetime | None


class ReviewPage:
    """Everything the page of a review says, and what the person may do on it."""

    def __init__(self, review: BreachReview, capacities: Capacities) -> None:
        self.review, self.capacities = review, capacities

    @property
    def dossier(self) -> Dossier:
        """The dossier whose limit was missed."""
        return self.review.dossier

    @property
    def what(self) -> str:
        """Which limit was missed."""
        if self.review.consultation is None:
            return _("Limit of the dossier")
        return _("Term of the consulted office: %(office)s") % {"office": self.review.consultation.office.short_name}

    @property
    def party(self) -> str:
        """Who answers for it by the ledger."""
        user, office = self.review.party_user, self.review.party_office
        return " · ".join(str(part) for part in (user, office.short_name if office else "") if part)

    @cached_property
    def parts(self) -> list[Part]:
        """The ledger of the missed term as a bar."""
        held = self.review.evidence.get("held", [])
        total = sum(row["seconds"] for row in held) or 1
        found, offset = [], 0.0
        for row in held:
            share = row["seconds"] * 100 / total
            name = row["name"] or str(PartyKind(row["party"]).label)
            found.append(Part(row["party"], name, row["minutes"], round(offset, 3), round(share, 3)))
            offset += share
        return found

    @property
    def total(self) -> str:
        """The sum of the ledger."""
        return minutes_in_words(sum(part.minutes for part in self.parts))

    @property
    def term_from(self) -> datetime | None:
        """When the missed term began."""
        return moment_of(self.review.evidence.get("term_from"))

    @property
    def missed_steps(self) -> list[MissedStep]:
        """Steps that overran."""
        return [
            MissedStep(
                key_title(self.dossier, row["key"]),
                row["office"],
                row["person"],
                moment_of(row["due_at"]),
                moment_of(row["finished_at"]),
            )
            for row in self.review.evidence.get("missed_steps", [])
        ]

    @property
    def flags(self) -> list[tuple[str, datetime | None]]:
        """Flags that had been raised, with their moments."""
        found = self.review.evidence.get("flags", [])
        return [(row["kind"], moment_of(row["raised_at"])) for row in found if row["kind"] in FLAGS]

    @property
    def apology(self) -> str:
        """Whether the applicant was told."""
        told = self.review.evidence.get("apology", {})
        at, due_by = moment_of(told.get("approved_at")), moment_of(told.get("due_by"))
        known = {"at": words.moment(at) if at else "", "due_by": words.moment(due_by) if due_by else ""}
        return {
            "in_time": _("Given in time, %(at)s.") % known,
            "late": _("Given late, %(at)s; it was owed by %(due_by)s.") % known,
            "missing": _("None was given; it was owed by %(due_by)s.") % known,
        }.get(told.get("state", ""), "")

    @property
    def moves(self) -> list[str]:
        """What was noted when its date was moved ahead, and when it was missed again."""
        again, moved = self.review.evidence.get(MISSED_AGAIN), self.review.evidence.get(DATE_MOVED)
        found = []
        if again:
            found.append(_("The date was moved and missed again: %(due_at)s. Why it was moved: %(why)s") % told(again))
        if moved:
            found.append(_("No longer missed: the date was moved to %(due_at)s. Why: %(why)s") % told(moved))
        return found

    @cached_property
    def timeline(self) -> list[TimelineItem]:
        """The acts of this review, newest first."""
        entries = TrailEntry.objects.filter(dossier=self.dossier, data__review=self.review.pk)
        return items(entries.select_related("by", "on_behalf_of", "step").order_by("-number"), self.dossier)

    # What may be done

    @cached_property
    def form_name(self) -> str:
        """The act that comes next, where this person may do it; empty where it waits for somebody else."""
        if self.review.state == BreachState.OPEN and not self.is_moot:
            return "explain" if may_explain(self.review, self.capacities) else ""
        if self.review.state in {BreachState.FOLLOWED_UP, BreachState.MOOT} or not self.may_conclude:
            return ""
        if self.is_moot:
            return "set_aside"
        return "conclude" if self.review.state == BreachState.EXPLAINED else "follow_up"

    @property
    def is_moot(self) -> bool:
        """Whether the limit is no longer missed, because its date was moved, and nothing is concluded yet."""
        return self.review.state in {BreachState.OPEN, BreachState.EXPLAINED} and self.review.moved is not None

    @cached_property
    def may_conclude(self) -> bool:
        """Whether the person supervises the unit and had no part in it."""
        territories = territories_of(self.capacities)
        barred = barred_from(self.review) if territories else ()
        return concluding_capacity(self.review, self.capacities.user_id, territories, barred) is not None

    @property
    def waits_for(self) -> str:
        """For whom it waits, where this person may do nothing."""
        if self.is_moot:
            return _("The date was moved. A supervisor who held no step of it sets the review aside.")
        return {
            BreachState.OPEN.value: _("The unit explains first: its head, or whoever held the file longest."),
            BreachState.EXPLAINED.value: _("A supervisor who held no step of it concludes."),
            BreachState.CONCLUDED.value: _("A supervisor looks after the corrective action."),
            BreachState.FOLLOWED_UP.value: _("The review has ended. It stays here."),
            BreachState.MOOT.value: _("The review is set aside. It stays here."),
        }[self.review.state]

    @property
    def can_open_dossier(self) -> bool:
        """Whether the person may also open the dossier."""
        return Dossier.objects.visible_to(self.capacities).filter(pk=self.review.dossier_id).exists()


def moment_of(text: Any) -> datetime | None:
    """A moment kept in the evidence."""
    return datetime.fromisoformat(text) if text else None


def told(moved: dict[str, str]) -> dict[str, str]:
    """A move of the date as the evidence keeps it, in words."""
    at = moment_of(moved.get("due_at"))
    return {"due_at": words.moment(at) if at else "", "why": moved.get("why", "")}
