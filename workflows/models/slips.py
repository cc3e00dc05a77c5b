"""The numbers of the slips an office gives out: one series per office, kind of slip and year, without a gap."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from offices.models import Office, User
from workflows.models.dossier import Dossier


class SlipKind(models.TextChoices):
    """The slips by what they are for; which number a form has is said by the rulebook."""

    RECEIPT = "receipt", _("receipt")
    SUPPLEMENT = "supplement", _("request for papers")
    REFUSAL = "refusal", _("refusal")
    APOLOGY = "apology", _("apology and new date")
    STOP = "stop", _("notice that handling stopped")
    CONTROL = "control", _("control slip")
    REGISTER = "register", _("entry in the register")


class SlipSerial(models.Model):
    """The last number of a series."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=SlipKind.choices)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["office", "kind", "year"], name="slip_serial_once")]

    def __str__(self) -> str:
        return f"{self.office_id} {self.kind} {self.year}: {self.last}"


class Slip(models.Model):
    """A slip that was given out, or an entry in the register; its number never changes and is never used again."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="numbered_slips")
    office = models.ForeignKey(Office, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=20, choices=SlipKind.choices)
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    round = models.PositiveSmallIntegerField(default=1, help_text="The how-many-eth of its kind on the dossier.")
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)

    class Meta:
        ordering: ClassVar = ["office_id", "kind", "year", "number"]
        verbose_name = _("slip")
        verbose_name_plural = _("slips")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["office", "kind", "year", "number"], name="slip_numbered_once"),
            models.UniqueConstraint(fields=["dossier", "kind", "round"], name="slip_given_once"),
        ]
        triggers: ClassVar = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.number}/{self.year} {self.kind}"
