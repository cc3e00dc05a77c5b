"""Papers of a dossier: what was handed in, the draft result and the result."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from offices.models import User
from workflows.models.dossier import Dossier


def paper_path(paper: "Paper", filename: str) -> str:
    """Where a digital paper lies in the store: never under the name the sender chose."""
    return f"{paper.dossier_id}/{paper.sha256}"


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

    def __str__(self) -> str:
        return self.name
