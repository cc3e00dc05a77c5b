"""The closing of a volume of the register: what stood in it, as one hash, chained to the volume before."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from offices.models import Office, User


class RegisterSeal(models.Model):
    """A closed volume: no line can be added to it, taken out or changed without the hash telling.

    A volume opens by itself with the first number after the last closed one; numbers go on across the volumes of a
    year and begin anew with the year.

    Source: Circular 01/2018/TT-VPCP Đ.10(2).
    """

    office = models.ForeignKey(Office, models.PROTECT, related_name="+", db_index=False)
    year = models.PositiveSmallIntegerField()
    volume = models.PositiveSmallIntegerField(default=1)
    first_number = models.PositiveIntegerField()
    last_number = models.PositiveIntegerField()
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)
    closed_at = models.DateTimeField()
    closed_by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        ordering: ClassVar = ["office_id", "year", "volume"]
        verbose_name = _("closed volume of the register")
        verbose_name_plural = _("closed volumes of the register")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["office", "year", "volume"], name="register_volume_once"),
        ]
        triggers: ClassVar = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.office_id} {self.year}/{self.volume}"
