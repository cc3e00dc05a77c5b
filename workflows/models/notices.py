"""The outbox: what people must be told, written with the change, delivered after it."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from offices.models import Office, Role, User
from workflows.models.dossier import Dossier
from workflows.querysets import NoticeQuerySet

OUTSIDE = ["email", "hook"]  # the channels that leave the house


class Notice(models.Model):
    """One message to one person, to everyone in a role of an office, or to an e-mail address."""

    class Channel(models.TextChoices):
        IN_APP = "in_app", _("in the program")
        EMAIL = "email", _("by e-mail")
        HOOK = "hook", _("by text message")

    topic = models.CharField(max_length=30)
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.IN_APP)
    dossier = models.ForeignKey(Dossier, models.PROTECT, null=True, blank=True, related_name="notices")
    user = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    office = models.ForeignKey(Office, models.PROTECT, null=True, blank=True, related_name="+")
    role = models.CharField(max_length=20, choices=Role.choices, blank=True)
    address = models.CharField(max_length=254, blank=True, help_text="E-mail address or telephone number.")
    payload = models.JSONField(default=dict)
    digest = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="gathered",
        help_text="The message it went out with.",
    )
    idempotency_key = models.CharField(max_length=120, unique=True)
    created_at = models.DateTimeField()
    next_try_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-id"]
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        indexes: ClassVar = [
            models.Index(fields=["user", "-id"], name="notice_person"),
            models.Index(fields=["office", "role", "-id"], name="notice_role"),
            models.Index(
                fields=["next_try_at"],
                name="notice_on_its_way",
                condition=models.Q(channel__in=OUTSIDE, delivered_at__isnull=True, digest__isnull=True),
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(user__isnull=False)
                | models.Q(office__isnull=False) & ~models.Q(role="")
                | ~models.Q(address=""),
                name="notice_has_recipient",
            )
        ]

    def __str__(self) -> str:
        return self.idempotency_key


class NoticesSeen(models.Model):
    """Up to which notice a person has read the list."""

    user = models.OneToOneField(User, models.PROTECT, primary_key=True, related_name="notices_seen")
    up_to = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.user_id}: {self.up_to}"
