"""What colleagues tell each other inside a dossier: kept, but no part of the legal trail."""

from typing import ClassVar

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from offices.models import User
from workflows.models.dossier import Dossier


class DossierNote(models.Model):
    """One note; its words never change, striking it leaves them readable."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="notes")
    text = models.TextField(_("note"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    named = ArrayField(models.BigIntegerField(), default=list, help_text="Colleagues named with @, who were told.")
    struck_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        triggers: ClassVar = [
            pgtrigger.Protect(name="note_stays", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="note_keeps_its_words",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("dossier", "text", "by", "at", "named"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id}: {self.text[:40]}"
