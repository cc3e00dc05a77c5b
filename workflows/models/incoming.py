"""Files on their way into a dossier: sent from the screen, from a phone or by a scanner, checked, not yet a paper."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from offices.models import Office, User
from workflows.models.dossier import Dossier
from workflows.models.papers import Paper, Scan


def incoming_path(incoming: "IncomingFile", filename: str) -> str:
    """Where a file waits in the store: under a name nobody can guess."""
    return f"incoming/{incoming.received_at:%Y-%m}/{incoming.key}"


class IncomingFile(models.Model):
    """A file that came in; it lies on a desk until somebody lays it beside a paper, or throws it away."""

    class Source(models.TextChoices):
        SCREEN = "screen", pgettext_lazy("where a file came from", "from this computer")
        PHONE = "phone", pgettext_lazy("where a file came from", "from a phone")
        SCANNER = "scanner", pgettext_lazy("where a file came from", "from the scanner")
        EARLIER = "earlier", pgettext_lazy("where a file came from", "from an earlier dossier")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    source = models.CharField(max_length=10, choices=Source.choices)
    office = models.ForeignKey(Office, models.PROTECT, null=True, blank=True, related_name="+")
    owner = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty: anybody at the desk may take it.",
    )
    counter = models.UUIDField(null=True, blank=True, help_text="Key of the unfinished file on the counter.")
    dossier = models.ForeignKey(Dossier, models.PROTECT, null=True, blank=True, related_name="incoming")
    document = models.CharField(max_length=80, blank=True, help_text="Key of the document it was laid beside.")
    file = models.FileField(upload_to=incoming_path, max_length=250, blank=True)
    filename = models.CharField(max_length=250)
    content_type = models.CharField(max_length=100, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    pages = models.PositiveIntegerField(null=True, blank=True)
    scan = models.CharField(max_length=10, choices=Scan.choices, default=Scan.NONE)
    refusal = models.TextField(blank=True, help_text="Why it is not kept; there is no file then.")
    copied_from = models.ForeignKey(Paper, models.PROTECT, null=True, blank=True, related_name="+")
    received_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["id"]
        verbose_name = _("incoming file")
        verbose_name_plural = _("incoming files")
        indexes: ClassVar = [
            models.Index(fields=["owner", "counter"], name="incoming_on_counter"),
            models.Index(fields=["office"], name="incoming_at_desk", condition=Q(owner__isnull=True)),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(refusal="") & ~Q(file="") & ~Q(sha256="") | ~Q(refusal="") & Q(file=""),
                name="incoming_kept_or_refused",
            ),
            models.CheckConstraint(
                condition=Q(owner__isnull=False) | Q(office__isnull=False), name="incoming_belongs_to_somebody"
            ),
        ]

    def __str__(self) -> str:
        return self.filename
