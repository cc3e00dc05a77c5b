"""Which ladder of alarms holds where, moves of open clocks in batches, and the ledger added up."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from offices.models import Office, User
from procedures.models import Procedure
from sla.models import CalendarVersion, PartyKind
from workflows.models.dossier import Dossier


class LadderChoice(models.Model):
    """Which ladder a procedure or an office uses; a procedure's own wins over its office's.

    A choice that was withdrawn or replaced stays, with its end: whoever asks why an alarm rang finds which one held.
    """

    procedure = models.ForeignKey(Procedure, models.PROTECT, null=True, blank=True, related_name="+")
    office = models.ForeignKey(Office, models.PROTECT, null=True, blank=True, related_name="+")
    ladder_code = models.SlugField(_("ladder of alarms"))
    chosen_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    chosen_at = models.DateTimeField()
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True, help_text="Withdrawn or replaced; empty while it holds.")

    class Meta:
        verbose_name = _("choice of a ladder")
        verbose_name_plural = _("choices of ladders")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["procedure", "office"],
                condition=Q(ended_at__isnull=True),
                nulls_distinct=False,
                name="ladder_chosen_once",
            ),
            models.CheckConstraint(
                condition=Q(procedure__isnull=False) | Q(office__isnull=False), name="ladder_chosen_for_something"
            ),
        ]
        triggers: ClassVar = [pgtrigger.Protect(name="ladder_choice_stays", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.ladder_code


class Reprojection(models.Model):
    """Moving all open clocks to a new calendar version or rulebook, in batches; what is left can be found again."""

    class Kind(models.TextChoices):
        CALENDAR = "calendar", _("calendar")
        RULEBOOK = "rulebook", _("rulebook")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    version = models.ForeignKey(CalendarVersion, models.PROTECT, null=True, blank=True, related_name="+")
    rulebook = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=500)
    decision = models.CharField(max_length=250, blank=True)
    preview = models.JSONField(default=dict, help_text="What was foreseen when it was decided.")
    ordered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    ordered_at = models.DateTimeField()
    moved = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        verbose_name = _("move of open clocks")
        verbose_name_plural = _("moves of open clocks")
        indexes: ClassVar = [
            models.Index(fields=["id"], name="reprojection_open", condition=Q(finished_at__isnull=True))
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.reason}"


class HeldTime(models.Model):
    """The working seconds one party held a dossier, added up from the ledger; see `LedgerSum` for until when."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="held_time")
    party = models.CharField(max_length=10, choices=PartyKind.choices)
    office = models.ForeignKey(Office, models.PROTECT, null=True, blank=True, related_name="+")
    user = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    seconds = models.PositiveBigIntegerField()

    class Meta:
        verbose_name = _("time held")
        verbose_name_plural = _("times held")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["dossier", "party", "office", "user"], nulls_distinct=False, name="held_time_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id}: {self.party} {self.seconds}"


class LedgerSum(models.Model):
    """Until when, and until which act, the ledger of a dossier was added up; the parts make exactly this total.

    Working time is that of the calendar version which the applicant's own clock ran on at that time.
    """

    dossier = models.OneToOneField(Dossier, models.PROTECT, primary_key=True, related_name="ledger_sum")
    acts = models.PositiveIntegerField()
    counted_to = models.DateTimeField()
    seconds = models.PositiveBigIntegerField()
    is_final = models.BooleanField(default=False)
    calendar_version = models.ForeignKey(CalendarVersion, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("sum of a ledger")
        verbose_name_plural = _("sums of ledgers")
        indexes: ClassVar = [
            models.Index(fields=["counted_to"], name="ledger_sum_open", condition=Q(is_final=False)),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id}: {self.seconds}"
