"""Calendars, clocks, the ledger of their stretches, and the alarms that have fired."""

from __future__ import annotations

from datetime import datetime, time
from decimal import Decimal
from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.db.models.lookups import IsNull
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from sla.limits import Cutoff, Term, Unit


class Calendar(models.Model):
    """A working calendar that offices follow; what it says stands in its versions."""

    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=200)
    zone = models.CharField(_("time zone"), max_length=60, default="Asia/Ho_Chi_Minh")

    class Meta:
        ordering: ClassVar = ["code"]
        verbose_name = _("working calendar")
        verbose_name_plural = _("working calendars")

    def __str__(self) -> str:
        return self.name


class CalendarVersion(models.Model):
    """What a calendar says since an act published it; a published version is never changed.

    A version without `published_at` is a draft. Whoever drafted it cannot publish it.
    """

    class Kind(models.TextChoices):
        PLAN = "plan", _("plan of hours and days off")
        CLOSURE = "closure", _("closure")

    calendar = models.ForeignKey(Calendar, models.PROTECT, related_name="versions", verbose_name=_("working calendar"))
    number = models.PositiveIntegerField(_("number"))
    spec = models.JSONField(_("hours and days off"))
    decision = models.CharField(_("decision"), max_length=250, blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.PLAN)
    reason = models.CharField(_("what changes, and why"), max_length=500, blank=True)
    act_key = models.UUIDField(
        _("act"), null=True, blank=True, editable=False, help_text="Shared by what one act publishes."
    )
    based_on = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("drafted from"),
    )
    drafted_at = models.DateTimeField(_("drafted at"), null=True, blank=True)
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("drafted by")
    )
    editors = ArrayField(
        models.BigIntegerField(),
        verbose_name=_("changed by"),
        default=list,
        blank=True,
        editable=False,
        help_text="Primary keys of everybody who drafted or changed it, and in whose place.",
    )
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("published by"),
    )

    class Meta:
        ordering: ClassVar = ["calendar_id", "-number"]
        verbose_name = _("version of a calendar")
        verbose_name_plural = _("versions of calendars")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["calendar", "number"], name="calendar_version_once"),
            models.CheckConstraint(
                condition=Q(published_by__isnull=True) | Q(drafted_by__isnull=True) | ~Q(published_by=F("drafted_by")),
                name="calendar_version_two_people",
                violation_error_message=_("Whoever drafted a calendar cannot publish it."),
            ),
            models.CheckConstraint(
                condition=IsNull(
                    models.Func(
                        F("editors"),
                        F("published_by"),
                        function="array_position",
                        output_field=models.IntegerField(),
                    ),
                    True,
                ),
                name="calendar_version_not_by_its_editors",
                violation_error_message=_("Whoever drafted a calendar cannot publish it."),
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(
                name="calendar_version_frozen",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__published_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.calendar}, {self.number}"


class ClockKind(models.TextChoices):
    """Whose time limit a clock watches."""

    STATUTORY = "statutory", _("statutory limit")
    STEP = "step", _("step")
    CITIZEN = "citizen", _("citizen's own clock")
    DESK = "desk", _("answer to an online submission")
    CONSULTATION = "consultation", _("answer of a consulted office")
    REAPPOINTMENT = "reappointment", _("new date after an apology")


class ClockState(models.TextChoices):
    """Whether time is passing on a clock."""

    RUNNING = "running", _("running")
    STOPPED = "stopped", _("paused")
    ENDED = "ended", _("ended")


class Verdict(models.TextChoices):
    """How a clock ended: on an earlier day than due, on that day in time, or after the due time."""

    EARLY = "early", _("early")
    ON_TIME = "on_time", _("on time")
    LATE = "late", _("late")


class PartyKind(models.TextChoices):
    """Who holds the dossier while a stretch of the ledger runs."""

    DESK = "desk", _("one-stop desk")
    DIVISION = "division", _("division")
    PERSON = "person", _("person")
    CONSULTED = "consulted", _("consulted office")
    CITIZEN = "citizen", _("citizen")
    PAYMENT = "payment", _("payment")


class LedgerReason(models.TextChoices):
    """Why a row was added to the ledger."""

    START = "start", _("started")
    RESTART = "restart", _("started anew")
    STOP = "stop", _("paused")
    RESUME = "resume", _("resumed")
    HAND_OVER = "hand_over", _("handed over")
    CALENDAR = "calendar", _("calendar changed")
    CLOSURE = "closure", _("office closed")
    RULEBOOK = "rulebook", _("rulebook changed")
    END = "end", _("ended")


class Ladder(models.Model):
    """Which alarms a clock has and who hears of them; a published version is never changed, a new one replaces it."""

    code = models.SlugField(_("code"))
    number = models.PositiveIntegerField(_("number"))
    name = models.CharField(_("name"), max_length=200)
    spec = models.JSONField(_("rungs and quiet hours"))
    published_at = models.DateTimeField(_("published at"))
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("published by"),
    )

    class Meta:
        ordering: ClassVar = ["code", "-number"]
        verbose_name = _("ladder of alarms")
        verbose_name_plural = _("ladders of alarms")
        constraints: ClassVar = [models.UniqueConstraint(fields=["code", "number"], name="ladder_once")]
        triggers: ClassVar = [
            pgtrigger.Protect(name="ladder_frozen", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.number}"


# Lines that tell of a moved date only: nobody hands the dossier over by them.
DATE_MOVES = ("calendar", "closure", "rulebook")


class Clock(models.Model):
    """A time limit that runs on something; budget and unit are kept, the due time is derived from them.

    Only `sla.timekeeping` and `sla.alarms` write clocks. `carried` holds what belongs to the present run: its stops
    (for resuming) and the rungs that have fired.
    """

    # Ids in the order of time: clocks that are changed together lie together in every index.
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(_("kind"), max_length=20, choices=ClockKind.choices)
    calendar_version = models.ForeignKey(
        CalendarVersion, models.PROTECT, related_name="+", db_index=False, verbose_name=_("version of the calendar")
    )
    amount = models.DecimalField(_("amount"), max_digits=10, decimal_places=4, null=True)
    unit = models.CharField(_("unit"), max_length=20, null=True, choices=[(unit.value, unit.value) for unit in Unit])  # noqa: DJ001  # absent together with the amount
    cutoff = models.JSONField(_("cut-off"), null=True)
    clause = models.CharField(_("clause"), max_length=250, blank=True)
    rulebook = models.CharField(_("rulebook"), max_length=40, blank=True)
    counting = models.JSONField(_("rules of counting"), default=dict, blank=True)
    ladder = models.ForeignKey(
        Ladder,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("ladder of alarms"),
    )
    state = models.CharField(_("state"), max_length=10, choices=ClockState.choices, default=ClockState.RUNNING)
    run = models.PositiveSmallIntegerField(_("run"), default=1)
    started_at = models.DateTimeField(_("started at"))
    stopped_at = models.DateTimeField(_("paused at"), null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)
    not_after = models.DateTimeField(_("not due after"), null=True)
    due_at = models.DateTimeField(_("due at"), null=True)
    provisional = models.BooleanField(_("provisional"), default=False)
    next_rung = models.CharField(_("next alarm"), max_length=30, blank=True)
    next_rung_at = models.DateTimeField(_("next alarm at"), null=True)
    verdict = models.CharField(_("verdict"), max_length=10, blank=True, choices=Verdict.choices)
    carried = models.JSONField(_("carried along"), default=dict)

    class Meta:
        verbose_name = _("clock")
        verbose_name_plural = _("clocks")
        indexes: ClassVar = [
            models.Index(fields=["next_rung_at"], condition=Q(next_rung_at__isnull=False), name="clock_next_rung"),
            models.Index(fields=["calendar_version", "id"], condition=~Q(state="ended"), name="clock_open_calendar"),
            models.Index(fields=["stopped_at"], condition=Q(kind="statutory", state="stopped"), name="clock_paused"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=ClockKind.values), name="clock_kind_known"),
            models.CheckConstraint(condition=Q(state__in=ClockState.values), name="clock_state_known"),
            models.CheckConstraint(condition=Q(verdict__in=["", *Verdict.values]), name="clock_verdict_known"),
            models.CheckConstraint(
                condition=Q(amount__isnull=True, unit__isnull=True, due_at__isnull=True)
                | Q(kind="reappointment", amount__isnull=True, unit__isnull=True)
                | Q(amount__gte=0, unit__in=[unit.value for unit in Unit]),
                name="clock_amount_has_unit",
            ),
            models.CheckConstraint(
                condition=Q(state="running", stopped_at__isnull=True, ended_at__isnull=True)
                | Q(state="stopped", stopped_at__isnull=False, ended_at__isnull=True, next_rung_at__isnull=True)
                | Q(state="ended", ended_at__isnull=False, next_rung_at__isnull=True),
                name="clock_state_has_moments",
            ),
            models.CheckConstraint(
                condition=~Q(state="running") | Q(amount__isnull=True) | Q(due_at__isnull=False),
                name="clock_running_is_due",
            ),
            models.CheckConstraint(
                condition=Q(next_rung="", next_rung_at__isnull=True)
                | (~Q(next_rung="") & Q(next_rung_at__isnull=False)),
                name="clock_rung_has_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.get_state_display()}"

    @property
    def term(self) -> Term | None:
        """The budget with its unit and cut-off; None for a clock without one."""
        if self.amount is None or self.unit is None:
            return None
        cutoff = self.cutoff and Cutoff(time.fromisoformat(self.cutoff["after"]), Decimal(self.cutoff["amount"]))
        return Term(self.amount, Unit(self.unit), cutoff or None)

    @property
    def shown_due_at(self) -> datetime | None:
        """The due time that may be shown: none while the clock is stopped."""
        return None if self.state == ClockState.STOPPED else self.due_at


class ClockInterval(models.Model):
    """One line of the ledger: a stretch begins here and ends where the clock's next line begins. Never changed.

    It has few indexes: lines are looked for by their clock or by the person named, and a million are written at once.
    """

    clock = models.ForeignKey(Clock, models.PROTECT, related_name="intervals", db_index=False, verbose_name=_("clock"))
    starts_at = models.DateTimeField(_("from"))
    state = models.CharField(_("state"), max_length=10, choices=ClockState.choices)
    party = models.CharField(_("held by"), max_length=10, blank=True, choices=PartyKind.choices)
    party_office = models.ForeignKey(
        "offices.Office", models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("office")
    )
    party_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("person")
    )
    reason = models.CharField(_("reason"), max_length=10, choices=LedgerReason.choices)
    note = models.CharField(_("note"), max_length=500, blank=True)
    clause = models.CharField(_("clause"), max_length=250, blank=True)
    due_before = models.DateTimeField(_("due before"), null=True)
    due_after = models.DateTimeField(_("due after"), null=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("recorded by"),
    )
    recorded_at = models.DateTimeField(_("recorded at"), db_default=Now())

    class Meta:
        ordering: ClassVar = ["id"]
        verbose_name = _("line of the ledger")
        verbose_name_plural = _("lines of the ledger")
        indexes: ClassVar = [
            models.Index(fields=["clock", "id"], name="interval_of_clock"),
            models.Index(
                fields=["party_user", "clock"], name="interval_of_person", condition=Q(party_user__isnull=False)
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=ClockState.values), name="interval_state_known"),
            models.CheckConstraint(condition=Q(reason__in=LedgerReason.values), name="interval_reason_known"),
            models.CheckConstraint(
                condition=Q(state="ended", party="")
                | Q(reason__in=DATE_MOVES, party="")
                | (~Q(state="ended") & Q(party__in=PartyKind.values)),
                name="interval_has_party",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="interval_append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M} {self.reason}"


class AlarmClaim(models.Model):
    """An alarm that has fired; the unique line is the claim, so each rung of a run fires once."""

    clock = models.ForeignKey(Clock, models.PROTECT, related_name="alarms", verbose_name=_("clock"))
    run = models.PositiveSmallIntegerField(_("run"))
    rung = models.CharField(_("alarm"), max_length=30)
    planned_at = models.DateTimeField(_("planned at"))
    fired_at = models.DateTimeField(_("fired at"))

    class Meta:
        ordering: ClassVar = ["id"]
        verbose_name = _("alarm")
        verbose_name_plural = _("alarms")
        constraints: ClassVar = [models.UniqueConstraint(fields=["clock", "run", "rung"], name="alarm_fires_once")]
        triggers: ClassVar = [
            pgtrigger.Protect(name="alarm_append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.rung} ({self.run})"
