"""Long work that goes on without the person who asked for it: it shows how far it is, and can be found again."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from offices.models import User


class Job(models.Model):
    """One piece of long work: asked for by a person, done by a worker, fetched when it is ready.

    `kind` names the service that does it (`onestop.desk.jobs`), `data` is what it needs, as plain values; `report` is
    what it has to say besides its file.
    """

    class State(models.TextChoices):
        """How far the work is."""

        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    kind = models.CharField(max_length=40)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="jobs", db_index=False)
    asked_at = models.DateTimeField()
    data = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True, help_text="When the worker last said that it is at work.")
    finished_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True, help_text="A sentence for whoever asked.")
    report = models.JSONField(default=dict, blank=True)
    file = models.FileField(upload_to="jobs/%Y/%m/", max_length=250, blank=True)
    filename = models.CharField(max_length=120, blank=True)
    content_type = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        verbose_name = _("long work")
        verbose_name_plural = _("long work")
        indexes: ClassVar = [
            models.Index(fields=["asked_by", "-id"], name="job_of_person"),
            models.Index(fields=["id"], name="job_open", condition=Q(state__in=["waiting", "running"])),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.kind}"

    @property
    def is_open(self) -> bool:
        """Whether there is something to wait for."""
        return self.state in {self.State.WAITING, self.State.RUNNING}

    @property
    def percent(self) -> int:
        """How much is done, in whole percent."""
        return 100 * self.done // self.total if self.total else 0
