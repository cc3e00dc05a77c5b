"""Papers of a dossier: what was handed in, the draft result and the result."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from offices.models import User
from workflows.models.dossier import Dossier


def paper_path(paper: "Paper", filename: str) -> str:
    """Where a digital paper lies in the store: never under the name the sender chose."""
    return f"{paper.dossier_id}/{paper.sha256}"


class Scan(models.TextChoices):
    """What the scanner for malware said of a file."""

    NONE = "none", _("not checked for malware")
    WAITING = "waiting", _("waits for the malware check")
    CLEAN = "clean", _("checked for malware")
    INFECTED = "infected", _("carries malware")


# What may still be noted on a paper: once, that a newer one took its place; and what the scanner found out.
UNCHANGED = """
    IF TG_OP = 'DELETE'
       OR to_jsonb(NEW) - ARRAY['superseded_at', 'scan'] <> to_jsonb(OLD) - ARRAY['superseded_at', 'scan']
       OR OLD.superseded_at IS NOT NULL AND NEW.superseded_at IS DISTINCT FROM OLD.superseded_at
       OR OLD.scan <> 'waiting' AND NEW.scan <> OLD.scan THEN
        RAISE EXCEPTION 'A paper never changes: add a new version of it.';
    END IF;
    RETURN NEW;
"""


class Paper(models.Model):
    """One paper, on paper or digital; never changed, a newer one supersedes it."""

    class Kind(models.TextChoices):
        SUBMITTED = "submitted", _("handed in")
        DRAFT = "draft", _("draft result")
        RESULT = "result", _("result")
        OTHER = "other", _("other paper")

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="papers")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    key = models.CharField(max_length=80, blank=True, help_text="Key of the document in the definition.")
    name = models.CharField(_("name"), max_length=250)
    originals = models.PositiveSmallIntegerField(default=0)
    copies = models.PositiveSmallIntegerField(default=0)
    file = models.FileField(upload_to=paper_path, max_length=250, blank=True)
    filename = models.CharField(max_length=250, blank=True)
    content_type = models.CharField(max_length=100, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    pages = models.PositiveIntegerField(null=True, blank=True, help_text="Empty where it is not known.")
    scan = models.CharField(max_length=10, choices=Scan.choices, default=Scan.NONE, db_default=Scan.NONE)
    copied_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", help_text="The earlier paper used again."
    )
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["id"]
        verbose_name = _("paper")
        verbose_name_plural = _("papers")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(file="", sha256="") | ~Q(file="") & ~Q(sha256=""), name="paper_file_has_fingerprint"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["id"], name="paper_to_scan", condition=Q(scan="waiting"))]
        triggers: ClassVar = [
            pgtrigger.Trigger(
                name="never_changed",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=UNCHANGED,
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def can_be_opened(self) -> bool:
        """Whether its file may be handed out: not while it waits for the scanner, never where that found malware."""
        return bool(self.file) and self.scan in {Scan.NONE, Scan.CLEAN}
