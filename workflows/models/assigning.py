"""Rules by which a step that opens finds its officer."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from offices.models import Office, Role, User
from procedures.models import Procedure


class AssignmentRule(models.Model):
    """How an office gives the steps of one role to its people; a procedure's own rule wins over the office's.

    A rule is never changed: another one ends it, so every step can say by which it was given.
    """

    class Kind(models.TextChoices):
        NAMED = "named", _("named officer")
        IN_TURN = "in_turn", _("in turn")
        LEAST_OPEN = "least_open", _("least open working time")

    office = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name=_("office"))
    procedure = models.ForeignKey(
        Procedure, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("procedure")
    )
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    kind = models.CharField(_("rule"), max_length=20, choices=Kind.choices)
    officer = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("officer")
    )
    chosen_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    chosen_at = models.DateTimeField()
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True, help_text="Withdrawn or replaced; empty while it holds.")

    class Meta:
        verbose_name = _("assignment rule")
        verbose_name_plural = _("assignment rules")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["office", "role", "procedure"],
                condition=Q(ended_at__isnull=True),
                nulls_distinct=False,
                name="assignment_ruled_once",
            ),
            models.CheckConstraint(
                condition=Q(kind="named", officer__isnull=False) | ~Q(kind="named") & Q(officer__isnull=True),
                name="assignment_names_its_officer",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="assignment_rule_stays", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="assignment_rule_keeps",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    "office", "procedure", "role", "kind", "officer", "chosen_by", "chosen_at"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.office_id}/{self.role}: {self.kind}"
