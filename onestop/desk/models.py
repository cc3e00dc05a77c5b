"""What the screens themselves keep: files that were begun at a counter and not taken in yet."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ReceptionDraft(models.Model):
    """What a clerk typed for a file that is not taken in yet; no dossier, no trail, the clerk's own.

    Attributes:
        key: given by the screen, so that it can be named before anything is stored.
        typed: the fields of the screen as a browser sends them.
        revision: how often it was saved; a screen says which one it knows.
        window: the screen that saved last; two screens with the same draft are told apart by it.
        dossier: what it became; then what was typed is forgotten, and the row only keeps it from coming twice.
    """

    key = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="reception_drafts", verbose_name=_("person")
    )
    procedure = models.ForeignKey("procedures.Procedure", models.CASCADE, related_name="+", verbose_name=_("procedure"))
    typed = models.TextField(_("what was typed"))
    applicant_name = models.CharField(_("applicant"), max_length=250, blank=True)
    revision = models.PositiveIntegerField(default=1)
    window = models.CharField(max_length=40, blank=True)
    dossier = models.ForeignKey(
        "workflows.Dossier", models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("dossier")
    )
    begun_at = models.DateTimeField()
    saved_at = models.DateTimeField()

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        ordering: ClassVar = ["-saved_at"]
        indexes: ClassVar = [models.Index(fields=["owner", "-saved_at"], name="draft_owner_newest")]

    def __str__(self) -> str:
        return f"{self.owner_id}: {self.applicant_name or self.key}"
