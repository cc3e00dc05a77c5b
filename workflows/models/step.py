"""One piece of human work on a dossier, or one gateway of its flow."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from viewflow.workflow.models import AbstractTask
from viewflow.workflow.status import STATUS

from offices.models import Office, Role, User
from sla.models import Clock
from workflows.models.assigning import AssignmentRule
from workflows.models.dossier import Dossier
from workflows.querysets import StepQuerySet

HUMAN = "HUMAN"


class Step(AbstractTask):
    """A Viewflow task; human work carries its place in the definition, its office, role and clock."""

    # As the parent class has them, without its indexes, by which nothing is looked up and every change is slower.
    status = models.CharField(_("status"), max_length=50, choices=STATUS.choices, default=STATUS.NEW)
    created = models.DateTimeField(_("created"), default=timezone.now)
    process = models.ForeignKey(Dossier, models.PROTECT, related_name="task_set", verbose_name=_("dossier"))
    owner = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="owned_steps")
    key = models.CharField(max_length=80, blank=True)
    phase = models.CharField(max_length=10, blank=True)
    role = models.CharField(max_length=20, choices=Role.choices, blank=True)
    office = models.ForeignKey(Office, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    offered_to = ArrayField(
        models.BigIntegerField(), default=list, help_text="Officers in charge; empty: everyone in the role."
    )
    attempt = models.PositiveSmallIntegerField(default=1)
    clock = models.ForeignKey(Clock, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    due_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=80, blank=True)
    note = models.TextField(blank=True)
    finished_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    on_behalf_of = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    came_from = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    return_reason = models.CharField(max_length=250, blank=True)
    data = models.JSONField(default=dict, blank=True)
    given_by = models.ForeignKey(
        AssignmentRule, models.PROTECT, null=True, blank=True, related_name="+", db_index=False, help_text="The rule."
    )

    seed = artifact = None
    external_task_id = scheduled = None

    objects = StepQuerySet.as_manager()

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        indexes: ClassVar = [
            # Lists of work are put in order, counted and narrowed by this one without touching the rows themselves.
            models.Index(
                fields=["office", "role", "due_at", "id"],
                include=["process", "owner", "offered_to", "phase", "key", "flow_task"],
                name="step_inbox",
                condition=Q(flow_task_type=HUMAN, status__in=[STATUS.NEW, STATUS.ASSIGNED]),
            ),
            models.Index(fields=["office", "process"], name="step_of_office"),  # tells who may see a dossier
            models.Index(fields=["clock"], name="step_clock"),
            models.Index(fields=["on_behalf_of"], name="step_in_name_of", condition=Q(on_behalf_of__isnull=False)),
            models.Index(fields=["given_by", "owner", "id"], name="step_given", condition=Q(given_by__isnull=False)),
            models.Index(
                fields=["process"],
                include=["id", "office", "owner", "role", "phase", "key"],
                name="step_holder",
                condition=Q(flow_task_type=HUMAN, status__in=[STATUS.NEW, STATUS.ASSIGNED]),
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["process", "key"],
                condition=Q(flow_task_type=HUMAN, status__in=[STATUS.NEW, STATUS.ASSIGNED]),
                name="step_open_once",
                violation_error_message=_("This step is already open on the dossier."),
            ),
            models.CheckConstraint(
                condition=~Q(flow_task_type=HUMAN) | Q(office__isnull=False) & ~Q(role="") & ~Q(key=""),
                name="step_has_place",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.process_id}/{self.key}"

    @property
    def is_open(self) -> bool:
        """Whether the step still waits for somebody."""
        return self.status in {STATUS.NEW, STATUS.ASSIGNED}
