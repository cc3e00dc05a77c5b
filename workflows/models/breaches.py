"""Reviews of missed limits: what happened, who answers for it, what is done about it."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from offices.models import Office, User
from sla.models import Clock, PartyKind
from workflows.models.dossier import Dossier
from workflows.models.requests import Consultation

DATE_MOVED, MISSED_AGAIN = "date_moved", "missed_again"


class BreachState(models.TextChoices):
    """How far a review has come."""

    OPEN = "open", _("waits for the unit's explanation")
    EXPLAINED = "explained", _("waits for the supervisor's conclusion")
    CONCLUDED = "concluded", _("corrective action under way")
    FOLLOWED_UP = "followed_up", _("followed up")
    MOOT = "moot", _("set aside: the date was moved")


class BreachCause(models.TextChoices):
    """Why a limit was missed."""

    OVERLOAD = "overload", _("too many files")
    ABSENCE = "absence", _("somebody was away without a stand-in")
    LATE_HANDLING = "late_handling", _("handled late without a reason")
    CONSULTED_OFFICE = "consulted_office", _("a consulted office answered late")
    LEADER = "leader", _("waited for a signature")
    SYSTEM = "system", _("system or network failure")
    APPLICANT = "applicant", _("the applicant could not be reached")
    DIFFICULT = "difficult", _("difficult file")
    FORCE_MAJEURE = "force_majeure", _("storm, flood or another disaster")
    OTHER = "other", _("another cause")


class BreachReview(FSMModelMixin, models.Model):
    """One missed limit of a dossier or of a consulted office, and its review; an excused breach stays a breach.

    Where a calendar or a rulebook moves the date into the future, `evidence` says so under `date_moved`, and the review
    may be set aside. A limit that is missed after that in the same run has a review of its own.
    """

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="breaches")
    consultation = models.ForeignKey(Consultation, models.PROTECT, null=True, blank=True, related_name="+")
    clock = models.ForeignKey(Clock, models.PROTECT, related_name="+")
    run = models.PositiveSmallIntegerField()
    due_at = models.DateTimeField()
    state = FSMField(_("state"), choices=BreachState.choices, default=BreachState.OPEN, protected=True)
    office = models.ForeignKey(Office, models.PROTECT, related_name="+", help_text="The unit that must explain.")
    opened_at = models.DateTimeField()
    evidence = models.JSONField(default=dict, help_text="Missed steps, the ledger by party, flags, apology.")
    evidence_at = models.DateTimeField(
        null=True, blank=True, help_text="When it was gathered; only moves of the date are added."
    )
    party = models.CharField(
        max_length=10, choices=PartyKind.choices, blank=True, help_text="Who held it longest, by the ledger."
    )
    party_office = models.ForeignKey(Office, models.PROTECT, null=True, blank=True, related_name="+")
    party_user = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    explanation = models.TextField(blank=True)
    explained_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    explained_for = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", help_text="In whose place it was explained."
    )
    explained_at = models.DateTimeField(null=True, blank=True)
    cause = models.CharField(max_length=20, choices=BreachCause.choices, blank=True)
    conclusion = models.TextField(blank=True)
    is_excused = models.BooleanField(default=False)
    action = models.TextField(_("corrective action"), blank=True)
    action_due_on = models.DateField(null=True, blank=True)
    action_office = models.ForeignKey(Office, models.PROTECT, null=True, blank=True, related_name="+")
    concluded_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    concluded_at = models.DateTimeField(null=True, blank=True)
    outcome = models.TextField(_("what came of it"), blank=True)
    followed_up_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    followed_up_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-opened_at", "-id"]
        verbose_name = _("review of a breach")
        verbose_name_plural = _("reviews of breaches")
        indexes: ClassVar = [
            models.Index(fields=["office", "state", "-id"], name="breach_unit"),
            models.Index(fields=["dossier"], name="breach_dossier"),
            models.Index(fields=["id"], name="breach_without_evidence", condition=Q(evidence_at__isnull=True)),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["clock", "run"], condition=~Q(state="moot"), name="breach_once"),
            models.CheckConstraint(condition=Q(state__in=BreachState.values), name="breach_state_known"),
        ]
        triggers: ClassVar = [pgtrigger.Protect(name="breach_stays", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.dossier_id}: {self.state}"

    @transition(field=state, source=BreachState.OPEN, target=BreachState.EXPLAINED)
    def mark_explained(self) -> None:
        """The unit has said what happened."""

    @transition(field=state, source=BreachState.EXPLAINED, target=BreachState.CONCLUDED)
    def mark_concluded(self) -> None:
        """The supervisor has concluded and set a corrective action."""

    @transition(field=state, source=BreachState.CONCLUDED, target=BreachState.FOLLOWED_UP)
    def mark_followed_up(self) -> None:
        """The corrective action was looked after."""

    @transition(field=state, source=[BreachState.OPEN, BreachState.EXPLAINED], target=BreachState.MOOT)
    def mark_moot(self) -> None:
        """The supervisor has set it aside, because the date was moved and is no longer missed."""

    @property
    def moved(self) -> dict[str, str] | None:
        """Why the date is no longer missed and when it is now, where it was moved and not missed again."""
        found: dict[str, str] | None = self.evidence.get(DATE_MOVED)
        return found
