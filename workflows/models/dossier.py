"""One citizen's file in one procedure version, and its legal status."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import RETURN_VALUE, FSMIntegerField, FSMModelMixin, transition
from viewflow.workflow.models import AbstractProcess

from offices.models import Office, User
from procedures.models import Procedure, ProcedureVersion
from sla.models import Clock
from workflows.models.applicant import Applicant
from workflows.querysets import DossierQuerySet

if TYPE_CHECKING:
    from workflows.services.act import Act


class Channel(models.TextChoices):
    """How the file reached the desk (R1)."""

    DESK = "desk", _("at the desk")
    POST = "post", _("by post")
    ONLINE = "online", _("online")


class LegalStatus(models.IntegerChoices):
    """The national portal's numbers of a dossier's state."""

    REGISTERED = 1, _("registered")
    RECEIVED = 2, _("received")
    NOT_ACCEPTED = 3, _("not accepted")
    IN_PROCESS = 4, _("in process")
    AWAITING_SUPPLEMENT = 5, _("awaiting supplement")
    AWAITING_PAYMENT = 6, _("awaiting payment")
    WITHDRAWN = 7, _("withdrawn")
    STOPPED = 8, _("stopped")
    DECIDED = 9, _("decided")
    RETURNED = 10, _("result handed over")


S = LegalStatus
BEFORE_DECISION = [S.REGISTERED, S.RECEIVED, S.IN_PROCESS, S.AWAITING_SUPPLEMENT, S.AWAITING_PAYMENT]
NEVER_RECEIVED = [S.REGISTERED, S.NOT_ACCEPTED, S.AWAITING_SUPPLEMENT, S.WITHDRAWN, S.STOPPED]
SELDOM = {
    "desk_clock": "own_desk",
    "citizen_clock": "own_citizen",
    "reappointment_clock": "own_promise",
    "first_attempt": "attempts",
    "follows": "followed",
}
CLOSED = [S.NOT_ACCEPTED, S.WITHDRAWN, S.STOPPED, S.RETURNED]


class Dossier(FSMModelMixin, AbstractProcess):
    """One citizen's file; a Viewflow process with a legal status of its own."""

    code = models.CharField(_("file code"), max_length=50, unique=True)
    version = models.ForeignKey(ProcedureVersion, models.PROTECT, related_name="+")
    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="+")
    applicant = models.ForeignKey(Applicant, models.PROTECT, related_name="dossiers", db_index=False)
    applicant_name = models.CharField(_("applicant"), max_length=250)
    submitter = models.JSONField(
        default=dict, help_text="Applicant's details and power of attorney as given on the day."
    )
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices)
    receiving_office = models.ForeignKey(Office, models.PROTECT, related_name="+", db_index=False)
    handling_office = models.ForeignKey(Office, models.PROTECT, related_name="+", db_index=False)
    received_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    registered_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    legal_status = FSMIntegerField(_("status"), choices=LegalStatus.choices, protected=True)
    statutory_clock = models.ForeignKey(Clock, models.PROTECT, null=True, blank=True, related_name="+")
    desk_clock = models.ForeignKey(Clock, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    citizen_clock = models.ForeignKey(Clock, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    due_at = models.DateTimeField(null=True, blank=True)
    reappointed_at = models.DateTimeField(
        null=True, blank=True, help_text="New date after an apology (form 04); lateness is judged by `due_at`."
    )
    reappointment_clock = models.ForeignKey(
        Clock, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    verdict = models.CharField(max_length=10, blank=True)
    rulebook = models.CharField(max_length=40)
    calendar_code = models.SlugField(db_index=False)
    data = models.JSONField(default=dict, blank=True)
    result = models.JSONField(default=dict, blank=True, help_text="Number, day and hand-over of the result.")
    is_nonterritorial = models.BooleanField(
        default=False, help_text="Received for an agency elsewhere; the clock starts when that agency has it."
    )
    arrived_at = models.DateTimeField(null=True, blank=True, help_text="When the competent agency had the file.")
    first_attempt = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="later_attempts", db_index=False
    )
    attempt = models.PositiveSmallIntegerField(default=1)
    first_submitted_at = models.DateTimeField(
        null=True, blank=True, help_text="When the first file of the chain was handed in; empty for a first attempt."
    )
    object_key = models.CharField(
        max_length=250, blank=True, help_text="What the file is about, folded, where the form names an object."
    )
    follows = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="followed_by", db_index=False
    )
    acts = models.PositiveIntegerField(default=0)
    summed_acts = models.PositiveIntegerField(
        default=0, help_text="Up to which act the ledger was added up; an index finds where there were more."
    )
    chain_head = models.CharField(max_length=64, blank=True)
    last_act_at = models.DateTimeField()
    stuck_at = models.DateTimeField(null=True, blank=True)
    search = SearchVectorField(null=True)

    seed = artifact = parent_task = None
    current_act: Act | None = None

    objects = DossierQuerySet.as_manager()

    class Meta:
        verbose_name = _("dossier")
        verbose_name_plural = _("dossiers")
        indexes: ClassVar = [
            GinIndex(fields=["search"], name="dossier_search"),
            # Most dossiers have none of these five; an index of all rows would slow every change of a date.
            *(
                models.Index(fields=[name], name=f"dossier_{short}", condition=models.Q(**{f"{name}__isnull": False}))
                for name, short in SELDOM.items()
            ),
            models.Index(fields=["receiving_office", "legal_status", "-id"], name="dossier_desk"),
            models.Index(fields=["handling_office", "legal_status", "-id"], name="dossier_handling"),
            models.Index(fields=["applicant", "procedure", "-id"], name="dossier_earlier"),
            models.Index(fields=["stuck_at"], name="dossier_stuck", condition=models.Q(stuck_at__isnull=False)),
            # Newer files about the same matter are looked for soon after these have ended.
            models.Index(
                fields=["closed_at"],
                name="dossier_ended",
                condition=models.Q(legal_status__in=[S.NOT_ACCEPTED, S.WITHDRAWN, S.STOPPED]),
            ),
            models.Index(fields=["id"], name="dossier_to_sum", condition=~models.Q(acts=models.F("summed_acts"))),
            # The supervisor's board reads these four without touching the rows themselves.
            models.Index(
                fields=["id"],
                include=["procedure", "receiving_office", "handling_office", "legal_status"],
                name="dossier_watched",
                condition=models.Q(closed_at__isnull=True),
            ),
            models.Index(
                fields=["due_at", "id"],
                include=["legal_status", "calendar_code"],
                name="dossier_due",
                condition=models.Q(closed_at__isnull=True, due_at__isnull=False),
            ),
            models.Index(
                fields=["received_at", "id"],
                include=["procedure", "receiving_office", "handling_office", "verdict"],
                name="dossier_received_in_week",
            ),
            models.Index(
                fields=["decided_at", "id"],
                include=["procedure", "receiving_office", "handling_office", "verdict"],
                name="dossier_decided_in_week",
                condition=models.Q(decided_at__isnull=False),
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(legal_status__in=LegalStatus.values), name="dossier_status_known"
            ),
            models.CheckConstraint(
                condition=models.Q(received_at__isnull=False) | models.Q(legal_status__in=NEVER_RECEIVED),
                name="dossier_received_before_processed",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.current_act = None

    @property
    def is_closed(self) -> bool:
        """Whether nothing can happen to the dossier any more."""
        return self.legal_status in CLOSED

    @property
    def is_stopped(self) -> bool:
        """Whether the dossier waits for the citizen."""
        return self.legal_status in {S.AWAITING_SUPPLEMENT, S.AWAITING_PAYMENT}

    @transition(field=legal_status, source=[S.REGISTERED], target=S.RECEIVED)
    def mark_received(self) -> None:
        """The file is complete and the receipt is given (R2, form 01)."""

    @transition(field=legal_status, source=[S.REGISTERED], target=S.NOT_ACCEPTED)
    def mark_not_accepted(self) -> None:
        """The file is turned away with a reason (form 03)."""

    @transition(field=legal_status, source=[S.RECEIVED], target=S.IN_PROCESS)
    def mark_in_process(self) -> None:
        """The first step of processing opens."""

    @transition(field=legal_status, source=[S.IN_PROCESS], target=S.RECEIVED)
    def mark_back_at_desk(self) -> None:
        """The forward that began the processing is taken back."""

    @transition(field=legal_status, source=[S.REGISTERED, S.RECEIVED, S.IN_PROCESS], target=S.AWAITING_SUPPLEMENT)
    def mark_awaiting_supplement(self) -> None:
        """Papers are asked for (form 02)."""

    @transition(
        field=legal_status, source=[S.AWAITING_SUPPLEMENT], target=RETURN_VALUE(S.REGISTERED, S.RECEIVED, S.IN_PROCESS)
    )
    def mark_supplemented(self, *, asked_from: int | None) -> int:
        """Go back to where the papers were asked from; a walk-in file becomes received."""
        return S.RECEIVED if asked_from is None else asked_from

    @transition(field=legal_status, source=[S.RECEIVED, S.IN_PROCESS], target=S.AWAITING_PAYMENT)
    def mark_awaiting_payment(self) -> None:
        """A payment is asked for."""

    @transition(field=legal_status, source=[S.AWAITING_PAYMENT], target=RETURN_VALUE(S.RECEIVED, S.IN_PROCESS))
    def mark_paid(self, *, asked_from: int) -> int:
        """Go back to where the payment was asked from."""
        return asked_from

    @transition(field=legal_status, source=BEFORE_DECISION, target=S.WITHDRAWN)
    def mark_withdrawn(self) -> None:
        """The citizen takes the file back (R20, form 05)."""

    @transition(
        field=legal_status,
        source=[S.RECEIVED, S.IN_PROCESS, S.AWAITING_SUPPLEMENT, S.AWAITING_PAYMENT],
        target=S.STOPPED,
    )
    def mark_stopped(self) -> None:
        """The office stops or refuses the dossier with a reason."""

    @transition(field=legal_status, source=[S.IN_PROCESS], target=S.DECIDED)
    def mark_decided(self) -> None:
        """The step that ends the clock is done; the verdict is fixed."""

    @transition(field=legal_status, source=[S.DECIDED], target=S.RETURNED)
    def mark_returned(self) -> None:
        """The result is handed over."""
