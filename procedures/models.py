"""Procedures, their dated versions, where they are offered and which officers are in charge of them."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, TypeVar

import pgtrigger
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from offices.models import Office, Role
from procedures.definition import Definition
from procedures.folding import fold
from procedures.graph import Graph

Kept = TypeVar("Kept")

LEVELS: list[tuple[str, object]] = [("ministry", _("ministry")), ("province", _("province")), ("commune", _("commune"))]

FROZEN_ONCE_PUBLISHED = """
    IF OLD.status = 'draft' AND (TG_OP = 'DELETE' OR NEW.status IN ('draft', 'published')) THEN
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.status = 'published' AND NEW.status = 'withdrawn'
        AND to_jsonb(NEW) - ARRAY['status', 'withdrawn_at', 'withdrawn_by_id', 'withdrawn_reason']
          = to_jsonb(OLD) - ARRAY['status', 'withdrawn_at', 'withdrawn_by_id', 'withdrawn_reason'] THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'A published version of a procedure never changes: make a new version.';
"""


class ProcedureQuerySet(models.QuerySet["Procedure"]):
    """Questions about procedures."""

    def search(self, words: str) -> ProcedureQuerySet:
        """Procedures whose code begins with the words, or whose name or field holds each; accents do not matter."""
        folded = fold(words)
        if not folded:
            return self.order_by("code", "level")
        in_name = Q()
        for word in folded.split(" "):
            in_name &= Q(name_folded__contains=word)
        exact_first = models.Case(models.When(code__iexact=words.strip(), then=0), default=1)
        return self.filter(in_name | Q(code__istartswith=words.strip())).order_by(exact_first, "name_folded", "level")

    def at_reference(self, reference: str) -> ProcedureQuerySet:
        """Procedures named by a code, or by code and level: 1.005144 or 1.005144@commune."""
        code, _at, level = reference.strip().partition("@")
        return self.filter(code=code, level=level) if level else self.filter(code=code)

    def offered_by(self, office_id: int) -> ProcedureQuerySet:
        """Procedures this office handles."""
        return self.filter(offerings__office=office_id)


class Procedure(models.Model):
    """What the law offers, at one level of the administration; the same code may exist at several levels."""

    code = models.CharField(_("code"), max_length=60)
    level = models.CharField(_("level"), max_length=10, choices=LEVELS)
    name = models.CharField(_("name"), max_length=600)
    name_folded = models.CharField(max_length=1000, editable=False)
    field_code = models.CharField(_("field code"), max_length=30)
    field_name = models.CharField(_("field"), max_length=600)

    objects = ProcedureQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["code", "level"]
        verbose_name = _("procedure")
        verbose_name_plural = _("procedures")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["code", "level"],
                name="procedure_code_and_level",
                violation_error_message=_("A procedure with this code exists at this level."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def reference(self) -> str:
        """Code and level in one word: 1.005144@commune."""
        return f"{self.code}@{self.level}"

    def describe(self, spec: Definition) -> None:
        """Take over name and field from a definition; the caller saves."""
        self.name, self.field_code, self.field_name = spec.name, spec.field.code, spec.field.name
        self.name_folded = fold(f"{spec.name} {spec.field.name}")[:1000]

    def version_on(self, day: date) -> ProcedureVersion | None:
        """The published version in force on a day of the office's calendar, None when there is none."""
        return self.versions.in_force_on(day).order_by("-valid_from", "-number").first()

    @property
    def draft(self) -> ProcedureVersion | None:
        """The draft, None when there is none."""
        return self.versions.filter(status=ProcedureVersion.Status.DRAFT).order_by("-number").first()


class ProcedureVersionQuerySet(models.QuerySet["ProcedureVersion"]):
    """Questions about versions."""

    def in_force_on(self, day: date) -> ProcedureVersionQuerySet:
        """Published versions whose days of validity hold `day`."""
        return self.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gte=day),
            status=ProcedureVersion.Status.PUBLISHED,
            valid_from__lte=day,
        )

    def current_on(self, day: date) -> ProcedureVersionQuerySet:
        """For each procedure the one version new files get on `day`."""
        newest = self.model.objects.in_force_on(day).filter(procedure=models.OuterRef("procedure"))
        newest = newest.order_by("-valid_from", "-number").values("pk")[:1]
        return self.filter(pk=models.Subquery(newest))


