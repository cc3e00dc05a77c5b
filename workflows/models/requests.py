"""What the office asks of others while a dossier is open: papers, payments, opinions."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from offices.models import Office, User
from sla.models import Clock
from workflows.models.dossier import Dossier
from workflows.models.step import Step
from workflows.querysets import ConsultationQuerySet


class NewPaperReason(models.TextChoices):
    """Why something is asked for that was not asked for the first time."""

    FOUND_BY_CHECK = "found_by_check", _("found only when the content was checked")
    ANSWER_OF_OFFICE = "answer_of_office", _("follows from the answer of a consulted office")
    CHANGED_BY_APPLICANT = "changed_by_applicant", _("the applicant changed the file")
    LAW_CHANGED = "law_changed", _("the law changed meanwhile")
    OVERLOOKED = "overlooked", _("overlooked the first time")


class ReplacedPaperReason(models.TextChoices):
    """Why a paper is asked for although a database of the State has it (R23)."""

    OUTAGE = "outage", _("the database cannot be reached")
    INACCURATE = "inaccurate", _("what the database says is not accurate")
    DISASTER = "disaster", _("disaster or another emergency")


class SupplementConsent(models.Model):
    """The division head's word on asking a second time: what is new, and why it could not be asked before."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="supplement_consents")
    step = models.ForeignKey(Step, models.PROTECT, null=True, blank=True, related_name="+")
    items = models.JSONField(default=list)
    reason = models.TextField()
    new_because = models.TextField(_("what is new"))
    reason_code = models.CharField(max_length=30, choices=NewPaperReason.choices)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_for = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", help_text="In whose place it was asked."
    )
    asked_at = models.DateTimeField()
    granted = models.BooleanField(null=True)
    words = models.TextField(blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["id"]
        verbose_name = _("consent to a second request")
        verbose_name_plural = _("consents to second requests")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["dossier"], condition=Q(granted__isnull=True), name="consent_one_open"),
            models.CheckConstraint(
                condition=Q(granted__isnull=True, decided_at__isnull=True)
                | Q(granted__isnull=False, decided_at__isnull=False),
                name="consent_decided_has_moment",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True)
                | ~Q(decided_by=F("asked_by")) & (Q(asked_for__isnull=True) | ~Q(decided_by=F("asked_for"))),
                name="consent_two_people",
                violation_error_message=_("Whoever asks cannot consent."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id}: {self.granted}"

    @property
    def askers(self) -> set[int]:
        """Whoever asks and in whose place: neither may agree."""
        return {person for person in (self.asked_by_id, self.asked_for_id) if person}


class SupplementRequest(models.Model):
    """A request for papers (form 02): all that is missing, at once (R3)."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="supplements")
    step = models.ForeignKey(Step, models.PROTECT, null=True, blank=True, related_name="+")
    number = models.PositiveSmallIntegerField()
    asked_from = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Legal status; empty for a walk-in file."
    )
    items = models.JSONField(default=list)
    reason = models.TextField()
    is_late = models.BooleanField(default=False, help_text="Asked after the days the rule allows (R10).")
    extra_items = models.JSONField(default=list, help_text="Papers beyond the published list.")
    consent = models.OneToOneField(SupplementConsent, models.PROTECT, null=True, blank=True, related_name="request")
    extra_reason = models.TextField(blank=True, help_text="Why papers beyond the list are asked for.")
    replaced_reason = models.CharField(
        max_length=20,
        choices=ReplacedPaperReason.choices,
        blank=True,
        help_text="Why papers are asked for that a database of the State has.",
    )
    slip_at = models.DateTimeField(null=True, blank=True, help_text="When form 02 first left the office.")
    slip_wanted_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="Until when form 02 must have left; empty where no clock stopped, or once judged.",
    )
    requested_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    accepted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    accepted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["number"]
        verbose_name = _("request for papers")
        verbose_name_plural = _("requests for papers")
        indexes: ClassVar = [
            models.Index(fields=["slip_wanted_at"], name="supplement_slip", condition=Q(slip_wanted_at__isnull=False))
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["dossier", "number"], name="supplement_numbered_once"),
            models.UniqueConstraint(
                fields=["dossier"], condition=Q(accepted_at__isnull=True), name="supplement_one_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id}/{self.number}"


class PaymentRequest(models.Model):
    """A payment the applicant owes before the work goes on."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="payments")
    step = models.ForeignKey(Step, models.PROTECT, related_name="+")
    asked_from = models.PositiveSmallIntegerField()
    name = models.CharField(_("fee"), max_length=250)
    amount = models.DecimalField(_("amount in dong"), max_digits=14, decimal_places=0)
    requested_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    receipt_number = models.CharField(_("receipt number"), max_length=60, blank=True)

    class Meta:
        ordering: ClassVar = ["id"]
        verbose_name = _("payment request")
        verbose_name_plural = _("payment requests")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_amount_positive"),
            models.UniqueConstraint(
                fields=["dossier"], condition=Q(confirmed_at__isnull=True), name="payment_one_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id}: {self.amount}"


class Consultation(models.Model):
    """One office asked for its opinion on an open step, with a term (R13); no clock stops."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="consultations")
    step = models.ForeignKey(Step, models.PROTECT, related_name="consultations")
    office = models.ForeignKey(Office, models.PROTECT, related_name="+")
    question = models.TextField(_("question"))
    term_ends_at = models.DateTimeField()
    clock = models.ForeignKey(Clock, models.PROTECT, null=True, blank=True, related_name="+")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answer = models.TextField(_("answer"), blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = ConsultationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["id"]
        verbose_name = _("consultation")
        verbose_name_plural = _("consultations")
        indexes: ClassVar = [
            models.Index(
                fields=["office", "term_ends_at"], name="consultation_waiting", condition=Q(answered_at__isnull=True)
            )
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["step", "office"], condition=Q(answered_at__isnull=True), name="consultation_one_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id}: {self.office_id}"