# Reading a definition takes milliseconds, and every act needs it: kept per process by version and content.
_SPECS: dict[tuple[int, str], Definition] = {}
_GRAPHS: dict[tuple[int, str], Graph] = {}
KEPT_DEFINITIONS = 2000


def _keep(kept: dict[tuple[int, str], Kept], key: tuple[int, str], value: Kept) -> Kept:
    """Store a value; start afresh when too many have piled up."""
    if len(kept) >= KEPT_DEFINITIONS:
        kept.clear()
    kept[key] = value
    return value


class ProcedureVersion(models.Model):
    """One version of a procedure: a draft may change, a published version never does (a trigger sees to it)."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")
        WITHDRAWN = "withdrawn", _("withdrawn")

    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="versions", verbose_name=_("procedure"))
    number = models.PositiveSmallIntegerField(_("version"))
    status = models.CharField(_("state"), max_length=10, choices=Status.choices, default=Status.DRAFT)
    definition = models.JSONField(_("definition"), encoder=DjangoJSONEncoder)
    definition_hash = models.CharField(max_length=64, editable=False)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid until"), null=True, blank=True)
    imported_at = models.DateTimeField(_("imported at"))
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("published by"),
    )
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("withdrawn by"),
    )
    withdrawn_reason = models.CharField(_("reason of the withdrawal"), max_length=500, blank=True)
    writing = models.JSONField(
        _("as it is being written"),
        null=True,
        blank=True,
        help_text=_("What was typed where it is no definition yet; empty where the definition holds everything."),
    )
    report = models.JSONField(_("report of the import"), default=list, blank=True, encoder=DjangoJSONEncoder)
    authors = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="+", verbose_name=_("who had a hand in the draft")
    )

    objects = ProcedureVersionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["procedure_id", "-number"]
        verbose_name = _("version of a procedure")
        verbose_name_plural = _("versions of procedures")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["procedure", "number"], name="procedure_version_number"),
            models.UniqueConstraint(
                fields=["procedure"],
                condition=Q(status="draft"),
                name="procedure_one_draft",
                violation_error_message=_("This procedure has a draft already. Change that one."),
            ),
            models.CheckConstraint(
                condition=Q(status="draft", published_at__isnull=True)
                | Q(~Q(status="draft"), published_at__isnull=False),
                name="procedure_version_published_at",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="procedure_version_days_in_order",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Trigger(
                name="frozen_once_published",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=FROZEN_ONCE_PUBLISHED,
            )
        ]

    def __str__(self) -> str:
        return f"{self.procedure.reference} v{self.number}"

    @property
    def spec(self) -> Definition:
        """The definition as typed models, cached per version and hash."""
        key = (self.pk, self.definition_hash)
        kept = _SPECS.get(key)
        return kept if kept is not None else _keep(_SPECS, key, Definition.model_validate(self.definition))

    @property
    def graph(self) -> Graph:
        """The process of the definition, cached per version and hash."""
        key = (self.pk, self.definition_hash)
        kept = _GRAPHS.get(key)
        return kept if kept is not None else _keep(_GRAPHS, key, Graph(self.spec))


class Offering(models.Model):
    """An office handles files of a procedure; the receiving desk chooses among these."""

    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="offerings", verbose_name=_("procedure"))
    office = models.ForeignKey(Office, models.PROTECT, related_name="offerings", verbose_name=_("office"))

    class Meta:
        ordering: ClassVar = ["procedure_id", "office_id"]
        verbose_name = _("offered procedure")
        verbose_name_plural = _("offered procedures")
        constraints: ClassVar = [models.UniqueConstraint(fields=["procedure", "office"], name="offering_once")]

    def __str__(self) -> str:
        return f"{self.procedure.reference}: {self.office}"


class OfficerInCharge(models.Model):
    """A person in charge of a procedure's steps of one role in one office: one is assigned, several are asked."""

    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="officers", verbose_name=_("procedure"))
    office = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name=_("office"))
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="in_charge_of", verbose_name=_("person")
    )

    class Meta:
        ordering: ClassVar = ["procedure_id", "office_id", "role", "user_id"]
        verbose_name = _("officer in charge")
        verbose_name_plural = _("officers in charge")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["procedure", "office", "role", "user"], name="officer_in_charge_once")
        ]

    def __str__(self) -> str:
        return f"{self.procedure.reference}: {self.user}"
